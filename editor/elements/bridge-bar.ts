import { css, type CSSResultGroup, html, LitElement, type PropertyDeclarations, type TemplateResult } from 'lit'
import { plainText } from '../model/plain-text.ts'
import { pauseText } from '../model/status-summary.ts'
import type { TeamBridge } from '../model/team-bridge.ts'
import { controls } from '../styles/controls.ts'
import { sendCommand } from './command.ts'
import { icon } from './icon.ts'

/** Bottom left, where Tokens Studio users look for it: pull from the bin, and whether updates go to it. */
export class BridgeBar extends LitElement {
  static override properties: PropertyDeclarations = {
    bridge: { attribute: false },
    readOnly: { attribute: false },
    pulling: { type: Boolean },
  }

  declare bridge: TeamBridge
  declare readOnly: string | null
  declare pulling: boolean

  constructor() {
    super()
    this.readOnly = null
    this.pulling = false
  }

  static override styles: CSSResultGroup = [
    controls,
    css`
      :host {
        display: grid;
        gap: 0.375rem;
        padding: 0.625rem 0.875rem;
        border-top: 1px solid var(--yt-line);
      }
      .switch {
        justify-content: space-between;
        width: 100%;
        padding-inline: 0;
        background: none;
      }
      .switch,
      .switch:disabled {
        border-color: transparent;
      }
      .track {
        position: relative;
        width: 2.125rem;
        height: 1.25rem;
        flex: none;
        border: 1px solid var(--yt-line-control);
        border-radius: 1rem;
        background: var(--yt-ground);
      }
      .track::after {
        content: '';
        position: absolute;
        inset-block-start: 2px;
        inset-inline-start: 2px;
        width: 0.875rem;
        height: 0.875rem;
        border-radius: 50%;
        background: var(--yt-line-control);
        transition: inset-inline-start 0.12s;
      }
      [aria-checked='true'] .track {
        background: var(--yt-accent-strong);
        border-color: var(--yt-accent-strong);
      }
      [aria-checked='true'] .track::after {
        inset-inline-start: calc(100% - 0.875rem - 2px);
        background: #ffffff;
      }
      @media (forced-colors: active) {
        .track::after {
          background: ButtonText;
        }
        [aria-checked='true'] .track {
          background: Highlight;
          forced-color-adjust: none;
        }
      }
      .buttons {
        display: grid;
        grid-template-columns: 1fr auto;
        gap: 0.375rem;
      }
      .why {
        margin: 0;
        color: var(--yt-text-2);
        overflow-wrap: anywhere;
      }
    `,
  ]

  override render(): TemplateResult {
    const { state, bin } = this.bridge
    const paused = state.kind === 'paused'
    const off = this.readOnly ?? (bin === null ? 'Link a bin first.' : null)
    return html`<div class="buttons">
        <button
          type="button"
          ?disabled=${this.pulling || this.readOnly !== null}
          title=${this.readOnly ?? ''}
          @click=${this.#onPull}
        >
          ${icon('pull')}${this.pulling ? 'Pulling…' : 'Pull from JSONBin'}
        </button>
        <button type="button" @click=${() => sendCommand(this, { kind: 'open', panel: 'bins' })}>
          ${icon('bins')}Bins
        </button>
      </div>
      <button
        type="button"
        class="switch"
        role="switch"
        aria-checked=${bin !== null && !paused}
        aria-describedby="why"
        ?disabled=${off !== null}
        title=${off ?? ''}
        @click=${this.#onSwitch}
      >
        Update remote<span class="track" aria-hidden="true"></span>
      </button>
      <p class="why" id="why">${this.#why()}</p>`
  }

  #why(): TemplateResult | string {
    const { state, bin } = this.bridge
    if (state.kind === 'paused') return pauseText(state)
    return bin === null ? 'No bin is linked yet.' : html`Changes go to <bdi>${plainText(bin.name, 40)}</bdi>.`
  }

  readonly #onPull = (): void => {
    sendCommand(this, this.bridge.bin === null ? { kind: 'open', panel: 'bins' } : { kind: 'pull' })
  }

  readonly #onSwitch = (): void => {
    const paused = this.bridge.state.kind === 'paused'
    sendCommand(this, paused ? { kind: 'resume' } : { kind: 'pause', scope: 'team', reason: '' })
  }
}
