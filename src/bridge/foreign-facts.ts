/**
 * Accepted changes become facts, read against the base alone: ids, generations and order keys come from it, deletions carry its
 * vector, and all facts stand at the base's time plus one. Bridges that accept the same changes therefore write the same facts
 * into a lane of the same name, and different facts never share one (`design.md` 2.1, Write).
 */
import type { StoredFact } from '../doc/fact-access.ts'
import { orderKeyBetween } from '../doc/order-key.ts'
import { escapeSegment } from '../payload/json-pointer.ts'
import { type Json, objectFrom, stringifyJson } from '../payload/ordered-json.ts'
import type { Row } from '../payload/plugin-rows.ts'
import { sha256Hex } from '../payload/sha256.ts'
import type { AcceptedChange } from './accepted-change.ts'
import type { ForeignMerge } from './foreign-merge.ts'
import { parentOf, rootKey, setKeyOf } from './identify.ts'
import { registerOf } from './node-place.ts'
import { objectFromRow } from './row-fields.ts'
import { themePrefix } from './snapshot-content.ts'

export interface ForeignFacts {
  /** `''` without facts. */
  readonly lane: string
  readonly facts: readonly StoredFact[]
  /** Row key → order key, of what was placed anew. */
  readonly orders: ReadonlyMap<string, string>
}

export function foreignFacts(merge: ForeignMerge, accepted: readonly AcceptedChange[]): ForeignFacts {
  const { T, base, access } = merge
  const coverage = JSON.stringify(Object.fromEntries([...base.vv].toSorted(([a], [b]) => (a < b ? -1 : 1))))
  const facts: StoredFact[] = []
  const siblings = createSiblings(merge, accepted)
  const made = new Set<string>()

  const create = (key: string, value: Json): void => {
    made.add(key)
    facts.push([merge.identity.placeOf(key).id, 'c', stringifyJson(value), T, siblings.place(key)])
  }
  /** In a group that nobody created, a token never shows. */
  const createGroupsAbove = (key: string): void => {
    const parent = parentOf(key)
    if (key.startsWith(themePrefix) || parent === rootKey || made.has(parent) || !merge.identity.isNew(parent)) return
    createGroupsAbove(parent)
    create(parent, {})
  }

  for (const change of accepted) {
    switch (change.kind) {
      case 'field': {
        const register = registerOf(change.place, change.field)
        facts.push(change.after === undefined ? [register, 'x', coverage, T] : [register, 'v', change.after, T])
        break
      }
      case 'name':
        facts.push([change.place.id, 'n', change.after, T])
        break
      case 'move':
        createGroupsAbove(change.key)
        facts.push([change.place.id, 'p', change.after, T, siblings.place(change.key)])
        break
      case 'removal':
        facts.push([change.place.id, 'x', coverage, T])
        break
      case 'creation':
        createGroupsAbove(change.key)
        if (!made.has(change.key)) create(change.key, contentOf(merge, change.key, change.row))
        break
      case 'order':
        for (const key of change.after) {
          if (!change.moved.has(key)) continue
          const { id } = merge.identity.placeOf(key)
          const order = siblings.place(key)
          facts.push([id, 'p', change.list === 'sets' ? access.setsId : '/$themes', T, order])
          if (change.list === 'sets') facts.push([id, 'q', order, T])
        }
        break
    }
  }
  if (facts.length === 0) return { lane: '', facts, orders: new Map() }
  const untimed = facts.map(([id, field, text, , order]) =>
    order === undefined ? [id, field, text] : [id, field, text, order],
  )
  const lane = `bin${sha256Hex(`${base.snap.id}\n${JSON.stringify(untimed)}`).slice(0, 13)}`
  return { lane, facts, orders: siblings.placed }
}

function contentOf(merge: ForeignMerge, key: string, row: Row | undefined): Json {
  if (!row) return {}
  if (key.startsWith(themePrefix)) return themeOf(key, row)
  const old = merge.identity.spellsOld(setKeyOf(key))
  return objectFromRow(row, (field) => (old && spelledFields.has(field) ? field.slice(1) : field))
}

const spelledFields: ReadonlySet<string> = new Set(['$type', '$value', '$description'])

/** The row has set segments for names already; the id is its key. */
function themeOf(key: string, row: Row): Json {
  const { selectedTokenSets = {}, ...rest } = objectFromRow(row) as { readonly [field: string]: Json }
  const id = key.slice(themePrefix.length)
  return objectFrom(['id', ...Object.keys(rest), 'selectedTokenSets'], [id, ...Object.values(rest), selectedTokenSets])
}

interface Siblings {
  /** The order key of a new or moved node, between its neighbours in the file. */
  place(key: string): string
  readonly placed: ReadonlyMap<string, string>
}

/** Deterministic: two bridges must find the same key. */
const noRandom = (): number => 0.5

function createSiblings(merge: ForeignMerge, accepted: readonly AcceptedChange[]): Siblings {
  const placed = new Map<string, string>()
  const moving = new Set(
    accepted.flatMap((change) =>
      change.kind === 'order' ? [...change.moved] : change.kind === 'move' ? [change.key] : [],
    ),
  )
  const byParent = childrenInFile(merge)
  const orderOf = (key: string | undefined): string | undefined => {
    if (key === undefined) return undefined
    const known = placed.get(key)
    if (known !== undefined) return known
    return moving.has(key) ? undefined : merge.identity.placeOf(key).order || undefined
  }
  return {
    placed,
    place: (key) => {
      const siblings = byParent.get(listOf(key)) ?? []
      const at = siblings.indexOf(key)
      const left = siblings.slice(0, at).findLast((sibling) => orderOf(sibling) !== undefined)
      const right = siblings.slice(at + 1).find((sibling) => orderOf(sibling) !== undefined)
      const order = orderKeyBetween(orderOf(left), orderOf(right), noRandom)
      placed.set(key, order)
      return order
    },
  }
}

function listOf(key: string): string {
  return key.startsWith(themePrefix) ? themePrefix : parentOf(key)
}

/** Sets, groups, tokens and themes of the file under their parents, in its order. */
function childrenInFile({ file }: ForeignMerge): ReadonlyMap<string, readonly string[]> {
  const children = new Map<string, Set<string>>([
    [rootKey, new Set(file.sets.map((name) => `/${escapeSegment(name)}`))],
    [themePrefix, new Set([...file.themes.keys()].map((id) => themePrefix + id))],
  ])
  for (const token of file.tokens.keys()) {
    for (let key = token; parentOf(key) !== rootKey; key = parentOf(key)) {
      const siblings = children.get(parentOf(key)) ?? new Set<string>()
      if (siblings.has(key)) break
      children.set(parentOf(key), siblings.add(key))
    }
  }
  return new Map([...children].map(([parent, keys]) => [parent, [...keys]]))
}
