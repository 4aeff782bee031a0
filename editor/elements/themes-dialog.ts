import {
  css,
  type CSSResultGroup,
  html,
  LitElement,
  nothing,
  type PropertyDeclarations,
  type TemplateResult,
} from 'lit'
import type { TokenDocument } from 'y-tokens/doc'
import { problemOf } from '../actions.ts'
import { plainText } from '../model/plain-text.ts'
import { setStatusChange, type SetStatus, type ShownTheme, shownThemes } from '../model/theme-draft.ts'
import { controls } from '../styles/controls.ts'
import { dialogStyles, ModalDialog } from './dialog.ts'
import { icon } from './icon.ts'
import { Watch } from './watch.ts'

const statuses: readonly { readonly status: SetStatus; readonly label: string }[] = [
  { status: 'disabled', label: 'Off' },
  { status: 'source', label: 'Source' },
  { status: 'enabled', label: 'On' },
]

/** The themes: add, rename, delete, and which token sets each one switches on. */
export class ThemesDialog extends LitElement {
  static override properties: PropertyDeclarations = {
    document: { attribute: false },
    readOnly: { attribute: false },
    selected: { state: true },
    adding: { state: true },
    problem: { state: true },
  }

  declare document: TokenDocument
  declare readOnly: string | null
  declare selected: string
  declare adding: boolean
  declare problem: string

  readonly #dialog = new ModalDialog(this)

  constructor() {
    super()
    this.readOnly = null
    this.selected = ''
    this.adding = false
    this.problem = ''
    new Watch(this, () => this.document)
  }

  static override styles: CSSResultGroup = [
    controls,
    dialogStyles,
    css`
      table {
        width: 100%;
        border-collapse: collapse;
      }
      th {
        text-align: start;
        font-weight: 400;
        overflow-wrap: anywhere;
      }
      thead th {
        color: var(--yt-text-2);
      }
      td,
      thead th:not(:first-child) {
        width: 4rem;
        text-align: center;
      }
      tbody tr {
        border-top: 1px solid var(--yt-line);
      }
      td label {
        display: inline-grid;
        place-items: center;
        width: 100%;
        min-height: 2rem;
        cursor: pointer;
      }
      .pair {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(11rem, 100%), 1fr));
        gap: 0.75rem;
        align-items: end;
      }
    `,
  ]

  override render(): TemplateResult {
    const themes = shownThemes(this.document.getSnapshot().$themes)
    const theme = themes.find(({ id }) => id === this.selected) ?? themes[0]
    return this.#dialog.render({
      heading: 'Themes',
      size: 'large',
      content: html`<div class="stack">
        <p class="hint">
          A theme switches token sets on. “Source” sets are looked through for references and make no styles of their
          own.
        </p>
        ${this.readOnly === null ? nothing : html`<p class="note">${this.readOnly}</p>`}
        <p class="problem" role="alert">${this.problem}</p>
        ${theme && !this.adding ? this.#theme(theme, themes) : nothing}
        ${themes.length === 0 && !this.adding ? html`<p class="note">There is no theme yet.</p>` : nothing}
        ${this.adding ? this.#nameForm(null) : this.#addButton()}
      </div>`,
    })
  }

  #theme(theme: ShownTheme, themes: readonly ShownTheme[]): TemplateResult {
    const off = this.readOnly !== null
    return html`<div class="field">
        <label for="theme">Theme</label>
        <select
          id="theme"
          @change=${(event: Event) => {
            this.selected = (event.target as HTMLSelectElement).value
          }}
        >
          ${themes.map(({ id, name, group }) => {
            const shown = plainText(group === '' ? name : `${group} / ${name}`, 80)
            return html`<option value=${id} ?selected=${id === theme.id}>${shown}</option>`
          })}
        </select>
      </div>
      ${off ? nothing : this.#nameForm(theme)}
      <table>
        <caption class="visually-hidden">
          Token sets of ${plainText(theme.name, 80)}
        </caption>
        <thead>
          <tr>
            <th scope="col">Token set</th>
            ${statuses.map(({ label }) => html`<th scope="col">${label}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${this.document.setNames().map((set) => this.#setRow(theme, set, off))}
        </tbody>
      </table>`
  }

  #setRow(theme: ShownTheme, set: string, off: boolean): TemplateResult {
    const current = theme.sets.get(set) ?? 'disabled'
    return html`<tr>
      <th scope="row"><bdi>${plainText(set, 80)}</bdi></th>
      ${statuses.map(
        ({ status, label }) =>
          html`<td>
            <label
              ><span class="visually-hidden">${plainText(set, 80)}: ${label}</span
              ><input
                type="radio"
                name="set ${set}"
                ?disabled=${off}
                .checked=${current === status}
                @change=${() => this.#run(() => this.document.setTheme(setStatusChange(theme.id, set, status)))}
            /></label>
          </td>`,
      )}
    </tr>`
  }

  /** For a new theme, or the name and group of one that exists. */
  #nameForm(theme: ShownTheme | null): TemplateResult {
    return html`<form class="pair" @submit=${(event: SubmitEvent) => this.#onName(event, theme)}>
      <div class="field">
        <label for="name">Name</label>
        <input id="name" maxlength="120" .value=${theme?.name ?? ''} />
      </div>
      <div class="field">
        <label for="group">Group</label>
        <input id="group" maxlength="120" .value=${theme?.group ?? ''} placeholder="For example: Mode" />
      </div>
      <div class="row">
        ${
          theme === null
            ? html`<button
                  type="button"
                  @click=${() => {
                    this.adding = false
                  }}
                >
                  Cancel</button
                ><button type="submit" class="primary">Add theme</button>`
            : html`<button type="submit">Rename</button>
                <button type="button" class="danger" @click=${() => this.#remove(theme)}>
                  ${icon('remove')}Delete theme
                </button>`
        }
      </div>
    </form>`
  }

  #addButton(): TemplateResult | typeof nothing {
    if (this.readOnly !== null) return nothing
    return html`<div class="row">
      <button
        type="button"
        @click=${() => {
          this.adding = true
          void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('#name')?.focus())
        }}
      >
        ${icon('add')}Add theme
      </button>
    </div>`
  }

  #onName(event: SubmitEvent, theme: ShownTheme | null): void {
    event.preventDefault()
    const text = (id: string): string => this.renderRoot.querySelector<HTMLInputElement>(`#${id}`)?.value.trim() ?? ''
    const name = text('name')
    const group = text('group')
    this.problem = name === '' ? 'Give the theme a name.' : ''
    if (name === '') return
    this.#run(() => {
      if (theme) {
        this.document.setTheme({
          id: theme.id,
          ...(name === theme.name ? {} : { name }),
          ...(group === theme.group ? {} : { group }),
        })
      } else {
        this.selected = this.document.setTheme({ name, ...(group === '' ? {} : { group }), selectedTokenSets: {} })
        this.adding = false
      }
    })
  }

  #remove(theme: ShownTheme): void {
    this.#run(() => this.document.removeTheme(theme.id))
  }

  #run(act: () => void): void {
    this.problem = ''
    try {
      act()
    } catch (error) {
      this.problem = problemOf(error)
      // The radio button has moved already.
      this.requestUpdate()
    }
  }
}
