/**
 * The account of one merge for people. Every number and name in it comes from the entry, none from the document, so that it
 * tells the same story for as long as the entry lives.
 */
import { segmentsOf } from '../payload/json-pointer.ts'
import { nameOfNode } from './name-of-node.ts'
import type { MergeEntry } from './side-document.ts'
import type { EntryValue, KeptReason, KeptValue, MassChange, TakenChange } from './side-entries.ts'
import { themePrefix } from './snapshot-content.ts'

export interface SummaryOptions {
  /** Shows a wall-clock time; hours and minutes of the device by default. */
  readonly formatTime?: (ms: number) => string
}

const shownItems = 3
const shownChars = 40

export function summaryOf(entry: MergeEntry, { formatTime = localTime }: SummaryOptions = {}): string {
  const { taken, kept, about } = entry
  const held = kept.filter((value) => isHeld(value) && value.reason !== 'mass-change')
  const against = kept.filter((value) => !isHeld(value))
  return [
    opening(entry, formatTime),
    taken.length > 0 ? `Took ${countOf(taken, 'change')}: ${listOf(taken, tellTaken)}.` : 'Took nothing.',
    about.ignored > 0
      ? `Ignored ${countOf(about.ignored, 'value')} that ${about.ignored === 1 ? 'was' : 'were'} only older copies.`
      : '',
    against.length > 0 ? `Kept yours for ${listOf(against, tellKept)}.` : '',
    about.mass ? `Held until somebody decides: the file ${tellMass(about.mass)}.` : '',
    held.length > 0 ? `Possible revert: ${listOf(held, tellHeld)}.` : '',
  ]
    .filter((sentence) => sentence !== '')
    .join(' ')
}

/** Neither taken nor against anybody: a person should look. */
export function isHeld({ reason }: { readonly reason: KeptReason }): boolean {
  return reason === 'possible-revert' || reason === 'low-confidence' || reason === 'mass-change'
}

/** "deletes 12 of 14 tokens and 1 of 3 sets, and changes 5 of 28 values back". */
export function tellMass({ tokens, sets, themes, values }: MassChange): string {
  const share = ([count, of]: readonly [number, number], noun: string): string[] =>
    count > 0 ? [`${count} of ${countOf(of, noun)}`] : []
  const deleted = [...share(tokens, 'token'), ...share(sets, 'set'), ...share(themes, 'theme')].join(' and ')
  const back = share(values, 'value').join()
  return [deleted && `deletes ${deleted}`, back && `changes ${back} back`].filter(Boolean).join(', and ')
}

function opening({ t, about }: MergeEntry, formatTime: (ms: number) => string): string {
  const who = { plugin: 'Figma plugin', edited: 'A hand edit', recovered: 'An earlier save of this room' }[about.from]
  const savedMs = about.savedAt === null ? Number.NaN : Date.parse(about.savedAt)
  const when =
    about.from === 'plugin' && Number.isFinite(savedMs)
      ? `saved at ${formatTime(savedMs)}`
      : `found at ${formatTime(t)}`
  const behind = about.behind > 0 ? `, ${countOf(about.behind, 'save')} ago` : ''
  const unsure = about.low ? '; it resembles no known version well' : ''
  return `${who} ${when} (based on the version from ${formatTime(about.baseAt)}${behind}${unsure}).`
}

function tellTaken(change: TakenChange): string {
  const name = nameOfPlace(change)
  switch (change.role) {
    case 'field':
      return `${name} ${shown(change.before)}→${shown(change.text)}`
    case 'name':
      return `${plain(change.before ?? '')} renamed to ${plain(change.text ?? '')}`
    case 'parent':
      return `${name} moved from ${shownNode(change.before)}`
    case 'node':
      return change.text === null ? `deleted ${name}` : `added ${name}`
    case 'order':
      return `order of ${change.place}`
  }
}

function tellKept(value: KeptValue): string {
  const name = nameOfPlace(value)
  if (value.role === 'order') return `the order of ${value.place}`
  if (value.role === 'name') return `the name of ${plain(value.ours ?? name)} (the file has ${plain(value.text ?? '')})`
  if (value.role === 'parent') return `the place of ${name} (the file has it in ${shownNode(value.text)})`
  if (value.role === 'node')
    return value.text === null ? `${name} (deleted in the file)` : `${name} (added in the file)`
  return `${name} (the file has ${shown(value.text)}, here it is ${shown(value.ours)})`
}

function tellHeld(value: KeptValue): string {
  const name = nameOfPlace(value)
  if (value.role === 'node' && value.text === null) return `${name} deleted`
  if (value.role === 'node') return `${name} added`
  if (value.role === 'parent') return `${name} moved to ${shownNode(value.text)}`
  return `${name} → ${value.role === 'name' ? plain(value.text ?? '') : shown(value.text)}`
}

/** `color.brand.500`, with the field where it is not the value: `typo.h1 fontSize`. */
export function nameOfPlace({ role, place, field }: EntryValue): string {
  if (place.startsWith(themePrefix)) return plain(`theme ${place.slice(themePrefix.length)}${field ? ` ${field}` : ''}`)
  if (role === 'order') return place
  const [set = '', ...path] = segmentsOf(place)
  const name = path.length === 0 ? `set ${set}` : path.join('.')
  const part = field === '' || field === '$value' ? '' : ` ${segmentsOf(`/${field}`).at(-1)?.replace(/^\$/, '')}`
  return plain(name + part)
}

function shownNode(id: string | null): string {
  return plain(nameOfNode(id ?? ''))
}

function shown(text: string | null): string {
  if (text === null) return 'nothing'
  const value: unknown = JSON.parse(text)
  return plain(typeof value === 'string' ? value : text)
}

const invisible = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** Names and values come from whoever has the bin's key: no line breaks, no text direction tricks, not too long. */
function plain(text: string): string {
  const clean = text.replace(invisible, '')
  return clean.length > shownChars ? `${clean.slice(0, shownChars - 1)}…` : clean
}

function listOf<T>(items: readonly T[], tell: (item: T) => string): string {
  const rest = items.length - shownItems
  const told = items.slice(0, shownItems).map(tell)
  return rest > 0 ? `${told.join(', ')} and ${rest} more` : told.join(', ')
}

function countOf(items: number | readonly unknown[], noun: string): string {
  const count = typeof items === 'number' ? items : items.length
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function localTime(ms: number): string {
  return new Date(ms).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' })
}
