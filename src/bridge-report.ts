/**
 * The session that looks after the bin tells the others how it stands, through awareness: a page without a key shows why the
 * bin does not follow. Forgeable by any member, hence for display only; it carries neither keys nor token values.
 */
import * as z from 'zod/mini'
import type { BlockedExit, BlockedReason, Bridge, BridgeState, BridgeStatus } from './bridge/index.ts'
import type { Room } from './room/index.ts'

export interface BridgeReport {
  /** Who says so. */
  readonly by: string
  readonly state: BridgeState
  readonly lastWriteAt: number | null
  /** Places of the document that the bin shows repaired or not at all. */
  readonly heldBack: number
}

export interface BridgeReporter {
  /** The report of another session, the same object until it changes. */
  ofOthers(): BridgeReport | null
  subscribe(listener: () => void): () => void
  readonly stop: () => void
}

const field = 'bridge'
const maxSentence = 1_000

const text = z.string().check(z.maxLength(maxSentence))
const stateSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['linking', 'synced', 'pending', 'syncing']) }),
  z.object({ kind: z.literal('paused'), by: text, scope: z.enum(['team', 'device']), reason: text }),
  z.object({ kind: z.literal('waiting'), until: z.number(), reason: text }),
  z.object({
    kind: z.literal('blocked'),
    reason: text,
    message: text,
    size: z.optional(
      z.object({
        bytes: z.number(),
        limit: z.number(),
        largestSets: z.array(z.object({ name: text, bytes: z.number() })).check(z.maxLength(10)),
        themes: z.number(),
      }),
    ),
  }),
])
const reportSchema = z.object({
  by: text,
  state: stateSchema,
  lastWriteAt: z.nullable(z.number()),
  heldBack: z.number(),
})

export function createBridgeReport(parts: {
  readonly bridge: Pick<Bridge, 'status' | 'subscribeStatus'>
  readonly room: Pick<Room, 'presence' | 'awareness'> | null
  readonly by: () => string
}): BridgeReporter {
  const { bridge, room, by } = parts
  if (!room) return { ofOthers: () => null, subscribe: () => () => undefined, stop: () => undefined }
  const { presence, awareness } = room
  let published = ''
  const publish = (): void => {
    const report = reportOf(bridge.status, by())
    const told = JSON.stringify(report)
    if (told === published) return
    published = told
    presence.setLocal({ [field]: report })
  }

  let seenText = ''
  let seen: BridgeReport | null = null
  const ofOthers = (): BridgeReport | null => {
    let found: BridgeReport | null = null
    for (const [client, state] of awareness.getStates()) {
      if (client === awareness.clientID || found) continue
      found = readReport((state as Readonly<Record<string, unknown>>)[field])
    }
    const foundText = JSON.stringify(found)
    if (foundText !== seenText) {
      seenText = foundText
      seen = found
    }
    return seen
  }
  // Also where the person of this session took another name.
  const stops = [bridge.subscribeStatus(publish), presence.subscribe(publish)]
  publish()
  const stop = (): void => {
    for (const end of stops) end()
  }
  return { ofOthers, subscribe: presence.subscribe, stop }
}

/** Null where this session does not look after a bin: it then says nothing. */
function reportOf(status: BridgeStatus, by: string): BridgeReport | null {
  const { state, lastWriteAt, heldBack } = status
  if (state.kind === 'off' || state.kind === 'standby') return null
  if (state.kind === 'blocked' && state.reason === 'key-missing') return null
  return { by, state, lastWriteAt, heldBack: heldBack.length }
}

function readReport(value: unknown): BridgeReport | null {
  if (value === undefined || value === null) return null
  const parsed = z.safeParse(reportSchema, value)
  if (!parsed.success) return null
  const { state, ...rest } = parsed.data
  if (state.kind !== 'blocked') return { ...rest, state }
  // Exits are of the session that holds the bin; here they would do nothing.
  const { size, message } = state
  const blocked = {
    kind: 'blocked' as const,
    reason: state.reason as BlockedReason,
    message,
    exits: [] as BlockedExit[],
  }
  return { ...rest, state: size ? { ...blocked, size } : blocked }
}
