import {
  css,
  type CSSResultGroup,
  html,
  LitElement,
  nothing,
  type PropertyDeclarations,
  type TemplateResult,
} from 'lit'
import type { BlockedExit, HeldBack } from 'y-tokens/bridge'
import type { TokensStatus } from 'y-tokens'
import { formatBytes, plainText } from '../model/plain-text.ts'
import { type LegSummary, type StatusSummary, summarizeStatus, type Tone } from '../model/status-summary.ts'
import { type TeamBridge, teamBridgeOf } from '../model/team-bridge.ts'
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
  'take-changes': 'Take the changes',
  'keep-ours': 'Put ours back',
  'count-anew': 'Count requests anew',
  'apply-other-bin': 'Choose another bin',
}

/** Refusals that another key may cure. */
const keyReasons: ReadonlySet<string> = new Set(['key-missing', 'key-expired', 'not-allowed'])
const maxHeldBack = 20

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
        /* As wide as "Saving… (12)", so that nothing moves with every edit. */
        min-width: 8rem;
        border-radius: 2rem;
        padding-inline: 0.75rem;
        border-color: var(--yt-line);
        background: var(--yt-ground-2);
        font-variant-numeric: tabular-nums;
      }
      .pill.is-ok {
        color: var(--yt-ok);
      }
      .pill.is-warning {
        color: var(--yt-warning);
        background: var(--yt-warning-weak);
      }
      .pill.is-problem {
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
      h2 {
        display: flex;
        align-items: center;
        gap: 0.5rem;
        margin: 0;
        font-size: 1em;
      }
      h2 bdi {
        flex: 1;
        min-width: 0;
      }
      h2 .word {
        font-weight: 400;
      }
      h2 > .icon {
        color: var(--yt-text-2);
      }
      section.is-ok > h2 > .icon {
        color: var(--yt-ok);
      }
      section.is-warning > h2 > .icon {
        color: var(--yt-warning);
      }
      section.is-problem > h2 > .icon {
        color: var(--yt-problem);
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
      section.is-ok .word {
        color: var(--yt-ok);
      }
      section.is-warning .word {
        color: var(--yt-warning);
      }
      section.is-problem .word {
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
        class="pill is-${tone}"
        aria-haspopup="dialog"
        aria-expanded=${this.open}
        aria-label="Sync status: ${word}"
        @click=${this.#onOpen}
      >
        ${toneMark(tone)}<span>${word}</span>
      </button>
      <div popover="auto" role="dialog" aria-label="Sync status" @toggle=${this.#onToggle}>
        ${this.open && readOnly !== null ? html`<section><p>${readOnly}</p></section>` : nothing}
        ${this.open && status && summary ? this.#legs(status, summary) : nothing}
      </div>`
  }

  #legs(status: TokensStatus, summary: StatusSummary): TemplateResult {
    const { relay, bridge } = status
    const wantsKey = relay.state.kind === 'refused' && keyReasons.has(relay.state.reason)
    return html`${leg(summary.device)}
    ${leg(
      summary.relay,
      wantsKey
        ? html`<div class="row">
            <button type="button" @click=${() => this.#send({ kind: 'room-key' })}>
              ${icon('key')}Enter a room key
            </button>
          </div>`
        : nothing,
    )}
    ${leg(summary.bin, this.#binControls(teamBridgeOf(status), bridge.heldBack))}`
  }

  #binControls(bridge: TeamBridge, heldBack: readonly HeldBack[]): TemplateResult {
    const { state, bin } = bridge
    const size = state.kind === 'blocked' ? state.size : undefined
    return html`${size ? sizeTable(size.largestSets, size.themes) : nothing}
      ${heldBack.length > 0 ? heldBackList(heldBack) : nothing}
      <div class="row">
        ${this.#exits(bridge).map((exit) => this.#exit(exit))}
        ${state.kind === 'blocked' && state.reason === 'invalid-bin' && bridge.by === null ? this.#copyButton() : nothing}
        ${this.#pauseButton(state.kind, bin !== null)}
      </div>`
  }

  /** Of this device's own bridge all; of another session's block those that anybody can take. */
  #exits({ state, by }: TeamBridge): readonly BlockedExit[] {
    if (state.kind !== 'blocked' || this.readOnly !== null) return []
    if (by === null) return state.exits
    if (state.reason === 'mass-change') return ['take-changes', 'keep-ours']
    return state.reason === 'too-large' ? ['remove-sets', 'apply-other-bin'] : ['apply-other-bin']
  }

  #exit(exit: BlockedExit): TemplateResult {
    return html`<button type="button" @click=${() => this.#send({ kind: 'leave-block', exit })}>
      ${exitLabels[exit]}
    </button>`
  }

  #copyButton(): TemplateResult {
    return html`<button type="button" @click=${() => this.#send({ kind: 'copy-unreadable' })}>
      Copy what the bin holds
    </button>`
  }

  #pauseButton(kind: TeamBridge['state']['kind'], linked: boolean): TemplateResult | typeof nothing {
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

  /** Its content is there only while it is open. */
  readonly #onOpen = async (): Promise<void> => {
    const popover = this.#popover
    const button = this.renderRoot.querySelector('button')
    if (!popover || !button) return
    if (popover.matches(':popover-open')) return popover.hidePopover()
    this.open = true
    await this.updateComplete
    popover.showPopover()
    placeBeside(popover, button, 'end')
  }

  readonly #onToggle = (event: ToggleEvent): void => {
    this.open = event.newState === 'open'
  }
}

function leg(
  { title, tone, word, sentences }: LegSummary,
  more: TemplateResult | typeof nothing = nothing,
): TemplateResult {
  return html`<section class="is-${tone}">
    <h2><bdi>${title}</bdi>${toneMark(tone)}<span class="word">${word}</span></h2>
    ${sentences.map((sentence) => html`<p>${sentence}</p>`)} ${more}
  </section>`
}

function sizeTable(sets: readonly { readonly name: string; readonly bytes: number }[], themes: number): TemplateResult {
  const line = (name: string, bytes: number): TemplateResult =>
    html`<tr>
      <th scope="row"><bdi>${plainText(name, 80)}</bdi></th>
      <td>${formatBytes(bytes)}</td>
    </tr>`
  return html`<table>
    <caption>
      Largest sets
    </caption>
    ${sets.map(({ name, bytes }) => line(name, bytes))} ${themes > 0 ? line('All themes', themes) : nothing}
  </table>`
}

function heldBackList(places: readonly HeldBack[]): TemplateResult {
  const more = places.length - maxHeldBack
  return html`<ul>
    ${places.slice(0, maxHeldBack).map(
      ({ set, path, reason, outcome }) =>
        html`<li>
          <bdi>${plainText([set ?? '', path.join('.')].filter(Boolean).join(': '), 120)}</bdi>
          ${outcome === 'repaired' ? 'is shown changed' : 'is not shown'}: ${plainText(reason, 200)}
        </li>`,
    )}
    ${more > 0 ? html`<li>and ${more} more</li>` : nothing}
  </ul>`
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
