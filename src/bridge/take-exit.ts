/** The ways out of a block. Each is what a person chose, so each puts aside what gives way before it does. */
import type { TokenDocument } from '../doc/token-document.ts'
import type { Bins } from './bins.ts'
import type { BlockedExit } from './bridge-status.ts'
import { decisionsOn, takeHeld, undecided } from './held-changes.ts'
import type { Lens } from './lens.ts'
import type { SideDocument } from './side-document.ts'
import { savedVersion } from './version-entry.ts'

export interface ExitParts {
  readonly document: TokenDocument
  readonly lens: Lens
  readonly side: SideDocument
  readonly by: () => string
  readonly randomId: () => string
  readonly bins: Pick<Bins, 'apply'>
  /** Id of the applied bin. */
  readonly bin: () => string
  readonly mayWrite: () => boolean
  /** Reads the bin, puts aside what it holds, and writes the tokens over it. */
  readonly overwrite: () => Promise<void>
  readonly retry: () => void
  /** The account has requests again. */
  readonly countAnew: () => void
}

export function createExits(parts: ExitParts): (exit: BlockedExit) => Promise<void> {
  const { bins, bin } = parts
  return async (exit) => {
    switch (exit) {
      case 'overwrite-bin':
        return parts.overwrite()
      case 'use-bin':
        return bins.apply(bin(), { mode: 'replace', takeOver: true, leaveUnsaved: true })
      case 'link-again':
        return bins.apply(bin(), { mode: 'union', takeOver: true, leaveUnsaved: true })
      case 'take-changes':
        return takeChanges(parts)
      case 'keep-ours':
        // Whoever cannot write decides all the same, and leaves the writing to a device that can.
        return parts.mayWrite() ? parts.overwrite() : keepOurs(parts)
      case 'retry':
        return parts.retry()
      case 'count-anew':
        return parts.countAnew()
      case 'enter-key':
      case 'remove-sets':
      case 'apply-other-bin':
        return undefined
    }
  }
}

function takeChanges(parts: ExitParts): void {
  const { document, lens, side, by, randomId, bin } = parts
  const held = undecided(bin(), parts)
  if (held.length === 0) return
  const name = 'Before a mass change was taken'
  const aside = savedVersion({
    text: document.toText(),
    name,
    auto: 'merge',
    access: lens.access,
    by: by(),
    id: randomId(),
  })
  if (aside) side.append([aside])
  takeHeld(held, document, lens)
  side.append(decisionsOn(held, randomId))
}

function keepOurs({ side, randomId, bin }: ExitParts): void {
  side.append(decisionsOn(undecided(bin(), { side }), randomId))
}
