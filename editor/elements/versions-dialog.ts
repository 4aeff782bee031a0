import {
  css,
  type CSSResultGroup,
  html,
  LitElement,
  nothing,
  type PropertyDeclarations,
  type TemplateResult,
} from 'lit'
import type { SavedVersion, Versions } from 'y-tokens'
import { problemOf } from '../actions.ts'
import { formatTime, personName, plainText } from '../model/plain-text.ts'
import { controls } from '../styles/controls.ts'
import { dialogStyles, ModalDialog } from './dialog.ts'
import { Watch } from './watch.ts'

/** Saved versions of the whole room, and the way back to each. */
export class VersionsDialog extends LitElement {
  static override properties: PropertyDeclarations = {
    versions: { attribute: false },
    readOnly: { attribute: false },
    restored: { attribute: false },
    problem: { state: true },
    said: { state: true },
  }

  declare versions: Versions
  declare readOnly: string | null
  /** Called after a version was restored. */
  declare restored: (version: SavedVersion) => void
  declare problem: string
  declare said: string

  readonly #dialog = new ModalDialog(this)

  constructor() {
    super()
    this.readOnly = null
    this.problem = ''
    this.said = ''
    new Watch<void>(this, () => this.versions)
  }

  static override styles: CSSResultGroup = [
    controls,
    dialogStyles,
    css`
      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.25rem 0.75rem;
        padding: 0.5rem 0;
        border-top: 1px solid var(--yt-line);
      }
      .what {
        flex: 1 1 14rem;
        min-width: 0;
        overflow-wrap: anywhere;
      }
    `,
  ]

  override render(): TemplateResult {
    const versions = this.versions.list()
    return this.#dialog.render({
      heading: 'Versions',
      content: html`<div class="stack">
        <p class="hint">
          A version is the whole room as it was. Restoring one is an ordinary change: the others see it, and you can
          undo it.
        </p>
        ${this.readOnly === null ? this.#saveForm() : html`<p class="note">${this.readOnly}</p>`}
        <p class="problem" role="alert">${this.problem}</p>
        <p class="hint" role="status">${this.said}</p>
        ${versions.length === 0 ? html`<p class="note">No version is saved yet.</p>` : nothing}
        <ul aria-label="Saved versions">
          ${versions.map((version) => this.#version(version))}
        </ul>
      </div>`,
    })
  }

  #saveForm(): TemplateResult {
    return html`<form class="row" @submit=${this.#onSave}>
      <label class="visually-hidden" for="name">Name of the version</label>
      <input id="name" class="grow" maxlength="120" autofocus placeholder="Name, for example: before the rebrand" />
      <button type="submit" class="primary">Save version</button>
    </form>`
  }

  #version(version: SavedVersion): TemplateResult {
    const name = plainText(version.name, 120)
    return html`<li>
      <span class="what"
        ><bdi>${name}</bdi><br /><span class="hint"
          >${formatTime(version.at, Date.now())}, by ${personName(version.by)}</span
        ></span
      >
      <button
        type="button"
        ?disabled=${this.readOnly !== null}
        aria-label="Restore ${name}"
        @click=${() => this.#restore(version)}
      >
        Restore
      </button>
    </li>`
  }

  readonly #onSave = (event: SubmitEvent): void => {
    event.preventDefault()
    const input = this.renderRoot.querySelector<HTMLInputElement>('#name')
    const name = input?.value.trim() ?? ''
    this.problem = name === '' ? 'Give the version a name.' : ''
    if (name === '' || !input) return
    try {
      this.versions.save(name)
      input.value = ''
      this.said = `Saved as ${plainText(name, 120)}.`
    } catch (error) {
      this.problem = problemOf(error)
    }
  }

  #restore(version: SavedVersion): void {
    try {
      this.versions.restore(version.id)
    } catch (error) {
      this.problem = problemOf(error)
      return
    }
    this.#dialog.close()
    this.restored(version)
  }
}
