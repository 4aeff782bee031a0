import { css, type CSSResultGroup, html, LitElement, type PropertyDeclarations, type TemplateResult } from 'lit'
import { controls } from '../styles/controls.ts'
import { theme } from '../styles/theme.ts'

/** Asks which room, where the address names none or the room could not be opened. */
export class StartPage extends LitElement {
  static override properties: PropertyDeclarations = {
    room: {},
    problem: {},
    open: { attribute: false },
    look: { attribute: false },
  }

  declare room: string
  declare problem: string
  declare open: (room: string) => void
  /** To look at tokens by URL instead. */
  declare look: () => void

  constructor() {
    super()
    this.room = ''
    this.problem = ''
  }

  static override styles: CSSResultGroup = [
    theme,
    controls,
    css`
      :host {
        display: grid;
        place-content: center;
        min-height: 100%;
        padding: 1rem;
        background: var(--yt-ground);
        color: var(--yt-text);
        font: 0.875rem/1.5 var(--yt-font);
      }
      .page {
        width: min(26rem, calc(100vw - 2rem));
      }
      h1 {
        margin: 0 0 0.25rem;
        font-size: 1.375em;
      }
    `,
  ]

  override render(): TemplateResult {
    return html`<div class="page stack">
      <div>
        <h1>Edit design tokens together</h1>
        <p class="hint">Everyone who opens the same room edits the same tokens.</p>
      </div>
      <form class="stack" novalidate @submit=${this.#onSubmit}>
        <div class="field">
          <label for="room">Room</label>
          <input
            id="room"
            class="mono"
            autofocus
            autocapitalize="off"
            spellcheck="false"
            placeholder="acme-brand"
            aria-describedby="hint problem"
            aria-invalid=${this.problem !== ''}
            .value=${this.room}
          />
          <p id="hint" class="hint">Small letters, digits, dots, hyphens and underscores; slashes between parts.</p>
          <p id="problem" class="problem" role="alert">${this.problem}</p>
        </div>
        <div class="row">
          <button type="submit" class="primary">Open room</button>
          <button type="button" class="quiet" @click=${() => this.look()}>Look at tokens by URL</button>
        </div>
      </form>
    </div>`
  }

  readonly #onSubmit = (event: SubmitEvent): void => {
    event.preventDefault()
    const room = this.renderRoot.querySelector<HTMLInputElement>('#room')?.value.trim() ?? ''
    this.problem = room === '' ? 'Enter the name of a room.' : ''
    if (room !== '') this.open(room)
  }
}
