import {
  css,
  type CSSResultGroup,
  html,
  LitElement,
  nothing,
  type PropertyDeclarations,
  type TemplateResult,
} from 'lit'
import { type ApplyOptions, type BinEntry, type BinPreview, type Bins, isBridgeError } from 'y-tokens/bridge'
import { problemOf } from '../actions.ts'
import { previewSentences } from '../model/bin-preview.ts'
import { plainText } from '../model/plain-text.ts'
import { controls } from '../styles/controls.ts'
import type { BinAnswer, BinForm } from './bin-form.ts'
import { icon } from './icon.ts'

type Step = 'none' | 'key' | 'rename' | 'apply' | 'remove'

const keyWords: Readonly<Record<BinEntry['key'], string>> = {
  none: 'No key on this device',
  master: 'Master key on this device',
  access: 'Access key on this device',
}

type LinkMode = 'auto' | 'union' | 'overwrite'

/** Refusals to apply that a person may overrule: what it takes, and the words of the button. */
const overrules: Readonly<Record<string, { readonly options: ApplyOptions; readonly action: string }>> = {
  unsaved: { options: { leaveUnsaved: true }, action: 'Switch without them' },
  'blank-bin': { options: { mode: 'overwrite' }, action: 'Fill it with the tokens here' },
  'other-document': { options: { takeOver: true }, action: 'Link it anyway' },
}

/** One bin of the team: apply it, this device's key, rename, remove. Says `bin-said` when {@link BinItem.said} has changed. */
export class BinItem extends LitElement {
  static override properties: PropertyDeclarations = {
    bin: { attribute: false },
    bins: { attribute: false },
    readOnly: { attribute: false },
    hasTokens: { type: Boolean },
    step: {},
    mode: { state: true },
    preview: { state: true },
    busy: { state: true },
    problem: { state: true },
    overrule: { state: true },
  }

  declare bin: BinEntry
  declare bins: Bins
  declare readOnly: string | null
  /** The room has tokens that applying a bin would replace. */
  declare hasTokens: boolean
  declare step: Step
  declare mode: LinkMode
  /** What applying would do; null until the bin has said. */
  declare preview: BinPreview | null
  declare busy: boolean
  declare problem: string
  /** The refusal that stands, where it can be overruled. */
  declare overrule: keyof typeof overrules | null
  /** What was done last, for people. */
  said = ''

  constructor() {
    super()
    this.readOnly = null
    this.hasTokens = true
    this.step = 'none'
    this.mode = 'auto'
    this.preview = null
    this.busy = false
    this.problem = ''
    this.overrule = null
  }

  static override styles: CSSResultGroup = [
    controls,
    css`
      :host {
        display: grid;
        gap: 0.5rem;
        padding: 0.75rem;
        border: 1px solid var(--yt-line);
        border-radius: var(--yt-radius);
      }
      h3 {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.5rem;
        margin: 0;
        font-size: 1em;
      }
      .badge {
        display: inline-flex;
        align-items: center;
        gap: 0.25rem;
        padding: 0.0625rem 0.5rem;
        border-radius: 1rem;
        background: var(--yt-accent-weak);
        color: var(--yt-accent);
        font-weight: 400;
      }
      .id {
        color: var(--yt-text-2);
        overflow-wrap: anywhere;
      }
    `,
  ]

  override focus(): void {
    const form = this.renderRoot.querySelector<BinForm>('yt-bin-form')
    if (form) void form.updateComplete.then(() => form.focus())
    else this.renderRoot.querySelector<HTMLElement>('button')?.focus()
  }

  override render(): TemplateResult {
    const { id, url, applied, key } = this.bin
    return html`<h3>
        <bdi>${this.#name}</bdi>${applied ? html`<span class="badge">${icon('check')}Applied</span>` : nothing}
      </h3>
      <span class="id mono">${plainText(id, 64)}${url === null ? nothing : html`<br />${plainText(url, 120)}`}</span>
      <span class="hint">${keyWords[key]}</span>
      ${this.#step()}
      <p class="problem" role="alert">${this.problem}</p>`
  }

  get #name(): string {
    return plainText(this.bin.name, 60)
  }

  #step(): TemplateResult {
    switch (this.step) {
      case 'none':
        return this.#buttons()
      case 'key':
        return html`<yt-bin-form
          kind="key"
          .binName=${this.#name}
          .cancel=${this.#back}
          .submit=${this.#setKey}
        ></yt-bin-form>`
      case 'rename':
        return html`<form class="row" @submit=${this.#onRename}>
          <label class="visually-hidden" for="name">New name</label>
          <input id="name" class="grow" maxlength="100" .value=${this.bin.name} />
          <button type="button" @click=${this.#back}>Cancel</button>
          <button type="submit" class="primary" ?disabled=${this.busy}>Rename bin</button>
        </form>`
      case 'apply':
        return this.#applyQuestion()
      case 'remove':
        return html`<div class="stack note" role="group" aria-label="Remove bin">
          <p class="hint">
            The bin leaves the team’s list. The bin itself and what is in it stay at the service.
            ${this.bin.applied ? 'It is the applied bin: updates to it end.' : nothing}
          </p>
          ${this.#answer('Remove bin', () => void this.#run(() => Promise.resolve(this.bins.remove(this.bin.id)), 'Removed from the list.'))}
        </div>`
    }
  }

  #buttons(): TemplateResult {
    const { applied, key } = this.bin
    const name = this.#name
    const off = this.readOnly !== null
    return html`<div class="row">
      ${
        applied
          ? nothing
          : html`<button
              type="button"
              class="primary"
              ?disabled=${off}
              aria-label="Apply ${name}"
              @click=${() => this.#go('apply')}
            >
              Apply
            </button>`
      }
      <button
        type="button"
        ?disabled=${off}
        aria-label="${key === 'none' ? 'Enter' : 'Change'} key for ${name}"
        @click=${() => this.#go('key')}
      >
        ${icon('key')}${key === 'none' ? 'Enter key' : 'Change key'}
      </button>
      ${
        key === 'none'
          ? nothing
          : html`<button type="button" aria-label="Forget key for ${name}" @click=${this.#onForget}>Forget key</button>`
      }
      <button
        type="button"
        class="quiet"
        ?disabled=${off}
        aria-label="Rename ${name}"
        @click=${() => this.#go('rename')}
      >
        Rename
      </button>
      <button
        type="button"
        class="quiet"
        ?disabled=${off}
        aria-label="Remove ${name}"
        @click=${() => this.#go('remove')}
      >
        Remove
      </button>
    </div>`
  }

  #applyQuestion(): TemplateResult {
    const current = this.bins.list().find(({ id, applied }) => applied && id !== this.bin.id)
    const choice = (mode: LinkMode, text: string): TemplateResult =>
      html`<label class="choice"
        ><input
          type="radio"
          name="mode"
          .checked=${this.mode === mode}
          @change=${() => {
            this.mode = mode
          }}
        />${text}</label
      >`
    const overrule = this.overrule === null ? undefined : overrules[this.overrule]
    return html`<div class="stack note" role="group" aria-label="Apply bin">
      ${this.preview ? html`<p class="hint">${previewSentences(this.preview).join(' ')}</p>` : nothing}
      ${
        this.hasTokens
          ? html`<fieldset class="choices">
                <legend>What becomes of the tokens here</legend>
                ${choice('auto', 'The bin’s tokens replace them, for everyone')}
                ${choice('union', 'Both are merged: nothing is deleted, and where both have a value, the bin’s counts')}
                ${choice('overwrite', 'They replace the bin’s, which are saved as a version first')}
              </fieldset>
              <p class="hint">
                What is here now is saved as a version first: you can restore it under Versions. If this room was linked
                to the bin before, the two are merged instead.
              </p>`
          : html`<p class="hint">This room is empty: it will be filled with the tokens of this bin, for everyone.</p>`
      }
      ${
        current
          ? html`<p class="hint">
              <bdi>${plainText(current.name, 60)}</bdi> is no longer updated then, and keeps what it has.
            </p>`
          : nothing
      }
      ${
        overrule
          ? this.#answer(overrule.action, () => void this.#apply(overrule.options))
          : this.#answer('Apply bin', () => void this.#apply({}))
      }
    </div>`
  }

  #answer(action: string, act: () => void): TemplateResult {
    return html`<div class="row">
      <button type="button" @click=${this.#back}>Cancel</button>
      <button type="button" class="primary" ?disabled=${this.busy} @click=${act}>
        ${this.busy ? 'Working…' : action}
      </button>
    </div>`
  }

  /** Where the bin does not answer, applying it will say why. */
  async #look(): Promise<void> {
    this.preview = null
    try {
      this.preview = await this.bins.preview(this.bin.id)
    } catch (error) {
      this.problem = problemOf(error)
    }
  }

  #go(step: Step): void {
    this.step = step
    if (step === 'apply') void this.#look()
    this.problem = ''
    this.overrule = null
    this.#say('')
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>('yt-bin-form, #name, input:checked, .primary')?.focus(),
    )
  }

  readonly #back = (): void => {
    this.step = 'none'
    this.problem = ''
    this.overrule = null
    void this.updateComplete.then(() => this.focus())
  }

  #say(text: string): void {
    this.said = text
    this.dispatchEvent(new Event('bin-said'))
  }

  readonly #setKey = async ({ key, remember }: BinAnswer): Promise<string | undefined> => {
    try {
      this.bins.setKey(this.bin.id, key, { remember })
      this.#back()
      this.#say(remember ? 'The key is kept on this device.' : 'The key is kept until this page closes.')
      return undefined
    } catch (error) {
      return problemOf(error)
    }
  }

  readonly #onForget = (): void => {
    void this.#run(() => Promise.resolve(this.bins.setKey(this.bin.id, null)), 'The key is forgotten on this device.')
  }

  readonly #onRename = (event: SubmitEvent): void => {
    event.preventDefault()
    const name = this.renderRoot.querySelector<HTMLInputElement>('#name')?.value.trim() ?? ''
    if (name !== '') void this.#run(() => this.bins.rename(this.bin.id, name), `Renamed to ${plainText(name, 60)}.`)
  }

  async #apply(options: ApplyOptions): Promise<void> {
    const { id } = this.bin
    await this.#run(() => this.bins.apply(id, { mode: this.mode, ...options }), `${this.#name} is applied.`)
  }

  async #run(act: () => Promise<void>, said: string): Promise<void> {
    this.busy = true
    this.problem = ''
    try {
      await act()
      this.#back()
      this.#say(said)
    } catch (error) {
      this.problem = problemOf(error)
      if (isBridgeError(error) && error.code === 'key-missing') this.step = 'key'
      this.overrule = isBridgeError(error) && error.code in overrules ? error.code : null
    }
    this.busy = false
  }
}
