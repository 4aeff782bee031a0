import type { BlockedExit, BlockedReason } from './bridge-status.ts'

/** Size of a record that does not fit, and what takes the room. */
export interface SizeReport {
  readonly bytes: number
  readonly limit: number
  readonly largestSets: readonly { readonly name: string; readonly bytes: number }[]
  /** What all themes take: with their references to styles and variables that may be half of a file. */
  readonly themes: number
}

export interface Block {
  readonly reason: BlockedReason
  readonly message: string
  readonly exits: readonly BlockedExit[]
  readonly size?: SizeReport
}

/**
 * When a block is looked into again without anyone's doing. `poll`: the bin's content is the trouble and may be put right by
 * whoever wrote it, so it is read at the poll rate while someone looks. `hourly`: one probe an hour. `edit`: an edit may cure
 * it. `never`: only the user can.
 */
export type BlockRecheck = 'poll' | 'hourly' | 'edit' | 'never'

interface BlockRule {
  readonly message: string
  readonly exits: readonly BlockedExit[]
  readonly recheck: BlockRecheck
}

const rules: Record<BlockedReason, BlockRule> = {
  unauthorized: {
    message: 'The service does not accept the key of this device for this bin. Enter a valid key.',
    exits: ['enter-key', 'retry'],
    recheck: 'never',
  },
  forbidden: {
    message: 'The key of this device may not do this with the bin. Enter a key with the right to read it.',
    exits: ['enter-key', 'retry'],
    recheck: 'never',
  },
  'not-found': {
    message: 'The bin does not exist any more, or not in the account of this key. Check its id, or apply another bin.',
    exits: ['retry', 'enter-key', 'apply-other-bin'],
    recheck: 'never',
  },
  'quota-exhausted': {
    message: 'The requests of this account are used up. Buy more at the service or apply a bin of another account.',
    exits: ['retry', 'apply-other-bin'],
    recheck: 'hourly',
  },
  'requests-low': {
    message:
      'Fewer than 5 % of the account’s requests are left, so the bin is read and written only when somebody asks: pull, or push. Buy more at the service and count anew, or apply a bin of another account.',
    exits: ['count-anew', 'apply-other-bin'],
    recheck: 'never',
  },
  'too-large': {
    message: 'The tokens do not fit into the bin. Remove token sets or themes; editing goes on meanwhile.',
    exits: ['remove-sets', 'apply-other-bin'],
    recheck: 'edit',
  },
  'invalid-bin': {
    message:
      'The bin holds something that is no token file. Neither side was touched. Put the bin right, or overwrite it.',
    exits: ['retry', 'overwrite-bin', 'apply-other-bin'],
    recheck: 'poll',
  },
  'blank-bin': {
    message: 'Somebody emptied the bin. That is never taken for deletions. Overwrite it with the tokens here.',
    exits: ['overwrite-bin', 'retry', 'apply-other-bin'],
    recheck: 'poll',
  },
  'foreign-document': {
    message:
      'The bin now holds the tokens of another y-tokens room. Neither side was touched. Use its tokens, overwrite it, or apply another bin.',
    exits: ['use-bin', 'overwrite-bin', 'apply-other-bin', 'retry'],
    recheck: 'poll',
  },
  'no-base': {
    message:
      'The history of this bin is lost, so what was changed in it cannot be told from what was changed here. Use its tokens, or overwrite it; both keep a version.',
    exits: ['use-bin', 'overwrite-bin', 'link-again'],
    recheck: 'poll',
  },
  'mass-change': {
    message:
      'A file in the bin would delete or change back a large part of the tokens. None of that was taken. Take it, or put the tokens here back.',
    exits: ['take-changes', 'keep-ours', 'apply-other-bin'],
    recheck: 'poll',
  },
  'key-missing': {
    message: 'This device has no key for the bin. Enter one to read and write it; editing with the team needs none.',
    exits: ['enter-key'],
    recheck: 'never',
  },
  'rejected-by-plugin-rules': {
    message:
      'The plugin would refuse these tokens, so they were not written. Correct the places named by heldBack or report them.',
    exits: ['retry'],
    recheck: 'edit',
  },
}

/** A block with its rule's sentence and exits; `message` overrides the sentence where more is known. */
export function blockOf(reason: BlockedReason, details: { message?: string; size?: SizeReport } = {}): Block {
  const { message, exits } = rules[reason]
  return {
    reason,
    message: details.message ?? message,
    exits,
    ...(details.size ? { size: details.size } : {}),
  }
}

export function recheckOf(reason: BlockedReason): BlockRecheck {
  return rules[reason].recheck
}

/** `blocked(too-large)` with all its numbers in its sentence; themes where they are among what is largest. */
export function tooLargeBlock(size: SizeReport): Block {
  const sets = size.largestSets.map(({ name, bytes }) => ({ what: `"${name}"`, bytes }))
  const largest = [...sets, { what: 'all themes', bytes: size.themes }]
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, sets.length)
    .map(({ what, bytes }) => `${what} ${formatKilobytes(bytes)}`)
    .join(', ')
  return blockOf('too-large', {
    size,
    message:
      `The tokens take ${formatKilobytes(size.bytes)}, the bin holds at most ${formatKilobytes(size.limit)}. ` +
      `Remove or move token sets or themes, or raise the limit at the service; editing goes on meanwhile. Largest: ${largest}.`,
  })
}

function formatKilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB`
}
