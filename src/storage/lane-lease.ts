/**
 * Which lane of the token document this running instance writes (lanes are described with the document): eight random
 * `[0-9a-z]` per device and user, held by one instance at a time.
 *
 * - L1 The ids are kept in the same database as the document, so that they are lost together: a device without its old
 *   facts must not go on in its old lane.
 * - L2 A Web Lock makes the lease exclusive; a second tab takes the device's next lane. Without locks every instance takes
 *   a lane of its own.
 * - L3 A lane is used again only if its last holder left in order, with everything stored. While held it counts as unclean.
 * - L4 A local copy that could not be read whole may lack a lane's tail: none of its lanes is used again.
 */
import type { AttachedStorage, SessionEnd } from './attach-storage.ts'
import { systemTimers, type Timers } from './timers.ts'
import { browserLocks } from '../platform/browser-locks.ts'
import { holdLock } from './web-lock.ts'

export interface LaneLeaseOptions {
  /** Null where nothing is stored on this device. Ask after its `whenLoaded`. */
  readonly storage: Pick<AttachedStorage, 'name' | 'intact' | 'meta'> | null
  /** Id of the person; two people at one device never share a lane. */
  readonly user?: string
  readonly locks?: LockManager | null
  /** In [0, 1). */
  readonly random?: () => number
  readonly timers?: Timers
}

export interface LaneLease {
  readonly lane: string
  /** No earlier session wrote here. */
  readonly fresh: boolean
  /** Lets another instance have the lane. Close the storage first, or the lane is not used again. */
  release(): void
}

/** How long to wait for another tab that is choosing its lane. */
const chooseTimeoutMs = 3_000
/** Tabs at once, and a few unclean stops. */
const maxRememberedLanes = 16
const lanePattern = /^[0-9a-z]{8,32}$/

/** Never rejects: whatever hinders the lease, a fresh lane is always right, if a little wasteful. */
export async function leaseLane(options: LaneLeaseOptions): Promise<LaneLease> {
  const { storage, user = '', random = cryptoRandom, timers = systemTimers } = options
  const locks = options.locks === undefined ? browserLocks() : options.locks
  const loose: LaneLease = { lane: newLane(random), fresh: true, release: () => undefined }
  if (!storage || !locks) return loose

  return new Promise((resolve) => {
    const giveUp = new AbortController()
    const timeout = timers.setTimer(() => {
      giveUp.abort()
      resolve(loose)
    }, chooseTimeoutMs)
    const choosing = locks.request(`${storage.name}/lanes`, { signal: giveUp.signal }, () =>
      chooseLane(storage, locks, user, random),
    )
    choosing
      .then(
        (lease) => (giveUp.signal.aborted ? lease.release() : resolve(lease)),
        () => resolve(loose),
      )
      .finally(() => timers.clearTimer(timeout))
  })
}

async function chooseLane(
  storage: Pick<AttachedStorage, 'name' | 'intact' | 'meta'>,
  locks: LockManager,
  user: string,
  random: () => number,
): Promise<LaneLease> {
  const listKey = `y-tokens/lanes/${user}`
  const remembered = storage.intact ? readList(await storage.meta.get(listKey)) : []
  const kept: string[] = []
  let chosen: { readonly lane: string; readonly fresh: boolean; readonly release: () => void } | undefined
  for (const lane of remembered) {
    if (chosen) {
      kept.push(lane)
      continue
    }
    const release = await holdLock(locks, lockName(storage.name, lane))
    if (!release) kept.push(lane)
    else if ((await storage.meta.get(stateKey(lane))) === 'clean') chosen = { lane, fresh: false, release }
    else release()
  }
  chosen ??= await holdNewLane(storage.name, locks, random)

  const { lane, fresh, release } = chosen
  const list = [...kept, lane].slice(-maxRememberedLanes)
  try {
    await storage.meta.set({ [listKey]: JSON.stringify(list), [stateKey(lane)]: 'held' })
  } catch (error) {
    release()
    throw error
  }
  const atEnd: SessionEnd = { leaving: { [stateKey(lane)]: 'clean' }, returned: { [stateKey(lane)]: 'held' } }
  const forget = storage.meta.atEnd(atEnd)
  return {
    lane,
    fresh,
    release: () => {
      forget()
      release()
    },
  }
}

async function holdNewLane(
  name: string,
  locks: LockManager,
  random: () => number,
): Promise<{ readonly lane: string; readonly fresh: true; readonly release: () => void }> {
  for (;;) {
    const lane = newLane(random)
    const release = await holdLock(locks, lockName(name, lane))
    if (release) return { lane, fresh: true, release }
  }
}

function lockName(name: string, lane: string): string {
  return `${name}/lane/${lane}`
}

function stateKey(lane: string): string {
  return `y-tokens/lane/${lane}`
}

function readList(text: string | undefined): readonly string[] {
  if (text === undefined) return []
  try {
    const list: unknown = JSON.parse(text)
    return Array.isArray(list) ? list.filter((lane): lane is string => lanePattern.test(String(lane))) : []
  } catch {
    return []
  }
}

function newLane(random: () => number): string {
  let lane = ''
  while (lane.length < 8) lane += Math.floor(random() * 36).toString(36)
  return lane
}

/** `getRandomValues` also works in a `data:` frame, which has no `randomUUID`. */
function cryptoRandom(): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] as number) / 2 ** 32
}
