import { type CSSResultGroup, html, LitElement, type PropertyDeclarations, type TemplateResult } from 'lit'
import { controls } from '../styles/controls.ts'
import { closeDialogOf } from './dialog.ts'

/** Asks for the key of a room. */
export class KeyDialog extends LitElement {
  static override properties: PropertyDeclarations = { room: {}, use: { attribute: false } }

  declare room: string
  declare use: (key: string) => void

  constructor() {
    super()
    this.room = ''
  }

  static override styles: CSSResultGroup = [controls]

  override render(): TemplateResult {
    return html`<yt-dialog size="small" heading="Room key">
      <form id="form" class="stack" autocomplete="off" @submit=${this.#onSubmit}>
        <p class="hint">The key opens the room <bdi>${this.room}</bdi>. Whoever runs the relay gives it out.</p>
        <div class="field">
          <label for="key">Room key</label>
          <input id="key" class="mono" type="password" autocomplete="off" spellcheck="false" required autofocus />
        </div>
      </form>
      <button slot="actions" type="button" @click=${() => closeDialogOf(this)}>Cancel</button>
      <button slot="actions" type="submit" form="form" class="primary">Open the room</button>
    </yt-dialog>`
  }

  readonly #onSubmit = (event: SubmitEvent): void => {
    event.preventDefault()
    const key = this.renderRoot.querySelector<HTMLInputElement>('#key')?.value.trim() ?? ''
    if (key === '') return
    closeDialogOf(this)
    this.use(key)
  }
}
