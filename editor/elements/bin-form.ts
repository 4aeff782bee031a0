import {
  css,
  type CSSResultGroup,
  html,
  LitElement,
  nothing,
  type PropertyDeclarations,
  type TemplateResult,
} from 'lit'
import type { BinKey } from 'y-tokens/bridge'
import { controls } from '../styles/controls.ts'

export interface BinAnswer {
  readonly name: string
  readonly id: string
  readonly url: string
  readonly key: BinKey | null
  readonly remember: boolean
}

/** Returns a sentence where it could not be done. */
export type SubmitBin = (answer: BinAnswer) => Promise<string | undefined>

/**
 * Asks for a bin (`add`) or for the key of one (`key`). The key stands in this form until it is sent, and nowhere else in the
 * page: not in an attribute, not in the address, not in a message.
 */
export class BinForm extends LitElement {
  static override properties: PropertyDeclarations = {
    kind: {},
    binName: {},
    again: { type: Boolean },
    submit: { attribute: false },
    cancel: { attribute: false },
    keyKind: { state: true },
    busy: { state: true },
    problem: { state: true },
  }

  declare kind: 'add' | 'key'
  declare binName: string
  /** The same bin may have been created already; the button says that it makes another. */
  declare again: boolean
  declare submit: SubmitBin
  declare cancel: () => void
  declare keyKind: 'master' | 'access'
  declare busy: boolean
  declare problem: string

  constructor() {
    super()
    this.kind = 'add'
    this.binName = ''
    this.again = false
    this.keyKind = 'master'
    this.busy = false
    this.problem = ''
  }

  static override styles: CSSResultGroup = [
    controls,
    css`
      form {
        padding: 1rem;
        border: 1px solid var(--yt-line);
        border-radius: var(--yt-radius);
        background: var(--yt-ground-2);
      }
      h3 {
        margin: 0;
        font-size: 1em;
        overflow-wrap: anywhere;
      }
    `,
  ]

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>(this.kind === 'add' ? '#name' : '#key')?.focus()
  }

  override render(): TemplateResult {
    const adding = this.kind === 'add'
    return html`<form class="stack" novalidate autocomplete="off" @submit=${this.#onSubmit}>
      <h3>${adding ? 'Add a bin' : html`Key for <bdi>${this.binName}</bdi>`}</h3>
      ${adding ? this.#where() : nothing}
      <fieldset class="stack">
        <legend>JSONBin key</legend>
        <div class="row">${this.#kindChoice('master', 'Master key')} ${this.#kindChoice('access', 'Access key')}</div>
        <div class="field">
          <label for="key">${this.keyKind === 'master' ? 'Master key' : 'Access key'}</label>
          <input
            id="key"
            class="mono"
            type="password"
            autocomplete="off"
            spellcheck="false"
            aria-describedby="key-hint"
          />
          <p id="key-hint" class="hint">
            Stays on this device and is sent to the bin’s service only. The others enter their own.
          </p>
        </div>
        <label class="choice"><input id="remember" type="checkbox" checked />Remember the key on this device</label>
      </fieldset>
      <p class="problem" role="alert">${this.problem}</p>
      <div class="row end">
        <button type="button" @click=${() => this.cancel()}>Cancel</button>
        <button type="submit" class="primary" ?disabled=${this.busy}>${this.busy ? 'Working…' : this.#action}</button>
      </div>
    </form>`
  }

  #where(): TemplateResult {
    return html`<div class="field">
        <label for="name">Name</label>
        <input id="name" maxlength="128" placeholder="Brand tokens" />
      </div>
      <div class="field">
        <label for="id">Bin id</label>
        <input id="id" class="mono" spellcheck="false" aria-describedby="id-hint" />
        <p id="id-hint" class="hint">Leave it empty to create a new bin from the tokens of this room.</p>
      </div>
      <div class="field">
        <label for="url">Service address</label>
        <input
          id="url"
          class="mono"
          type="url"
          spellcheck="false"
          placeholder="https://api.jsonbin.io/v3"
          aria-describedby="url-hint"
        />
        <p id="url-hint" class="hint">Only for a service of your own; empty means the usual one.</p>
      </div>`
  }

  get #action(): string {
    if (this.kind === 'key') return 'Use key'
    return this.again ? 'Create a second one' : 'Add bin'
  }

  #kindChoice(kind: 'master' | 'access', text: string): TemplateResult {
    return html`<label class="choice"
      ><input
        type="radio"
        name="key-kind"
        .checked=${this.keyKind === kind}
        @change=${() => {
          this.keyKind = kind
        }}
      />${text}</label
    >`
  }

  #text(id: string): string {
    return this.renderRoot.querySelector<HTMLInputElement>(`#${id}`)?.value.trim() ?? ''
  }

  readonly #onSubmit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    if (this.busy) return
    const key = this.#text('key')
    const answer: BinAnswer = {
      name: this.#text('name'),
      id: this.#text('id'),
      url: this.#text('url'),
      key: key === '' ? null : this.keyKind === 'master' ? { masterKey: key } : { accessKey: key },
      remember: this.renderRoot.querySelector<HTMLInputElement>('#remember')?.checked ?? false,
    }
    this.problem = this.#lacks(answer)
    if (this.problem !== '') return
    this.busy = true
    this.problem = (await this.submit(answer)) ?? ''
    this.busy = false
  }

  #lacks({ name, id, key }: BinAnswer): string {
    if (this.kind === 'key') return key === null ? 'Enter the key.' : ''
    if (name === '') return 'Give the bin a name, so that the others know which one it is.'
    return id === '' && key === null
      ? 'Enter a key: creating a bin needs one. Or enter the id of a bin that exists.'
      : ''
  }
}
