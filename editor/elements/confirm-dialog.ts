import { type CSSResultGroup, html, LitElement, type PropertyDeclarations, type TemplateResult } from 'lit'
import { controls } from '../styles/controls.ts'
import { closeDialogOf } from './dialog.ts'

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

  constructor() {
    super()
    this.heading = ''
    this.sentences = []
    this.action = 'Continue'
    this.danger = false
  }

  static override styles: CSSResultGroup = [controls]

  override render(): TemplateResult {
    return html`<yt-dialog size="small" heading=${this.heading}>
      <div class="stack">${this.sentences.map((sentence) => html`<p class="hint">${sentence}</p>`)}</div>
      <button slot="actions" type="button" autofocus @click=${() => closeDialogOf(this)}>Cancel</button>
      <button slot="actions" type="button" class=${this.danger ? 'danger' : 'primary'} @click=${this.#onConfirm}>
        ${this.action}
      </button>
    </yt-dialog>`
  }

  readonly #onConfirm = (): void => {
    closeDialogOf(this)
    this.confirmed()
  }
}
