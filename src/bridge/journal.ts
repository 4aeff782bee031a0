/**
 * Every merge, readable and reversible: what it took, what it replaced, what the document kept against it. Entries stand in the
 * side document; this is the team's view of them.
 */
import type { FactAccess } from '../doc/fact-access.ts'
import type { TokenDocument } from '../doc/token-document.ts'
import { BridgeError } from './bridge-error.ts'
import { applyValue, placeNow } from './journal-apply.ts'
import { isOpen } from './journal-open.ts'
import { summaryOf, type SummaryOptions } from './journal-text.ts'
import { fieldPath } from './row-fields.ts'
import type { Lens } from './lens.ts'
import { nameOfNode } from './name-of-node.ts'
import { notify } from './notify.ts'
import type { MergeEntry, SideDocument } from './side-document.ts'
import type { EntryValue, KeptReason, ValueRole } from './side-entries.ts'
import { themePrefix } from './snapshot-content.ts'
import { stillStands } from './still-stands.ts'

/** A value that a merge replaced or did not take. */
export interface JournalValue {
  readonly id: string
  readonly kind: 'replaced' | 'kept'
  /** `name`: what it was called. `parent`: the group or set it stood in. `node`: the token, theme or set as a whole. */
  readonly role: ValueRole
  /** Null for a theme, and for the order of sets or themes. */
  readonly set: string | null
  /** Where it is now, or was when it lives no more; `[id]` for a theme. */
  readonly path: readonly string[]
  readonly field: readonly string[]
  /** The value as JSON text; null stands for "deleted" or "absent". */
  readonly text: string | null
  readonly reason: KeptReason | 'replaced'
}

export interface JournalEntry {
  readonly id: string
  readonly at: number
  readonly bin: string
  /** The whole story in a few sentences; its numbers come from this entry. */
  readonly summary: string
  readonly taken: number
  readonly values: readonly JournalValue[]
  /** Somebody has looked at it and said so. */
  readonly isSettled: boolean
}

export interface Journal {
  /** Newest first; the same array until something changes. */
  entries(): readonly JournalEntry[]
  subscribe(listener: () => void): () => void
  /**
   * Values that lost against an edit here and that nobody decided on yet: not applied, not dealt with, and the field not edited
   * since. For marks on the tokens; of each token and field the newest.
   */
  unresolved(): readonly JournalValue[]
  /** Makes this value current by an ordinary edit that can be undone. Throws `not-found`. */
  apply(entryId: string, valueId: string): void
  /**
   * Takes back what the merge changed, where nobody changed it since; one ordinary edit. Answers how many of its changes it
   * took back. Throws `not-found`.
   */
  undo(entryId: string): number
  /** Marks the entry as dealt with, for the whole team. */
  settle(entryId: string): void
}

export interface JournalOptions extends SummaryOptions {
  readonly document: TokenDocument
  readonly access: FactAccess
  readonly lens: Lens
  readonly side: SideDocument
  readonly randomId: () => string
}

export function createJournal(options: JournalOptions): Journal {
  const { document, access, lens, side, randomId } = options
  let listed: readonly JournalEntry[] | undefined
  let open: { readonly snapshot: unknown; readonly values: readonly JournalValue[] } | undefined
  const listeners = new Set<() => void>()
  side.subscribe(() => {
    listed = undefined
    open = undefined
    notify(listeners)
  })

  const find = (id: string): MergeEntry => {
    const entry = side.merges().find((each) => each.id === id)
    if (!entry)
      throw new BridgeError('not-found', `The journal has no entry ${id}. It may be older than the journal keeps.`)
    return entry
  }

  const openValues = (): readonly JournalValue[] => {
    const values = new Map<string, JournalValue>()
    for (const entry of side.merges()) {
      if (entry.kept.length === 0 || side.isDone(entry.id)) continue
      for (const [at, value] of entry.kept.entries()) {
        if (!isOpen(value, document, access)) continue
        const { node, role, field, reason } = value
        values.set(`${node} ${role} ${field}`, showValue(access, value, 'kept', `kept-${at}`, reason))
      }
    }
    return [...values.values()]
  }

  return {
    entries: () => {
      listed ??= side
        .merges()
        .map((entry) => showEntry(entry, access, side.isDone(entry.id), options))
        .toReversed()
      return listed
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    unresolved: () => {
      const snapshot = document.getSnapshot()
      if (open?.snapshot !== snapshot) open = { snapshot, values: openValues() }
      return open.values
    },
    apply: (entryId, valueId) => {
      const value = valuesOf(find(entryId)).get(valueId)
      if (!value)
        throw new BridgeError('not-found', `Entry ${entryId} has no value ${valueId}. Take one of its values.`)
      document.transact(() => applyValue(document, access, value))
    },
    undo: (entryId) => {
      const entry = find(entryId)
      const standing = entry.taken.filter((change) => stillStands(lens, change))
      document.transact(() => {
        for (const change of standing.toReversed()) applyValue(document, access, { ...change, text: change.before })
      })
      return standing.length
    },
    settle: (entryId) => side.append([{ kind: 'done', id: randomId(), body: { entry: find(entryId).id } }]),
  }
}

function valuesOf({ kept, replaced }: MergeEntry): ReadonlyMap<string, EntryValue> {
  const values = new Map<string, EntryValue>()
  for (const [at, value] of kept.entries()) values.set(`kept-${at}`, value)
  for (const [at, value] of replaced.entries()) values.set(`replaced-${at}`, value)
  return values
}

function showEntry(entry: MergeEntry, access: FactAccess, isSettled: boolean, options: SummaryOptions): JournalEntry {
  const kept = entry.kept.map((value, at) => showValue(access, value, 'kept', `kept-${at}`, value.reason))
  const replaced = entry.replaced.map((value, at) => showValue(access, value, 'replaced', `replaced-${at}`, 'replaced'))
  return {
    id: entry.id,
    at: entry.t,
    bin: entry.bin,
    summary: summaryOf(entry, options),
    taken: entry.taken.length,
    values: [...kept, ...replaced],
    isSettled,
  }
}

function jsonTextOf({ role, text }: EntryValue): string | null {
  if (text === null || (role !== 'name' && role !== 'parent')) return text
  return JSON.stringify(role === 'name' ? text : nameOfNode(text))
}

function showValue(
  access: FactAccess,
  value: EntryValue,
  kind: JournalValue['kind'],
  id: string,
  reason: JournalValue['reason'],
): JournalValue {
  const { role, place, field } = value
  const text = jsonTextOf(value)
  const shared = { id, kind, role, field: field === '' ? [] : fieldPath(field), text, reason }
  if (role === 'order') return { ...shared, set: null, path: [`$${place}`] }
  if (place.startsWith(themePrefix)) return { ...shared, set: null, path: [place.slice(themePrefix.length)] }
  const { set, path } = placeNow(access, value)
  return { ...shared, set, path }
}
