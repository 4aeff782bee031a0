import * as Y from 'yjs'
import type { Random } from '../random.ts'
import type { Scheduler } from './scheduler.ts'

/** What one document has on its device's disk: update by update, each a moment later than it was made, in order. */
export interface Disk {
  readonly updates: readonly Uint8Array[]
  /** Whatever this document makes from now on is stored, until `stop`. */
  follow(doc: Y.Doc): { readonly flushed: () => Promise<void>; readonly stop: () => void }
  erase(): void
}

const compactAfter = 100

export function createDisk(scheduler: Scheduler, random: Random, first: Uint8Array): Disk {
  let updates: Uint8Array[] = [first]

  return {
    get updates() {
      return updates
    },
    follow: (doc) => {
      let isFollowing = true
      let under = 0
      let last = scheduler.now()
      let waiting: (() => void)[] = []
      const store = (update: Uint8Array): void => {
        updates.push(update)
        if (updates.length > compactAfter) updates = [Y.mergeUpdates(updates)]
      }
      doc.on('update', (update: Uint8Array) => {
        if (!isFollowing) return
        under++
        const slow = random.chance(0.03) ? 3_000 : 120
        last = Math.max(last, scheduler.now() + 3 + random.int(slow))
        scheduler.after(last - scheduler.now(), () => {
          if (!isFollowing) return
          store(update)
          under--
          if (under > 0) return
          const done = waiting
          waiting = []
          for (const resolve of done) resolve()
        })
      })
      return {
        flushed: () => (under === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
        stop: () => {
          isFollowing = false
        },
      }
    },
    erase: () => {
      updates = []
    },
  }
}
