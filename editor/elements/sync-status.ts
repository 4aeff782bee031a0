import {
  css,
  type CSSResultGroup,
  html,
  LitElement,
  nothing,
  type PropertyDeclarations,
  type TemplateResult,
} from 'lit'
import type { BlockedExit, BridgeStatus } from '../../src/bridge/bridge-status.ts'
import type { TokensStatus } from '../../src/open-tokens.ts'
import { formatBytes, plainText } from '../model/plain-text.ts'
import { type LegSummary, type StatusSummary, summarizeStatus, type Tone } from '../model/status-summary.ts'
import { controls } from '../styles/controls.ts'
import { sendCommand } from './command.ts'
import { icon } from './icon.ts'
import { placeBeside } from './place-beside.ts'

const exitLabels: Readonly<Record<BlockedExit, string>> = {
  retry: 'Try again',
  'enter-key': 'Enter a key',
  'remove-sets': 'Choose sets to remove',
  'link-again': 'Link again',
  'overwrite-bin': 'Overwrite the bin',
  'use-bin': 'Use the bin’s tokens',
  'apply-other-bin': 'Choose another bin',
}

/** The one sync indicator: a pill, and behind it this device, the relay and the bin apart. */
export class SyncStatus extends LitElement {
  static override properties: PropertyDeclarations = {
    status: { attribute: false },
    readOnly: { attribute: false },
    open: { state: true },
  }

  /** Null where no room is open. */
  declare status: TokensStatus | null
  declare readOnly: string | null
  declare open: boolean

  constructor() {
    super()
    this.status = null
    this.readOnly = null
    this.open = false
  }

  static override styles: CSSResultGroup = [
    controls,
    css`
      .pill {
        gap: 0.5rem;
        border-radius: 2rem;
        padding-inline: 0.75rem;
        border-color: var(--yt-line);
        background: var(--yt-ground-2);
        font-variant-numeric: tabular-nums;
      }
      .pill.ok {
        color: var(--yt-ok);
      }
      .pill.warning {
        color: var(--yt-warning);
        background: var(--yt-warning-weak);
      }
      .pill.problem {
        color: var(--yt-problem);
        background: var(--yt-problem-weak);
        border-color: currentColor;
      }
      [popover] {
        position: fixed;
        inset: auto;
        margin: 0;
        width: min(24rem, 96vw);
        max-height: 90vh;
        overflow: auto;
        padding: 0.25rem 1rem;
        border: 1px solid var(--yt-line);
        border-radius: 10px;
        background: var(--yt-raised);
        color: var(--yt-text);
        box-shadow: var(--yt-shadow);
      }
      section {
        padding: 0.75rem 0;
      }
      section + section {
        border-top: 1px solid var(--yt-line);
      }
      h3 {
        display: flex;
        align-items: center;
        gap: 0.5rem;
        margin: 0;
        font-size: 1em;
      }
      h3 bdi {
        flex: 1;
        min-width: 0;
      }
      h3 .word {
        font-weight: 400;
      }
      p {
        margin: 0.25rem 0 0;
        color: var(--yt-text-2);
        overflow-wrap: anywhere;
      }
      .row {
        margin-top: 0.5rem;
      }
      table {
        width: 100%;
        margin-top: 0.5rem;
        border-collapse: collapse;
      }
      caption {
        text-align: start;
        color: var(--yt-text-2);
      }
      th {
        text-align: start;
        font-weight: 400;
        overflow-wrap: anywhere;
      }
      td {
        text-align: end;
        font-variant-numeric: tabular-nums;
      }
      .ok .word {
        color: var(--yt-ok);
      }
      .warning .word {
        color: var(--yt-warning);
      }
      .problem .word {
        color: var(--yt-problem);
      }
      ul {
        margin: 0.5rem 0 0;
        padding-inline-start: 1.125rem;
      }
    `,
  ]

  override render(): TemplateResult {
    const { status, readOnly } = this
    const summary = status ? summarizeStatus(status, { readOnly, now: Date.now() }) : null
    const { word, tone }: Pick<StatusSummary, 'word' | 'tone'> = summary ?? { word: 'Read-only', tone: 'quiet' }
    return html`<button
        type="button"
        class="pill ${tone}"
        aria-haspopup="dialog"
        aria-expanded=${this.open}
        aria-label="Sync status: ${word}"
        @click=${this.#onOpen}
      >
        ${toneMark(tone)}<span>${word}</span>
      </button>
      <div popover="auto" role="dialog" aria-label="Sync status" @toggle=${this.#onToggle}>
        ${readOnly === null ? nothing : html`<section><p>${readOnly}</p></section>`}
        ${status && summary ? this.#legs(status, summary) : nothing}
      </div>`
  }

  #legs({ relay, bridge }: TokensStatus, summary: StatusSummary): TemplateResult {
    const refused = relay.state.kind === 'refused'
    return html`${leg(summary.device)}
    ${leg(
      summary.relay,
      refused
        ? html`<div class="row">
            <button type="button" @click=${() => this.#send({ kind: 'room-key' })}>
              ${icon('key')}Enter a room key
            </button>
          </div>`
        : nothing,
    )}
    ${leg(summary.bin, this.#binControls(bridge))}`
  }

  #binControls({ state, heldBack, bin }: BridgeStatus): TemplateResult {
    const size = state.kind === 'blocked' ? state.size : undefined
    return html`${
        size
          ? html`<table>
              <caption>
                Largest sets
              </caption>
              ${size.largestSets.map(
                ({ name, bytes }) =>
                  html`<tr>
                    <th scope="row"><bdi>${plainText(name, 80)}</bdi></th>
                    <td>${formatBytes(bytes)}</td>
                  </tr>`,
              )}
            </table>`
          : nothing
      }
      ${
        heldBack.length === 0
          ? nothing
          : html`<ul>
              ${heldBack.slice(0, 20).map(
                ({ set, path, reason, outcome }) =>
                  html`<li>
                    <bdi>${plainText([set ?? '', path.join('.')].filter(Boolean).join(': '), 120)}</bdi>
                    ${outcome === 'repaired' ? 'is shown changed' : 'is not shown'}: ${plainText(reason, 200)}
                  </li>`,
              )}
            </ul>`
      }
      <div class="row">
        ${state.kind === 'blocked' ? state.exits.map((exit) => this.#exit(exit)) : nothing}
        ${this.#pauseButton(state.kind, bin !== null)}
      </div>`
  }

  #exit(exit: BlockedExit): TemplateResult {
    return html`<button type="button" @click=${() => this.#send({ kind: 'leave-block', exit })}>
      ${exitLabels[exit]}
    </button>`
  }

  #pauseButton(kind: BridgeStatus['state']['kind'], linked: boolean): TemplateResult | typeof nothing {
    if (!linked || this.readOnly !== null) return nothing
    if (kind === 'paused')
      return html`<button type="button" @click=${() => this.#send({ kind: 'resume' })}>Resume updates</button>`
    return html`<button type="button" @click=${() => this.#send({ kind: 'open', panel: 'pause' })}>
      Pause with a reason
    </button>`
  }

  #send(command: Parameters<typeof sendCommand>[1]): void {
    this.#popover?.hidePopover()
    sendCommand(this, command)
  }

  get #popover(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>('[popover]')
  }

  readonly #onOpen = (): void => {
    const popover = this.#popover
    const button = this.renderRoot.querySelector('button')
    popover?.togglePopover()
    if (popover?.matches(':popover-open') && button) placeBeside(popover, button, 'end')
  }

  readonly #onToggle = (event: ToggleEvent): void => {
    this.open = event.newState === 'open'
  }
}

function leg(
  { title, tone, word, sentences }: LegSummary,
  more: TemplateResult | typeof nothing = nothing,
): TemplateResult {
  return html`<section class=${tone}>
    <h3><bdi>${title}</bdi>${toneMark(tone)}<span class="word">${word}</span></h3>
    ${sentences.map((sentence) => html`<p>${sentence}</p>`)} ${more}
  </section>`
}

/** A shape per tone, so that colour is never the only sign. */
function toneMark(tone: Tone): TemplateResult {
  switch (tone) {
    case 'ok':
      return icon('check')
    case 'busy':
      return icon('refresh')
    case 'warning':
    case 'problem':
      return icon('warning')
    case 'quiet':
      return icon('view')
  }
}
