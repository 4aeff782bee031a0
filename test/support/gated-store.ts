import type { RoomStore } from '../../server/store/index.ts'

/** A store whose answers wait, or fail, as a test says. */
export interface GatedStore extends RoomStore {
  /** From now on, calls of `op` wait for {@link GatedStore.release}. */
  hold(op: 'append' | 'load' | 'nextLeaseEpoch'): void
  /** Lets through what waits, in order, and what comes. */
  release(op: 'append' | 'load' | 'nextLeaseEpoch'): void
  /** From now on, calls of `op` reject with `error`; null ends that. */
  fail(op: 'append' | 'load' | 'nextLeaseEpoch' | 'probe' | 'fold', error: Error | null): void
  readonly calls: { append: number; load: number; fold: number }
}

export function createGatedStore(store: RoomStore): GatedStore {
  const gates = new Map<string, Promise<void>>()
  const openers = new Map<string, () => void>()
  const failures = new Map<string, Error>()
  const calls = { append: 0, load: 0, fold: 0 }
  const pass = async (op: string): Promise<void> => {
    await gates.get(op)
    const failure = failures.get(op)
    if (failure) throw failure
  }
  return {
    durable: store.durable,
    warnings: store.warnings,
    calls,
    hold(op) {
      gates.set(op, new Promise((resolve) => openers.set(op, resolve)))
    },
    release(op) {
      gates.delete(op)
      openers.get(op)?.()
    },
    fail(op, error) {
      if (error) failures.set(op, error)
      else failures.delete(op)
    },
    async append(rows) {
      calls.append++
      await pass('append')
      return store.append(rows)
    },
    async load(room) {
      calls.load++
      await pass('load')
      return store.load(room)
    },
    async fold(...args) {
      calls.fold++
      await pass('fold')
      return store.fold(...args)
    },
    async nextLeaseEpoch(room, lease) {
      await pass('nextLeaseEpoch')
      return store.nextLeaseEpoch(room, lease)
    },
    async probe() {
      await pass('probe')
      return store.probe()
    },
    positionOf: (room) => store.positionOf(room),
    close: () => store.close(),
  }
}
