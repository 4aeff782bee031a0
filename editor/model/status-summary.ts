/**
 * What the sync indicator says: one word or two for the pill, and per leg (this device, relay, bin) a state and sentences.
 * "Saved" is said only of what is known to be stored: by the relay, or on this device where there is no relay.
 */
import type { BridgeState } from 'y-tokens/bridge'
import type { TokensStatus } from 'y-tokens'
import { teamBridgeOf } from './team-bridge.ts'
import { countOf, formatBytes, formatTime, personName, plainText } from './plain-text.ts'

export type Tone = 'ok' | 'busy' | 'quiet' | 'warning' | 'problem'

export interface LegSummary {
  readonly title: string
  readonly tone: Tone
  readonly word: string
  readonly sentences: readonly string[]
}

export interface StatusSummary {
  readonly word: string
  readonly tone: Tone
  readonly device: LegSummary
  readonly relay: LegSummary
  readonly bin: LegSummary
}

export interface StatusContext {
  /** Why nothing can be changed, or null. */
  readonly readOnly: string | null
  readonly now: number
}

export function summarizeStatus(status: TokensStatus, context: StatusContext): StatusSummary {
  return {
    ...pillOf(status, context),
    device: deviceLeg(status),
    relay: relayLeg(status),
    bin: binLeg(status, context.now),
  }
}

function pillOf(status: TokensStatus, { readOnly }: StatusContext): { readonly word: string; readonly tone: Tone } {
  const { storage, relay } = status
  const unsaved = relay.unsaved ?? 0
  if (needsAction(status)) return { word: 'Action needed', tone: 'problem' }
  if (readOnly !== null) return { word: 'Read-only', tone: 'quiet' }
  if (relay.state.kind === 'offline') {
    const word = unsaved > 0 ? `Offline: ${countOf(unsaved, 'change')} on this device` : 'Offline'
    return { word, tone: 'warning' }
  }
  if (unsaved > 0) return { word: `Saving… (${unsaved})`, tone: 'busy' }
  if (relay.state.kind === 'connecting' || relay.state.kind === 'syncing') return { word: 'Connecting…', tone: 'busy' }
  // With a relay that has everything, the copy on this device may take its time.
  if (relay.state.kind === 'off' && (storage.kind === 'saving' || storage.kind === 'loading')) {
    return { word: 'Saving…', tone: 'busy' }
  }
  if (teamBridgeOf(status).state.kind === 'paused') return { word: 'Bin paused', tone: 'warning' }
  if (relay.state.kind === 'off' && storage.kind === 'off') return { word: 'In this page only', tone: 'warning' }
  return { word: 'Saved', tone: 'ok' }
}

/** Something that does not pass by itself. A missing bin key is not: another device of the team may write the bin. */
function needsAction(status: TokensStatus): boolean {
  const { storage, relay } = status
  const bridge = teamBridgeOf(status).state
  if (relay.state.kind === 'refused' || relay.rejected.length > 0) return true
  if (bridge.kind === 'blocked' && bridge.reason !== 'key-missing') return true
  return storage.kind === 'degraded' && relay.state.kind !== 'synced'
}

function deviceLeg({ storage }: TokensStatus): LegSummary {
  const title = 'This device'
  switch (storage.kind) {
    case 'off':
      return leg(
        title,
        'quiet',
        'Not kept',
        'Nothing is kept on this device: closing the page forgets what the relay has not stored.',
      )
    case 'loading':
      return leg(title, 'busy', 'Loading', 'Reading what this device has.')
    case 'saving':
      return leg(title, 'busy', 'Saving', 'Writing your changes to this device.')
    case 'saved':
      return leg(title, 'ok', 'Saved', 'Everything is stored on this device.')
    case 'degraded':
      return leg(
        title,
        'problem',
        'Not stored',
        storage.message,
        'You can go on editing. Keep this page open until the relay has your changes.',
      )
  }
}

function relayLeg({ relay }: TokensStatus): LegSummary {
  const title = 'Relay'
  const { state, unsaved, role, rejected } = relay
  const waiting = unsaved ?? 0
  const more = [
    ...(role === 'reader' ? ['Your key lets you read this room, not change it.'] : []),
    ...rejected.map(
      ({ message, edits }) =>
        `${countOf(edits, 'change')} not accepted: ${message} What you did is still here and can be exported.`,
    ),
  ]
  const tone = (calm: Tone): Tone => (rejected.length > 0 ? 'problem' : calm)
  switch (state.kind) {
    case 'off':
      return leg(title, 'quiet', 'None', 'This room is not connected to a relay: nobody else sees your changes.')
    case 'connecting':
      return leg(title, tone('busy'), 'Connecting', 'Connecting to the relay.', ...more)
    case 'syncing':
      return leg(title, tone('busy'), 'Exchanging', 'Exchanging changes with the relay.', ...more)
    case 'synced': {
      if (unsaved === null) {
        return leg(
          title,
          tone('ok'),
          'Connected',
          'Changes are sent at once. This relay does not say what it has stored.',
          ...more,
        )
      }
      if (waiting > 0) {
        return leg(title, tone('busy'), 'Saving', `${countOf(waiting, 'change')} on the way to the relay.`, ...more)
      }
      return leg(title, tone('ok'), 'Saved', 'The relay has stored everything, and you see what others did.', ...more)
    }
    case 'offline':
      return leg(
        title,
        tone('warning'),
        'Offline',
        state.message,
        waiting > 0
          ? `${countOf(waiting, 'change')} ${waiting === 1 ? 'waits' : 'wait'} on this device and will be sent without your doing.`
          : 'You can go on editing; changes will be sent without your doing.',
        ...more,
      )
    case 'refused':
      return leg(title, 'problem', 'Refused', state.message, ...more)
  }
}

function binLeg(status: TokensStatus, now: number): LegSummary {
  const { state, bin, lastWriteAt, by } = teamBridgeOf(status)
  const { access, lastReadAt, heldBack } = status.bridge
  const held = by === null ? heldBack.length : (status.teamBridge?.heldBack ?? 0)
  const title = bin ? `Bin: ${plainText(bin.name, 60)}` : 'Bin'
  const keyless = bin !== null && access === 'none'
  const more = [
    ...(by === null ? [] : [`${personName(by)} looks after the bin.`]),
    ...(lastWriteAt === null ? [] : [`Last written ${formatTime(lastWriteAt, now)}.`]),
    ...(by !== null || lastReadAt === null ? [] : [`Last read ${formatTime(lastReadAt, now)}.`]),
    ...(keyless && by !== null ? ['This device has no key for it, and needs none to edit.'] : []),
    ...(access === 'consumer'
      ? ['Your key can only read this bin: this device takes its changes in and never writes.']
      : []),
    ...(held > 0
      ? [
          `The bin shows ${countOf(held, 'place')} changed or not at all, because the plugin would refuse ${held === 1 ? 'it' : 'them'}.`,
        ]
      : []),
    ...requestSentences(status.bridge, now),
  ]
  switch (state.kind) {
    case 'off':
      return bin === null
        ? leg(title, 'quiet', 'None', 'No bin is linked. Link one for the plugin and others to read these tokens.')
        : leg(title, 'quiet', 'Off', 'This device does not write the bin.', ...more)
    case 'linking':
      return leg(title, 'busy', 'Linking', 'Reading the bin and comparing it with this room.')
    case 'synced':
      return leg(title, 'ok', 'Up to date', 'The bin has what you see here.', ...more)
    case 'pending':
      return leg(title, 'busy', 'Changes waiting', 'Changes go to the bin in a moment.', ...more)
    case 'syncing':
      return leg(title, 'busy', 'Updating', 'Reading the bin, merging, and writing it.', ...more)
    case 'paused':
      return leg(
        title,
        'warning',
        'Paused',
        `${pauseText(state)} Edits stay in this room until updates go on.`,
        ...more,
      )
    case 'standby':
      return leg(
        title,
        'ok',
        'Written elsewhere',
        `${personName(state.holder)} writes the bin; this device would take over.`,
        ...more,
      )
    case 'waiting':
      return leg(title, 'warning', 'Waiting', `Next try ${formatTime(state.until, now)}. ${state.reason}`, ...more)
    case 'blocked':
      return leg(
        title,
        state.reason === 'key-missing' ? 'quiet' : 'problem',
        state.reason === 'key-missing' ? 'No key here' : 'Stopped',
        state.message,
        ...(state.size
          ? [`The tokens take ${formatBytes(state.size.bytes)}; the bin takes ${formatBytes(state.size.limit)}.`]
          : []),
        ...more,
      )
  }
}

/** What this device sent to the bin's service, and how long the account's requests last at that pace. */
function requestSentences({ requests, requestsLeft }: TokensStatus['bridge'], now: number): string[] {
  const used = requests?.used ?? 0
  const left = requestsLeft === null ? '' : `${countOf(requestsLeft, 'request')} left on the service’s plan`
  const until = requests?.lastsUntil
  const forecast = until ? `; at the pace so far they last until ${formatTime(until, now)}` : ''
  return [
    ...(requests && used > 0 ? [`${countOf(used, 'request')} sent since ${formatTime(requests.since, now)}.`] : []),
    ...(left === '' ? [] : [`${left}${forecast}.`]),
  ]
}

/** Who paused updates, where and why, in a sentence. */
export function pauseText(pause: Extract<BridgeState, { kind: 'paused' }>): string {
  const where = pause.scope === 'team' ? 'for everyone' : 'on this device'
  const by = pause.by === '' ? '' : ` by ${personName(pause.by)}`
  const why = plainText(pause.reason, 200)
  return `Paused ${where}${by}${why === '' ? '.' : `: ${why}${/[.!?]$/.test(why) ? '' : '.'}`}`
}

function leg(title: string, tone: Tone, word: string, ...sentences: readonly string[]): LegSummary {
  return { title, tone, word, sentences: sentences.map((text) => plainText(text)) }
}

/** True while leaving the page would lose edits: neither this device nor the relay has them. */
export function wouldLoseEdits({ storage, relay }: TokensStatus): boolean {
  if (storage.kind === 'saved') return false
  return relay.state.kind === 'off' || relay.unsaved === null ? storage.kind === 'saving' : relay.unsaved > 0
}
