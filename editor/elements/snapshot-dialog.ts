import { type CSSResultGroup, html, LitElement, type PropertyDeclarations, type TemplateResult } from 'lit'
import { parseHeaders } from '../model/request-headers.ts'
import type { SnapshotRequest } from '../snapshot-view.ts'
import { controls } from '../styles/controls.ts'
import { dialogStyles, ModalDialog } from './dialog.ts'

/** Asks for the URL and headers of a token file to look at. The headers may be keys: they stay in memory. */
export class SnapshotDialog extends LitElement {
  static override properties: PropertyDeclarations = {
    url: {},
    problem: {},
    load: { attribute: false },
    busy: { state: true },
  }

  declare url: string
  declare problem: string
  /** Returns a sentence where it could not be loaded. */
  declare load: (request: SnapshotRequest) => Promise<string | undefined>
  declare busy: boolean

  readonly #dialog = new ModalDialog(this)

  constructor() {
    super()
    this.url = ''
    this.problem = ''
    this.busy = false
  }

  static override styles: CSSResultGroup = [controls, dialogStyles]

  override render(): TemplateResult {
    return this.#dialog.render({
      heading: 'Look at tokens by URL',
      content: html`<form id="form" class="stack" novalidate autocomplete="off" @submit=${this.#onSubmit}>
        <p class="hint">
          Shows a bin or another token file. Nothing can be changed, and nothing of your room is touched.
        </p>
        <div class="field">
          <label for="url">URL</label>
          <input
            id="url"
            class="mono"
            type="url"
            spellcheck="false"
            autofocus
            placeholder="https://api.jsonbin.io/v3/b/…/latest"
            aria-describedby="problem"
            .value=${this.url}
          />
        </div>
        <div class="field">
          <label for="headers">Headers</label>
          <textarea
            id="headers"
            rows="3"
            spellcheck="false"
            autocomplete="off"
            placeholder='{"X-Access-Key": "…", "X-Bin-Meta": false}'
            aria-describedby="headers-hint"
          ></textarea>
          <p id="headers-hint" class="hint">
            A JSON object, as in Tokens Studio’s URL provider. Kept until this page closes.
          </p>
        </div>
        <p id="problem" class="problem" role="alert">${this.problem}</p>
      </form>`,
      actions: html`<button type="button" @click=${() => this.#dialog.close()}>Cancel</button>
        <button type="submit" form="form" class="primary" ?disabled=${this.busy}>
          ${this.busy ? 'Loading…' : 'Show tokens'}
        </button>`,
    })
  }

  readonly #onSubmit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    if (this.busy) return
    const url = this.renderRoot.querySelector<HTMLInputElement>('#url')?.value.trim() ?? ''
    const parsed = parseHeaders(this.renderRoot.querySelector<HTMLTextAreaElement>('#headers')?.value ?? '')
    if (url === '') this.problem = 'Enter the address of a token file.'
    else if (parsed.kind === 'refused') this.problem = parsed.message
    else {
      this.busy = true
      this.problem = (await this.load({ url, headers: parsed.headers })) ?? ''
      this.busy = false
      if (this.problem === '') this.#dialog.close()
    }
  }
}
