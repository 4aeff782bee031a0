/**
 * Versions put aside without being asked for, each the tokens as they were before a change of this device:
 *
 * - its first edit of a day, where the team has no version of that day yet
 * - an import, unless the importer has just saved one
 *
 * Linking a bin, restoring a version and overwriting a bin put theirs aside themselves. What came from elsewhere is none of
 * this device's business: its author's device has seen to it.
 */
import { shownFileOf } from '../doc/shown-file.ts'
import type { TokenDocument } from '../doc/token-document.ts'
import type { TokenFile } from '../payload/file-form.ts'
import type { SideDocument } from './side-document.ts'
import type { OwnedVersions } from './versions.ts'

export interface AutomaticVersionsOptions {
  readonly document: TokenDocument
  readonly side: SideDocument
  readonly versions: OwnedVersions
  /** Wall-clock milliseconds. */
  readonly now: () => number
}

/** Returns what stops it. */
export function keepAutomaticVersions({ document, side, versions, now }: AutomaticVersionsOptions): () => void {
  /** The document's own version, not a bin's, that this device saved last. */
  const newestOwn = (): string | undefined =>
    side.history.saved().findLast(({ lane, auto }) => lane === side.lane && auto !== 'bin')?.id
  /** Looked up once a day, not with every edit. */
  let begunDay: string | undefined
  const beginDay = (before: TokenFile): void => {
    const at = now()
    const day = dayOf(at)
    if (day === begunDay) return
    begunDay = day
    if (side.history.saved().some(({ t, auto }) => auto !== 'bin' && dayOf(t) === day)) return
    versions.keep(before, `Before the edits of ${dayName(at)}`, 'first-edit', day)
  }

  let shown: TokenFile = shownFileOf(document)
  let known = newestOwn()
  return document.subscribe(([change]) => {
    const before = shown
    shown = shownFileOf(document)
    // What was shown before is put aside already.
    const isSaved = newestOwn() !== known
    if (!isSaved && change?.origin === 'import') versions.keep(before, 'Before an import', 'import')
    if (!isSaved && (change?.origin === 'local' || change?.origin === 'undo')) beginDay(before)
    known = newestOwn()
  })
}

/** On this device's calendar: `2026-11-24`. */
function dayOf(ms: number): string {
  const date = new Date(ms)
  const padded = (number: number): string => String(number).padStart(2, '0')
  return `${date.getFullYear()}-${padded(date.getMonth() + 1)}-${padded(date.getDate())}`
}

function dayName(ms: number): string {
  return new Date(ms).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' })
}
