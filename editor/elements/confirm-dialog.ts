import { type CSSResultGroup, html, LitElement, type PropertyDeclarations, type TemplateResult } from 'lit'
import { controls } from '../styles/controls.ts'
import { dialogStyles, ModalDialog } from './dialog.ts'

/** Asks before something that concerns the whole team or cannot be undone here. */
export class ConfirmDialog extends LitElement {
  static override properties: PropertyDeclarations = {
    heading: {},
    sentences: { attribute: false },
    action: {},
    danger: { type: Boolean },
    confirmed: { attribute: false },
  }

  declare heading: string
  declare sentences: readonly string[]
  declare action: string
  declare danger: boolean
  declare confirmed: () => void

  readonly #dialog = new ModalDialog(this)

  constructor() {
    super()
    this.heading = ''
    this.sentences = []
    this.action = 'Continue'
    this.danger = false
  }

  static override styles: CSSResultGroup = [controls, dialogStyles]

  override render(): TemplateResult {
    return this.#dialog.render({
      heading: this.heading,
      size: 'small',
      content: html`<div class="stack">
        ${this.sentences.map((sentence) => html`<p class="hint">${sentence}</p>`)}
      </div>`,
      actions: html`<button type="button" autofocus @click=${() => this.#dialog.close()}>Cancel</button>
        <button type="button" class=${this.danger ? 'danger' : 'primary'} @click=${this.#onConfirm}>
          ${this.action}
        </button>`,
    })
  }

  readonly #onConfirm = (): void => {
    this.#dialog.close()
    this.confirmed()
  }
}
