import { type CSSResultGroup, html, LitElement, type PropertyDeclarations, type TemplateResult } from 'lit'
import { controls } from '../styles/controls.ts'
import { sendCommand } from './command.ts'
import { dialogStyles, ModalDialog } from './dialog.ts'

/** Pauses updates of the bin, for everyone or here, and says why. */
export class PauseDialog extends LitElement {
  static override properties: PropertyDeclarations = { scope: { state: true } }

  declare scope: 'team' | 'device'

  readonly #dialog = new ModalDialog(this)

  constructor() {
    super()
    this.scope = 'team'
  }

  static override styles: CSSResultGroup = [controls, dialogStyles]

  override render(): TemplateResult {
    const choice = (scope: 'team' | 'device', text: string): TemplateResult =>
      html`<label class="choice"
        ><input
          type="radio"
          name="scope"
          .checked=${this.scope === scope}
          @change=${() => {
            this.scope = scope
          }}
        />${text}</label
      >`
    return this.#dialog.render({
      heading: 'Pause updates of the bin',
      size: 'small',
      content: html`<form id="form" class="stack" @submit=${this.#onSubmit}>
        <p class="hint">Editing goes on. What the bin holds stays as it is until updates go on.</p>
        <fieldset class="choices">
          <legend>Where</legend>
          ${choice('team', 'For everyone in this room')}
          ${choice('device', 'Only on this device: others go on updating the bin')}
        </fieldset>
        <div class="field">
          <label for="reason">Reason, shown to the others</label>
          <input id="reason" maxlength="200" autofocus placeholder="For example: release freeze until Friday" />
        </div>
      </form>`,
      actions: html`<button type="button" @click=${() => this.#dialog.close()}>Cancel</button>
        <button type="submit" form="form" class="primary">Pause</button>`,
    })
  }

  readonly #onSubmit = (event: SubmitEvent): void => {
    event.preventDefault()
    const reason = this.renderRoot.querySelector<HTMLInputElement>('#reason')?.value.trim() ?? ''
    this.#dialog.close()
    sendCommand(this, { kind: 'pause', scope: this.scope, reason })
  }
}
