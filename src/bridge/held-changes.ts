/**
 * What mass changes left for a person to decide: derived from the journal, so that every device of the room sees the same, also
 * after a restart. An entry is decided as soon as it is marked as done.
 */
import type { FactAccess } from '../doc/fact-access.ts'
import type { TokenDocument } from '../doc/token-document.ts'
import { escapeSegment } from '../payload/json-pointer.ts'
import type { PluginRows } from '../payload/plugin-rows.ts'
import { type Block, blockOf } from './blocked.ts'
import { applyValue } from './journal-apply.ts'
import { tellMass } from './journal-text.ts'
import type { Lens } from './lens.ts'
import { fieldText } from './row-fields.ts'
import type { MergeEntry, NewEntry, SideDocument } from './side-document.ts'
import type { KeptValue } from './side-entries.ts'
import { themePrefix } from './snapshot-content.ts'
import { stillStands } from './still-stands.ts'

interface HeldParts {
  readonly lens: Lens
  readonly side: SideDocument
}

/** Mass changes of the bin that nobody decided on yet. */
export function undecided(bin: string, { side }: Pick<HeldParts, 'side'>): readonly MergeEntry[] {
  return side.merges().filter((entry) => entry.bin === bin && entry.about.mass && !side.isDone(entry.id))
}

/** Of these, those that the bin still asks for: not where the writer has put back what was deleted. */
export function askedBy(rows: PluginRows, bin: string, parts: HeldParts): readonly MergeEntry[] {
  const asks = (value: KeptValue): boolean => isInFile(rows, value) && !stillStands(parts.lens, value)
  return undecided(bin, parts).filter((entry) => heldValues(entry).some(asks))
}

export function heldBlock(entries: readonly MergeEntry[]): Block {
  const told = entries.flatMap(({ about }) => (about.mass ? [tellMass(about.mass)] : []))
  return blockOf('mass-change', {
    message: `A file in the bin ${told.join('; another ')}. None of that was taken, and the bin is not written until somebody decides: take it, or put the tokens here back. Either way, what gives way is kept as a version.`,
  })
}

/** Makes what the entries hold current, as one ordinary change that can be undone. */
export function takeHeld(entries: readonly MergeEntry[], document: TokenDocument, lens: Lens): void {
  const { access } = lens
  document.transact(() => {
    for (const value of entries.flatMap(heldValues)) {
      const isThere = value.role === 'order' || lives(access, value) || value.place.startsWith(themePrefix)
      if (isThere && !stillStands(lens, value)) applyValue(document, access, value)
    }
  })
}

export function decisionsOn(entries: readonly MergeEntry[], randomId: () => string): readonly NewEntry[] {
  return entries.map(({ id }) => ({ kind: 'done', id: randomId(), body: { entry: id } }))
}

function heldValues({ kept }: MergeEntry): readonly KeptValue[] {
  return kept.filter(({ reason }) => reason === 'mass-change')
}

function lives(access: FactAccess, { node }: KeptValue): boolean {
  return access.pathOf(node) !== undefined
}

/** The file still says what the value says; what it says of orders and names is not looked at again. */
function isInFile({ tokens, sets, themes }: PluginRows, { role, place, field, text }: KeptValue): boolean {
  const isTheme = place.startsWith(themePrefix)
  if (role === 'node') {
    const isThere = isTheme ? themes.has(place.slice(themePrefix.length)) : tokens.has(place)
    return !isThere && !sets.some((name) => `/${escapeSegment(name)}` === place)
  }
  return role !== 'field' || isTheme || (fieldText(tokens.get(place), field) ?? null) === text
}
