import type * as Y from 'yjs'
import type { BridgeState } from '../../../src/bridge/bridge-status.ts'
import type { BinStore } from '../../../src/jsonbin/bin-store.ts'
import { type BinService, storeOf } from './bin-service.ts'
import { type Copy, holds, type Ledger, marksIn } from './ledger.ts'
import type { Scheduler } from './scheduler.ts'
import type { SideWatch } from './side-watch.ts'

export interface WatchedStoreParts {
  readonly name: string
  readonly scheduler: Scheduler
  readonly service: BinService
  readonly ledger: Ledger
  readonly ydoc: Y.Doc
  readonly watch: SideWatch
  readonly isAlive: () => boolean
  /** Runs it once the device is awake, if it lives until then. */
  readonly whenAwake: (run: () => void) => void
  /** One step of the process, where it may die. */
  readonly reach: (step: string, run: () => void) => void
  readonly stateOf: () => BridgeState['kind'] | undefined
  /** Undefined for other strategies, of which nothing is demanded. */
  readonly violations: string[] | undefined
}

/** The way of one process to the service, and what must hold of every request on it. */
export function createWatchedStore(parts: WatchedStoreParts): {
  readonly store: BinStore
  readonly lastRead: () => Copy | undefined
} {
  const { name, scheduler, service, ledger, ydoc, watch, isAlive, whenAwake, reach, stateOf, violations } = parts
  let last: Copy | undefined
  let hasRead = false
  let isBusy = false

  const noteReadWhilePaused = (): void => {
    if (isAlive() && isBusy && stateOf() === 'paused') violations?.push(`I14: ${name} reads while paused`)
  }
  const pass = (step: string, run: () => void): void => {
    if (!step.endsWith('sent')) {
      whenAwake(() => {
        isBusy = false
        reach(step, run)
      })
      return
    }
    reach(step, () => {
      if (isBusy) violations?.push(`I12: ${name} sends a second request beside another`)
      if (step === 'read sent') scheduler.after(0, noteReadWhilePaused)
      isBusy = true
      run()
    })
  }
  const store = storeOf({
    by: name,
    service,
    reach: pass,
    onAbort: () => {
      isBusy = false
    },
    onRead: (copy) => {
      last = copy
      hasRead = true
    },
    onWrite: (text) => {
      if (!hasRead) violations?.push(`I6: ${name} writes without having read`)
      const problem = violations && watch.problemOf(text)
      if (problem) violations.push(`${problem} (${name})`)
      hasRead = false
      const isHeld = (vector: Parameters<typeof holds>[1]): boolean => holds(ydoc, vector)
      const ghosts = new Map([...marksIn(text)].map((mark) => [mark, ledger.behind(mark, isHeld)]))
      return { text, ghosts, unmarked: [] }
    },
  })
  return { store, lastRead: () => last }
}
