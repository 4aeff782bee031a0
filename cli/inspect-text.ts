import { stringifyJson } from '../src/payload/ordered-json.ts'
import type { Author } from '../src/doc/index.ts'
import type { DocumentInspection, InspectedLane } from '../src/doc/inspection.ts'

export interface RoomHistory {
  /** Null where the room key opens the room for reading only: the history is closed to readers. */
  readonly versions: number | null
}

export interface InspectTextOptions {
  /** How it was given on the command line. */
  readonly name: string
  readonly history: RoomHistory | null
  /** How many lines each list may have. */
  readonly limit: number
}

/** An inspection in lines for people. Names in it come from everybody who ever wrote: no control characters get through. */
export function describeInspection(seen: DocumentInspection, options: InspectTextOptions): readonly string[] {
  return [
    ...summary(seen, options),
    ...section('Sets', listOf(seen.sets, Number.POSITIVE_INFINITY, describeSet)),
    ...section('Latest changes', listOf(seen.changes, options.limit, describeChange)),
    ...section('Conflicts', listOf(seen.conflicts, options.limit, describeConflict)),
    ...section('Files taken in', listOf(seen.seeds, options.limit, describeSeed)),
    ...section('Lanes', listOf(seen.lanes, options.limit, describeLane)),
    ...section(
      'Ignored entries',
      Object.entries(seen.ignored).map(([reason, count]) => `${reason}  ${count}`),
    ),
  ]
}

const states: Readonly<Record<DocumentInspection['state'], string>> = {
  empty: 'empty: no tokens yet',
  whole: 'whole',
  partial: 'in part: the rest of a file has not arrived',
  'schema-too-new': 'written by a newer version of y-tokens: update this program to read it',
}

function summary(seen: DocumentInspection, { name, history }: InspectTextOptions): readonly string[] {
  const tokens = seen.sets.reduce((sum, set) => sum + set.tokens, 0)
  const { total, seeds, lanes, rest } = seen.bytes
  const rows: (readonly [string, string])[] = [
    ['Tokens', `${count(tokens, 'token')} in ${count(seen.sets.length, 'set')}, ${count(seen.themes, 'theme')}`],
    ['Size', `${bytes(total)}: files ${bytes(seeds)}, lanes ${bytes(lanes)}, bookkeeping ${bytes(rest)}`],
    ['Written by', `${count(seen.lanes.length, 'lane')} in ${count(seen.sessions, 'session')}`],
  ]
  if (history) {
    const { versions } = history
    rows.push(['History', versions === null ? 'closed to readers' : count(versions, 'version')])
  }
  if (seen.farFuture > 0)
    rows.push(['Clock', `${count(seen.farFuture, 'fact')} from the future: somebody's clock is more than a day ahead`])
  if (seen.roots.newer.length > 0) rows.push(['Newer parts', seen.roots.newer.map(plain).join(', ')])
  if (seen.roots.other.length > 0) rows.push(['Other parts', seen.roots.other.map(plain).join(', ')])
  return [`${name}: ${states[seen.state]}`, ...columns(rows)]
}

function describeSet({ name, tokens, groups, lastChange }: DocumentInspection['sets'][number]): readonly string[] {
  const change = lastChange ? `changed ${time(lastChange.when)} by ${person(lastChange.who)}` : 'as it came'
  return [plain(name), count(tokens, 'token'), count(groups, 'group'), change]
}

function describeChange({ set, path, who, when }: DocumentInspection['changes'][number]): readonly string[] {
  return [time(when), person(who), `${plain(set)}: ${plain(path.join('.'))}`]
}

function describeConflict(conflict: DocumentInspection['conflicts'][number]): readonly string[] {
  const { kind, set, path, field, current, others } = conflict
  const place = plain([set === null ? '' : `${set}:`, path.join('.'), field.join('.')].filter(Boolean).join(' '))
  return [kind, place, [current, ...others].map(({ value, who }) => `${json(value)} by ${person(who)}`).join(' | ')]
}

function describeSeed({
  hash,
  savedAt,
  whole,
  active,
  bytes: size,
}: DocumentInspection['seeds'][number]): readonly string[] {
  const age = savedAt === 0 ? 'of unknown date' : `saved ${time(savedAt)}`
  return [hash, age, bytes(size), whole ? (active ? 'in force' : 'older') : 'known in part']
}

function describeLane(lane: InspectedLane): readonly string[] {
  const { name, user, app, kind, facts, ignored, newest, bytes: size } = lane
  const owner = kind === 'bin' ? 'a merge of the bin' : plain(name ?? user ?? 'nameless')
  const of = app === undefined ? owner : `${owner}, ${plain(app)}`
  const extra = ignored > 0 ? `, ${ignored} ignored` : ''
  return [lane.lane, of, `${count(facts, 'fact')}${extra}`, bytes(size), newest === null ? '' : `last ${time(newest)}`]
}

function section(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', heading, ...lines.map((line) => `  ${line}`)]
}

function listOf<T>(items: readonly T[], limit: number, describe: (item: T) => readonly string[]): readonly string[] {
  const lines = columns(items.slice(0, limit).map(describe))
  return items.length > limit ? [...lines, `… ${items.length - limit} more (--limit)`] : lines
}

/** Rows with their cells one below the other. */
function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = []
  for (const row of rows)
    for (const [i, cell] of row.slice(0, -1).entries()) widths[i] = Math.min(48, Math.max(widths[i] ?? 0, cell.length))
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(i < row.length - 1 ? (widths[i] ?? 0) : 0))
      .join('  ')
      .trimEnd(),
  )
}

function person({ lane, name, user }: Author): string {
  if (lane === '*') return 'a file'
  return plain(name ?? user ?? (lane.startsWith('bin') ? 'the bin' : lane))
}

function json(value: Parameters<typeof stringifyJson>[0] | undefined): string {
  return value === undefined ? 'nothing' : plain(stringifyJson(value))
}

/** `2026-11-24 12:00`, in UTC: a report is compared with others. */
function time(ms: number): string {
  const date = new Date(ms)
  return Number.isNaN(date.getTime()) ? 'at no date' : date.toISOString().slice(0, 16).replace('T', ' ')
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`
}

function bytes(number: number): string {
  if (number < 1_000) return `${number} bytes`
  return number < 1_000_000 ? `${(number / 1_000).toFixed(1)} kB` : `${(number / 1_000_000).toFixed(1)} MB`
}

const maxShownChars = 60
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu

function plain(text: string): string {
  const line = text.replaceAll(unprintable, ' ').trim()
  return line.length > maxShownChars ? `${line.slice(0, maxShownChars - 1)}…` : line
}
