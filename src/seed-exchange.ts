/**
 * Two seeds may have one client id, once in 2^31 pairs. Yjs then takes the second for known and drops it: replicas differ
 * for ever though their state vectors are equal, and the relay, which goes by the same numbers, passes nothing on. So each
 * session tells which seeds are whole at it, and a seed that another lacks is written once more, as a copy.
 *
 * Awareness can be forged. Who lies about seeds gets one copy of each written, and no second one.
 */
import { factAccessOf } from './doc/fact-access.ts'
import type { TokenDocument } from './doc/index.ts'
import type { RelayStatus, Room } from './room/index.ts'
import type { Watched } from './watched.ts'

const field = 'seeds'
const maxNames = 20
/** For what is still under way to the other; twice that at most, so that not everybody copies at once. */
const graceMs = 5_000

export interface SeedExchangeParts {
  readonly document: TokenDocument
  readonly room: Pick<Room, 'presence' | 'awareness'>
  readonly relay: Watched<RelayStatus | null>
  readonly random?: () => number
  readonly setTimer?: (run: () => void, delayMs: number) => unknown
  readonly clearTimer?: (handle: unknown) => void
}

/** Begins at once; returns what ends it. */
export function exchangeSeeds(parts: SeedExchangeParts): () => void {
  const { document, room, relay, random = Math.random } = parts
  const { setTimer = setTimeout, clearTimer = (handle) => clearTimeout(handle as number) } = parts
  const { ydoc } = document
  const access = factAccessOf(document)
  let told = ''
  let timer: unknown

  const isSynced = (): boolean => relay.get()?.state.kind === 'synced'
  const mayWrite = (): boolean => relay.get()?.role !== 'reader' && document.state !== 'schema-too-new'
  const hasCopy = (name: string): boolean => [...ydoc.share.keys()].some((root) => root.startsWith(`${name}/`))
  const lackedByOthers = (): Set<string> => {
    if (!isSynced() || !mayWrite()) return new Set()
    const others = [...room.awareness.getStates()].filter(([client]) => client !== room.awareness.clientID)
    const lists = others.map(([, state]) => (state as Readonly<Record<string, unknown>>)[field])
    return seedsLackedBy(lists, newest(access.wholeSeeds()), hasCopy)
  }

  const tell = (): void => {
    const names = newest(access.wholeSeeds())
    if (!isSynced() || told === names.join()) return
    told = names.join()
    room.presence.setLocal({ [field]: names })
    check()
  }
  const check = (): void => {
    if (timer !== undefined) return
    const lacked = lackedByOthers()
    if (lacked.size > 0) timer = setTimer(() => copyStillLacked(lacked), graceMs * (1 + random()))
  }
  const copyStillLacked = (lacked: ReadonlySet<string>): void => {
    timer = undefined
    for (const name of lackedByOthers()) if (lacked.has(name)) access.copySeed(name)
    check()
  }

  room.awareness.on('change', check)
  ydoc.on('afterAllTransactions', tell)
  const stop = relay.subscribe(tell)
  tell()
  return () => {
    clearTimer(timer)
    stop()
    ydoc.off('afterAllTransactions', tell)
    room.awareness.off('change', check)
  }
}

/** Those of `mine` that somebody's list leaves out and of which there is no copy yet. Lists come from anybody. */
export function seedsLackedBy(
  lists: readonly unknown[],
  mine: readonly string[],
  hasCopy: (name: string) => boolean,
): Set<string> {
  const lacked = new Set<string>()
  for (const list of lists) {
    if (!Array.isArray(list) || list.length > maxNames) continue
    for (const name of mine) if (!list.includes(name) && !hasCopy(name)) lacked.add(name)
  }
  return lacked
}

/** A name begins with the time of its file. */
function newest(names: readonly string[]): string[] {
  return names.toSorted().slice(-maxNames)
}
