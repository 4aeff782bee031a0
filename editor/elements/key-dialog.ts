import { type CSSResultGroup, html, LitElement, type PropertyDeclarations, type TemplateResult } from 'lit'
import { controls } from '../styles/controls.ts'
import { dialogStyles, ModalDialog } from './dialog.ts'

/** Asks for the key of a room. */
export class KeyDialog extends LitElement {
  static override properties: PropertyDeclarations = { room: {}, use: { attribute: false } }

  declare room: string
  declare use: (key: string) => void

  readonly #dialog = new ModalDialog(this)

  constructor() {
    super()
    this.room = ''
  }

  static override styles: CSSResultGroup = [controls, dialogStyles]

  override render(): TemplateResult {
    return this.#dialog.render({
      heading: 'Room key',
      size: 'small',
      content: html`<form id="form" class="stack" autocomplete="off" @submit=${this.#onSubmit}>
        <p class="hint">The key opens the room <bdi>${this.room}</bdi>. Whoever runs the relay gives it out.</p>
        <div class="field">
          <label for="key">Room key</label>
          <input id="key" class="mono" type="password" autocomplete="off" spellcheck="false" required autofocus />
        </div>
      </form>`,
      actions: html`<button type="button" @click=${() => this.#dialog.close()}>Cancel</button>
        <button type="submit" form="form" class="primary">Open the room</button>`,
    })
  }

  readonly #onSubmit = (event: SubmitEvent): void => {
    event.preventDefault()
    const key = this.renderRoot.querySelector<HTMLInputElement>('#key')?.value.trim() ?? ''
    if (key === '') return
    this.#dialog.close()
    this.use(key)
  }
}
