import { BridgeError } from './bridge-error.ts'
import { isHeld, summaryOf, type SummaryOptions } from './journal-text.ts'
import type { TurnReport } from './turns.ts'

/** What one pull brought: changes taken, values the document kept against the file, and those held for a person to look at. */
export interface PullReport {
  readonly taken: number
  readonly kept: number
  readonly held: number
  /** A sentence for people, empty where nothing was foreign. */
  readonly summary: string
}

export function pullReport(
  { entry, result }: TurnReport,
  options: SummaryOptions & { readonly now?: number },
): PullReport {
  if (!entry) {
    const summary = result === 'ahead' ? 'The bin holds edits that have not arrived here yet; they are waited for.' : ''
    return { taken: 0, kept: 0, held: 0, summary }
  }
  const held = entry.kept.filter(isHeld).length
  const summary = summaryOf({ ...entry, t: options.now ?? 0 }, options)
  return { taken: entry.taken.length, kept: entry.kept.length - held, held, summary }
}

/** Why the turn did not do what was asked; undefined where it did. */
export function rejectionOf(command: 'pull' | 'push' | 'overwrite', report: TurnReport): Error | undefined {
  const { result, block, error } = report
  switch (result) {
    case 'wrote':
    case 'equal':
      return undefined
    case 'merged':
      return command === 'pull' ? undefined : interrupted()
    case 'ahead':
      if (command === 'pull') return undefined
      return new BridgeError('ahead', 'The bin holds edits that have not arrived here yet. Try again in a minute.')
    case 'blocked':
      // It did what was asked for: the rest of the file waits for a decision.
      if (command === 'pull' && block?.reason === 'mass-change') return undefined
      return new BridgeError('blocked', block?.message ?? 'The bridge cannot go on.', { cause: error })
    case 'failed':
      return error instanceof Error ? error : new BridgeError('interrupted', String(error))
    case 'abandoned':
    case 'restarted':
      return interrupted()
  }
}

function interrupted(): BridgeError {
  return new BridgeError('interrupted', 'Something came between: a pause, another bin, or another device. Try again.')
}

export function readOnlyKey(): BridgeError {
  return new BridgeError(
    'read-only-key',
    'The key of this device can only read the bin: it pulls what others write, and never pushes. Enter a key with the right to update it.',
  )
}
