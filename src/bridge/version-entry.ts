import { toBase64 } from 'lib0/buffer'
import type { FactAccess } from '../doc/fact-access.ts'
import type { TokenFile } from '../payload/file-form.ts'
import type { NewEntry } from './side-document.ts'
import { charsOf, fileToRows, textToRows } from './version-content.ts'
import { maxVersionChars } from './version-limits.ts'

/** Why a version was put aside without being asked for. `bin`: what a bin held, not the document. */
export type AutomaticReason = 'first-edit' | 'import' | 'link' | 'merge' | 'restore' | 'bin'

export interface SavedVersionHead {
  /** What people call it. */
  readonly name: string
  readonly auto?: AutomaticReason
  /** `first-edit`: the day on the author's calendar, `2026-11-24`. The team needs one of a day. */
  readonly day?: string
  readonly access: FactAccess
  readonly by: string
  readonly id: string
}

/** The entry that puts a file aside; null for a text that holds no tokens, or too many (`version-limits.ts`). */
export function savedVersion({ text, ...head }: SavedVersionHead & { readonly text: string }): NewEntry | null {
  return entryOf(textToRows(text), head)
}

/** The same for a file that need not be parsed. */
export function savedFile({ file, ...head }: SavedVersionHead & { readonly file: TokenFile }): NewEntry | null {
  return entryOf(fileToRows(file), head)
}

function entryOf(
  rows: ReturnType<typeof textToRows>,
  { name, auto, day, access, by, id }: SavedVersionHead,
): NewEntry | null {
  if (!rows || charsOf(rows) > maxVersionChars) return null
  const { top } = access.vectors()
  const head = {
    kind: 'saved',
    bin: '',
    top,
    sv: toBase64(access.stateVector()),
    by,
    rev: 0,
    name,
    ...(auto === undefined ? {} : { auto }),
    ...(day === undefined ? {} : { day }),
  } as const
  return { kind: 'snap', id, head, content: { rows, ids: new Map(), vv: new Map() } }
}
