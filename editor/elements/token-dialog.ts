import { type CSSResultGroup, html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from 'lit'
import type { Claim, Conflict, TokenChange, TokenDocument } from 'y-tokens/doc'
import { getKey } from '../../src/payload/ordered-json.ts'
import { problemOf, rowAt } from '../actions.ts'
import { placeAfter } from '../model/list-rows.ts'
import { formatTime, personName, plainText } from '../model/plain-text.ts'
import { type Referrers, referrersOf, referrersText } from '../model/referrers.ts'
import type { Resolver } from '../model/resolve-value.ts'
import { pathKey, type SetRow } from '../model/set-rows.ts'
import { modifierOf } from '../model/token-fields.ts'
import {
  formProblems,
  isTouched,
  openForm,
  rebaseForm,
  setField,
  setType,
  takeTheirs,
  type TokenForm,
} from '../model/token-form.ts'
import { tokenTypeOf, tokenTypes, typeLabel } from '../model/token-type.ts'
import { valueToText } from '../model/value-text.ts'
import { controls } from '../styles/controls.ts'
import { dialogStyles, ModalDialog } from './dialog.ts'
import { tokenDialogStyles } from './token-dialog-styles.ts'
import { valueFields } from './value-fields.ts'
import { Watch } from './watch.ts'

/**
 * Takes the form; `references`: and what refers to its token goes along with another name. Returns a sentence where it cannot
 * be taken, and nothing has been written then.
 */
export type SaveToken = (
  set: string,
  path: readonly string[] | null,
  form: TokenForm,
  references: boolean,
) => string | undefined

/** Adds, edits or shows one token. While it is open, the form follows what others do to the token. */
export class TokenDialog extends LitElement {
  static override properties: PropertyDeclarations = {
    document: { attribute: false },
    resolver: { attribute: false },
    set: {},
    path: { attribute: false },
    place: { state: true },
    start: { attribute: false },
    save: { attribute: false },
    readOnly: { attribute: false },
    form: { state: true },
    refused: { state: true },
    tried: { state: true },
    gone: { state: true },
    references: { state: true },
  }

  declare document: TokenDocument
  declare resolver: Resolver
  declare set: string
  /** The token to edit; null to add one, which begins as `start`. */
  declare path: readonly string[] | null
  /** Where that token is now: others may rename and move it meanwhile. */
  declare place: { readonly set: string; readonly path: readonly string[] } | null
  declare start: TokenForm | null
  declare save: SaveToken
  /** Why nothing can be changed, or null. */
  declare readOnly: string | null
  declare form: TokenForm | null
  declare refused: string
  /** Problems are shown once somebody has tried to save. */
  declare tried: boolean
  declare gone: boolean
  /** Whether references follow another name; null until somebody chooses. */
  declare references: boolean | null

  readonly #dialog = new ModalDialog(this)

  constructor() {
    super()
    this.path = null
    this.place = null
    this.start = null
    this.readOnly = null
    this.form = null
    this.refused = ''
    this.tried = false
    this.gone = false
    this.references = null
    new Watch(
      this,
      () => this.document,
      (changes) => this.#follow(changes),
    )
  }

  static override styles: CSSResultGroup = [controls, dialogStyles, tokenDialogStyles]

  override connectedCallback(): void {
    super.connectedCallback()
    this.place = this.path === null ? null : { set: this.set, path: this.path }
    const row = this.#row()
    this.form = this.start ?? (row ? openForm(row) : null)
  }

  override render(): TemplateResult {
    const { form } = this
    if (!form) return html``
    const problems = this.tried ? formProblems(form) : new Map<string, string>()
    return this.#dialog.render({
      heading: this.#heading(form),
      content: html`<form id="form" class="stack" novalidate @submit=${this.#onSubmit}>
        ${this.readOnly === null ? nothing : html`<p class="note">${this.readOnly}</p>`}
        ${
          this.gone
            ? html`<p class="note warning" role="status">
                Somebody deleted this token meanwhile. Saving adds it again.
              </p>`
            : nothing
        }
        ${this.#nameField(form, problems)} ${this.#typeField(form, problems)}
        ${valueFields({
          form,
          problems,
          resolver: this.resolver,
          readOnly: this.readOnly !== null,
          change: (next) => this.#change(next),
        })}
        ${this.#modifier()} ${this.#conflicts()} ${this.#descriptionField(form)} ${this.#lastChange()}
        <p class="problem" role="alert">${this.refused}</p>
      </form>`,
      actions: this.#buttons(form),
    })
  }

  #heading(form: TokenForm): string {
    if (this.path === null) return 'Add token'
    return `${this.readOnly === null ? 'Edit' : 'View'} ${plainText(form.base.name, 80)}`
  }

  #nameField(form: TokenForm, problems: ReadonlyMap<string, string>): TemplateResult {
    const problem = problems.get('name') ?? ''
    return html`<div class="field">
      <label for="name">Name</label>
      <input
        id="name"
        class="mono"
        autocomplete="off"
        autocapitalize="off"
        spellcheck="false"
        aria-describedby="name-hint name-problem"
        aria-invalid=${problem !== ''}
        ?autofocus=${this.path === null}
        ?readonly=${this.readOnly !== null}
        .value=${form.draft.name}
        @input=${(event: Event) => this.#change(setField(form, 'name', (event.target as HTMLInputElement).value))}
      />
      <p id="name-hint" class="hint" ?hidden=${this.readOnly !== null}>
        Dots make groups, as in color.brand.500. In set <bdi>${plainText(this.place?.set ?? this.set)}</bdi>.
      </p>
      <p id="name-problem" class="problem" ?hidden=${problem === ''}>${problem}</p>
      ${this.#theirs(form, 'name')} ${this.#referrers(form)}
    </div>`
  }

  #referrers(form: TokenForm): TemplateResult | typeof nothing {
    const referrers = this.#asked(form)
    if (!referrers) return nothing
    return html`<label class="choice"
      ><input
        type="checkbox"
        .checked=${this.#takesReferences(referrers)}
        @change=${(event: Event) => {
          this.references = (event.target as HTMLInputElement).checked
        }}
      />${referrersText(referrers)}</label
    >`
  }

  /** Undefined where the name stays, or nobody refers to it. */
  #asked(form: TokenForm): Referrers | undefined {
    const { place, readOnly, gone } = this
    if (place === null || readOnly !== null || gone || form.draft.name.trim() === form.base.name) return undefined
    const referrers = referrersOf(this.document, place.set, place.path)
    return referrers.tokens === 0 ? undefined : referrers
  }

  #takesReferences({ others }: Referrers): boolean {
    return this.references ?? others.length === 0
  }

  #typeField(form: TokenForm, problems: ReadonlyMap<string, string>): TemplateResult {
    const { type } = form.draft
    const known = tokenTypeOf(type)
    const problem = problems.get('type') ?? ''
    // An unknown type, or another spelling of a known one, stays until somebody chooses.
    const own =
      known?.name === type
        ? nothing
        : html`<option value=${type} selected>${type === '' ? 'Choose a type' : typeLabel(type)}</option>`
    return html`<div class="field">
      <label for="type">Type</label>
      <select
        id="type"
        ?disabled=${this.readOnly !== null}
        aria-invalid=${problem !== ''}
        aria-describedby="type-problem"
        @change=${(event: Event) => this.#change(setType(form, (event.target as HTMLSelectElement).value))}
      >
        ${own}
        ${tokenTypes.map(({ name, label }) => html`<option value=${name} ?selected=${name === type}>${label}</option>`)}
      </select>
      <p id="type-problem" class="problem" ?hidden=${problem === ''}>${problem}</p>
      ${this.#theirs(form, 'type')}
    </div>`
  }

  #descriptionField(form: TokenForm): TemplateResult {
    return html`<div class="field">
      <label for="description">Description</label>
      <textarea
        id="description"
        class="plain"
        rows="2"
        ?readonly=${this.readOnly !== null}
        .value=${form.draft.description}
        @input=${(event: Event) => this.#change(setField(form, 'description', (event.target as HTMLTextAreaElement).value))}
      ></textarea>
      ${this.#theirs(form, 'description')}
    </div>`
  }

  #theirs(form: TokenForm, field: string): TemplateResult | typeof nothing {
    const theirs = form.theirs.get(field)
    if (theirs === undefined) return nothing
    return html`<p class="note warning row">
      <span class="grow">Changed meanwhile to <bdi class="mono">${plainText(theirs, 120) || 'nothing'}</bdi></span>
      <button type="button" @click=${() => this.#change(takeTheirs(form, field))}>Use theirs</button>
    </p>`
  }

  #modifier(): TemplateResult | typeof nothing {
    const modifier = modifierOf(this.#row()?.value ?? {})
    if (!modifier) return nothing
    const part = (key: string): string => plainText(valueToText(getKey(modifier, key)), 80)
    return html`<p class="hint">
      Changed on top: ${part('type')} ${part('value')} ${part('color')} in ${part('space')}. It is kept.
    </p>`
  }

  /** Values that others wrote at the same time as the current one. */
  #conflicts(): TemplateResult | typeof nothing {
    const { place, document } = this
    if (place === null || this.readOnly !== null) return nothing
    const key = pathKey(place.path)
    const here = document.conflicts.filter(({ set, path }) => set === place.set && pathKey(path) === key)
    if (here.length === 0) return nothing
    return html`<fieldset class="stack note warning">
      <legend>Written at the same time</legend>
      ${here.flatMap((conflict) =>
        conflict.others.map(
          (claim) =>
            html`<p class="row">
              <span class="grow"
                >${personName(claim.who.name ?? claim.who.user ?? '')} wrote
                <bdi class="mono">${plainText(valueToText(claim.value), 80) || 'nothing'}</bdi>
                ${conflict.field.length > 0 ? html`in ${conflict.field.join('.')}` : nothing}</span
              >
              <button type="button" @click=${() => this.#settle(conflict, claim)}>Use this</button>
            </p>`,
        ),
      )}
    </fieldset>`
  }

  #lastChange(): TemplateResult | typeof nothing {
    const last = this.place && this.document.lastChange(this.place.set, this.place.path)
    if (!last || last.who.lane === '*') return nothing
    return html`<p class="hint">
      Last changed by ${personName(last.who.name ?? last.who.user ?? '')}, ${formatTime(last.when, Date.now())}.
    </p>`
  }

  #buttons(form: TokenForm): TemplateResult {
    const close = (): void => this.#dialog.close()
    if (this.readOnly !== null) return html`<button type="button" @click=${close}>Close</button>`
    return html`<button type="button" @click=${close}>Cancel</button>
      <button type="submit" form="form" class="primary" ?disabled=${!isTouched(form) && !this.gone}>
        ${this.path === null ? 'Add token' : 'Save'}
      </button>`
  }

  #row(): SetRow | undefined {
    return this.place === null ? undefined : rowAt(this.document, this.place.set, this.place.path)
  }

  #change(form: TokenForm): void {
    this.form = form
    this.refused = ''
  }

  #follow(changes: readonly TokenChange[]): void {
    if (this.place === null) return
    this.place = placeAfter(this.place, changes)
    const row = this.#row()
    this.gone = row?.kind !== 'token'
    if (row?.kind === 'token' && this.form) this.form = rebaseForm(this.form, row)
  }

  #settle(conflict: Conflict, claim: Claim): void {
    try {
      this.document.settle(conflict, claim)
    } catch (error) {
      this.refused = problemOf(error)
    }
  }

  readonly #onSubmit = (event: SubmitEvent): void => {
    event.preventDefault()
    const { form } = this
    if (!form || this.readOnly !== null || (!isTouched(form) && !this.gone)) return
    this.tried = true
    if (formProblems(form).size > 0) return void this.#focusProblem()
    const set = this.place?.set ?? this.set
    const referrers = this.#asked(form)
    this.refused =
      (this.gone || this.place === null
        ? this.save(set, null, { ...form, mode: 'add' }, false)
        : this.save(set, this.place.path, form, referrers !== undefined && this.#takesReferences(referrers))) ?? ''
    if (this.refused === '') this.#dialog.close()
  }

  async #focusProblem(): Promise<void> {
    await this.updateComplete
    const invalid = this.renderRoot.querySelector<HTMLElement>('[aria-invalid=true], yt-value-input.invalid')
    invalid?.focus()
  }
}
