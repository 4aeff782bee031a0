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
import type { RestoreParts, SavedVersion, Versions } from 'y-tokens'
import { problemOf } from '../actions.ts'
import { countOf, formatTime, plainText } from '../model/plain-text.ts'
import { type ChangedSet, type ChangedToken, compareVersions, type Comparison } from '../model/version-comparison.ts'
import { controls } from '../styles/controls.ts'
import { swatchStyles } from '../styles/swatch.ts'
import { dialogStyles, ModalDialog } from './dialog.ts'
import { icon } from './icon.ts'
import { comparisonStyles, comparisonTemplate, setKeyOf } from './version-comparison.ts'
import { versionsList, versionsListStyles } from './versions-list.ts'
import { Watch } from './watch.ts'

const pageSize = 200

/** The history of the room: its versions, what changed since or between them, and the way back, whole or in parts. */
export class VersionsDialog extends LitElement {
  static override properties: PropertyDeclarations = {
    versions: { attribute: false },
    document: { attribute: false },
    readOnly: { attribute: false },
    restored: { attribute: false },
    compared: { state: true },
    chosen: { state: true },
    shown: { state: true },
    asked: { state: true },
    problem: { state: true },
    said: { state: true },
  }

  declare versions: Versions
  declare document: TokenDocument
  declare readOnly: string | null
  /** Called after a version, or parts of it, were restored, with what was done in words. */
  declare restored: (text: string) => void
  /** What is compared: ids of versions, `to` also `now`. Null while the list is shown. */
  declare compared: { readonly from: string; readonly to: string } | null
  declare chosen: ReadonlySet<string>
  declare shown: number
  /** What is to be removed, once that is confirmed: an id, or `automatic` or `all`. */
  declare asked: string | null
  declare problem: string
  declare said: string

  readonly #dialog = new ModalDialog(this)
  #known:
    | {
        readonly from: string
        readonly to: string
        /** The present tokens, where they are one side. */
        readonly snapshot: object | null
        readonly comparison: Comparison
      }
    | undefined

  constructor() {
    super()
    this.readOnly = null
    this.compared = null
    this.chosen = new Set()
    this.shown = pageSize
    this.asked = null
    this.problem = ''
    this.said = ''
    new Watch<void>(this, () => this.versions)
    new Watch(this, () => (this.compared?.to === 'now' ? this.document : null))
  }

  static override styles: CSSResultGroup = [
    controls,
    dialogStyles,
    swatchStyles,
    comparisonStyles,
    versionsListStyles,
    css`
      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      .pair {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(14rem, 100%), 1fr));
        gap: 0.75rem;
      }
    `,
  ]

  override render(): TemplateResult {
    const from = this.compared && this.#version(this.compared.from)
    // Somebody may have removed it meanwhile.
    return from ? this.#comparison(from) : this.#list()
  }

  #list(): TemplateResult {
    return this.#dialog.render({
      heading: 'Versions',
      size: 'large',
      content: html`<div class="stack">
        <p class="hint">
          A version is the whole room as it was. Restoring one is an ordinary change: the others see it, and you can
          undo it.
        </p>
        ${this.readOnly === null ? this.#saveForm() : html`<p class="note">${this.readOnly}</p>`}
        <p class="problem" role="alert">${this.problem}</p>
        <p class="hint" role="status">${this.said}</p>
        ${versionsList({
          versions: this.versions.list(),
          isFixed: this.readOnly !== null,
          asked: this.asked,
          compare: ({ id }) => this.#compare(id, 'now'),
          restore: (version) => this.#restore(version),
          ask: (what) => this.#ask(what),
          remove: (what) => this.#remove(what),
        })}
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

  #comparison(from: SavedVersion): TemplateResult {
    const compared = this.#compareNow(from.id)
    const problem = typeof compared === 'string' ? compared : ''
    const comparison = typeof compared === 'string' ? null : compared
    const isEqual = comparison?.sets.length === 0 && comparison.others.length === 0
    const name = plainText(from.name, 120)
    return this.#dialog.render({
      heading: 'Compare versions',
      size: 'large',
      content: html`<div class="stack">
        <div class="row">
          <button type="button" class="quiet" @click=${() => this.#leave(from.id)}>${icon('undo')}All versions</button>
        </div>
        <div class="pair">${this.#choices(from)}</div>
        <p class="problem" role="alert">${this.problem || problem}</p>
        <p class="hint" role="status">${isEqual ? 'Nothing differs.' : (comparison?.summary ?? '')}</p>
        ${
          comparison && !isEqual
            ? comparisonTemplate({
                comparison,
                chosen: this.chosen,
                limit: this.shown,
                isFixed: this.readOnly !== null,
                choose: (key, isChosen) => this.#choose(key, isChosen),
                showMore: () => {
                  this.shown += pageSize
                },
              })
            : nothing
        }
      </div>`,
      ...(this.readOnly === null && comparison && !isEqual ? { actions: this.#actions(from, name, comparison) } : {}),
    })
  }

  #actions(from: SavedVersion, name: string, comparison: Comparison): TemplateResult {
    const { sets, tokens } = this.#chosenOf(comparison)
    const count = sets.length + tokens.length
    return html`<button type="button" @click=${() => this.#restore(from)}>Restore all of ${name}</button>
      <button
        type="button"
        class="primary"
        ?disabled=${count === 0}
        @click=${() => this.#restoreChosen(from, comparison)}
      >
        ${count === 0 ? 'Restore the chosen' : `Restore the chosen ${count}`}
      </button>`
  }

  #choices(from: SavedVersion): TemplateResult {
    const to = this.#to
    const versions = this.versions.list()
    const now = Date.now()
    const option = ({ id, name, at }: SavedVersion, selected: string): TemplateResult =>
      html`<option value=${id} .selected=${id === selected}>${plainText(name, 80)}, ${formatTime(at, now)}</option>`
    return html`<div class="field">
        <label for="from">From version</label>
        <select id="from" @change=${(event: Event) => this.#compare((event.target as HTMLSelectElement).value, to)}>
          ${versions.map((version) => option(version, from.id))}
        </select>
      </div>
      <div class="field">
        <label for="to">To</label>
        <select id="to" @change=${(event: Event) => this.#compare(from.id, (event.target as HTMLSelectElement).value)}>
          <option value="now" .selected=${to === 'now'}>The tokens as they are</option>
          ${versions.map((version) => option(version, to))}
        </select>
      </div>`
  }

  #version(id: string): SavedVersion | undefined {
    return this.versions.list().find((version) => version.id === id)
  }

  /** The present tokens stand in for a version that somebody removed meanwhile. */
  get #to(): string {
    const to = this.compared?.to ?? 'now'
    return this.#version(to) ? to : 'now'
  }

  /** What differs, or why it cannot be told. */
  #compareNow(from: string): Comparison | string {
    const to = this.#to
    const snapshot = to === 'now' ? this.document.getSnapshot() : null
    const known = this.#known
    if (known?.from === from && known.to === to && known.snapshot === snapshot) return known.comparison
    try {
      const comparison = compareVersions(this.versions.diff(from, to))
      this.#known = { from, to, snapshot, comparison }
      return comparison
    } catch (error) {
      return problemOf(error)
    }
  }

  #compare(from: string, to: string): void {
    const isFirst = this.compared === null
    this.compared = { from, to }
    this.chosen = new Set()
    this.shown = pageSize
    this.asked = null
    this.problem = ''
    this.said = ''
    if (isFirst) void this.#focus('#from')
  }

  #leave(id: string): void {
    this.compared = null
    this.problem = ''
    void this.#focus(`[data-compare="${CSS.escape(id)}"]`)
  }

  #choose(key: string, isChosen: boolean): void {
    const chosen = new Set(this.chosen)
    if (isChosen) chosen.add(key)
    else chosen.delete(key)
    this.chosen = chosen
  }

  /** Of what was chosen, what still differs. */
  #chosenOf({ sets }: Comparison): { readonly sets: readonly ChangedSet[]; readonly tokens: readonly ChangedToken[] } {
    const isWhole = ({ name }: ChangedSet): boolean => this.chosen.has(setKeyOf(name))
    const tokens = sets.flatMap((set) => (isWhole(set) ? [] : set.tokens.filter(({ key }) => this.chosen.has(key))))
    return { sets: sets.filter(isWhole), tokens }
  }

  #restoreChosen(from: SavedVersion, comparison: Comparison): void {
    const { sets, tokens } = this.#chosenOf(comparison)
    const names = this.document.setNames()
    this.#restore(from, {
      // What neither the version nor the room has needs no restoring.
      sets: sets.filter(({ name, what }) => what !== 'new' || names.includes(name)).map(({ name }) => name),
      tokens: tokens
        .flatMap(({ places }) => places)
        .filter(({ set, path, wasThere }) => wasThere || this.document.get(set, path) !== undefined),
    })
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

  #restore(version: SavedVersion, parts?: RestoreParts): void {
    try {
      this.versions.restore(version.id, parts)
    } catch (error) {
      this.problem = problemOf(error)
      return
    }
    this.#dialog.close()
    const name = plainText(version.name, 120)
    this.restored(parts ? `Restored parts of ${name}` : `Restored ${name}`)
  }

  #ask(what: string | null): void {
    const before = this.asked
    this.asked = what
    this.problem = ''
    this.said = ''
    void this.#focus(what === null ? `[data-remove="${CSS.escape(before ?? '')}"]` : '#confirm')
  }

  #remove(what: string): void {
    this.asked = null
    try {
      if (what === 'automatic' || what === 'all') {
        const count = this.versions.purge({ automaticOnly: what === 'automatic' })
        this.said = `${countOf(count, 'version')} removed.`
      } else {
        const name = plainText(this.#version(what)?.name ?? '', 120)
        this.versions.remove(what)
        this.said = `${name} is removed.`
      }
    } catch (error) {
      this.problem = problemOf(error)
    }
    void this.#focus('#name')
  }

  async #focus(selector: string): Promise<void> {
    await this.updateComplete
    this.renderRoot.querySelector<HTMLElement>(selector)?.focus()
  }
}
