/**
 * The decision table: what becomes of one difference of a foreign file. Each function is a table of its own, pure and total;
 * the rows stand in SPEC.md under the same names.
 *
 * `r` is what the file says, `b` its base, `d` the document; undefined is "absent".
 */
import type { KeptReason } from './side-entries.ts'

/** `same`: nothing to do. `agreed`: both sides came to it on their own. `stale`: an old copy, no news. */
export type Decision = 'take' | 'same' | 'agreed' | 'stale' | { readonly keep: KeptReason }

export interface FieldSituation {
  readonly r: string | undefined
  readonly b: string | undefined
  readonly d: string | undefined
  /** The token or theme lives in the document. */
  readonly lives: boolean
  /** Some snapshot had `r` here. */
  readonly known: boolean
  /** Another snapshot as near as the base has `r` here. */
  readonly nearHas: boolean
  /** A near snapshot other than the base differs from `r` here. */
  readonly nearDiffers: boolean
  readonly low: boolean
  /** The register, or one above it in the token, has a fact that is newer than the merge. */
  readonly beaten: boolean
  /** A file that its writer saved later than this one deleted the token. */
  readonly deletedLater?: boolean
}

export function decideField(s: FieldSituation): Decision {
  if (s.r === s.b) {
    if (s.d === s.r) return 'same'
    return s.nearDiffers ? { keep: 'possible-revert' } : 'stale'
  }
  if (s.lives && s.d === s.r) return 'agreed'
  if (s.known && s.nearHas) return { keep: 'possible-revert' }
  if (s.known && s.low) return { keep: 'low-confidence' }
  // A stale read, or two saves out of order: the same writer may have deleted it since.
  if (!s.lives && s.deletedLater) return { keep: 'possible-revert' }
  // Where the token was deleted here, an edit beats the deletion: the fact, which no deletion has seen, revives it.
  if (s.lives && s.d !== s.b) return { keep: 'conflict' }
  if (s.beaten) return { keep: 'newer' }
  return 'take'
}

export interface NameSituation {
  /** Names in the file and in the document; the file's differs from the base's. */
  readonly r: string
  readonly b: string
  readonly d: string | undefined
  readonly nearHas: boolean
  readonly beaten: boolean
}

export function decideName(s: NameSituation): Decision {
  if (s.d === s.r) return 'agreed'
  if (s.nearHas) return { keep: 'possible-revert' }
  if (s.d !== undefined && s.d !== s.b) return { keep: 'conflict' }
  if (s.beaten) return { keep: 'newer' }
  return 'take'
}

export interface RemovalSituation {
  readonly lives: boolean
  /** A near snapshot lacks it too, so the file may only be older than the token. */
  readonly nearLacks: boolean
  readonly known: boolean
  readonly low: boolean
  /** Under another name, with other content, or with facts that the base has not seen. */
  readonly changed: boolean
}

export function decideRemoval(s: RemovalSituation): Decision {
  if (!s.lives) return 'agreed'
  if (s.nearLacks) return { keep: 'possible-revert' }
  if (s.known && s.low) return { keep: 'low-confidence' }
  if (s.changed) return { keep: 'edit-beats-delete' }
  return 'take'
}

export interface CreationSituation {
  /** The document shows a token or theme there. */
  readonly taken: boolean
  /** What it shows there is the same. */
  readonly equal: boolean
  /** A near snapshot had exactly this. */
  readonly nearHad: boolean
  readonly known: boolean
  readonly low: boolean
  /** The node that it would become lives under another name. */
  readonly elsewhere: boolean
  /** As for a field. */
  readonly deletedLater?: boolean
}

export function decideCreation(s: CreationSituation): Decision {
  if (s.taken) return s.equal ? 'agreed' : { keep: 'conflict' }
  if (s.nearHad || s.deletedLater) return { keep: 'possible-revert' }
  if (s.known && s.low) return { keep: 'low-confidence' }
  if (s.elsewhere) return { keep: 'path-taken' }
  return 'take'
}
