/**
 * What became of sets, groups and tokens between two views. Nodes are known by their ids, so that a rename is seen as one;
 * what is the same object in both views is not looked into.
 */
import { isToken } from '../payload/is-token.ts'
import { getKey, isObject, type Json, type JsonObject, keysOf } from '../payload/ordered-json.ts'
import { fieldChanges } from './change-fields.ts'
import { isFieldKey } from './field-key.ts'
import { segmentForKey } from './node-id.ts'
import { childId, viewOfValue } from './node.ts'

/** A set, group or token where it was seen. */
export interface Seen {
  readonly id: string
  readonly value: JsonObject
  /** The set's name, then the path below it; empty for what holds the sets. */
  readonly path: readonly string[]
  readonly parentId: string
  /** It stands elsewhere than where it was born. */
  readonly moved: boolean
}

export type NodeChange =
  | { readonly kind: 'renamed'; readonly before: Seen; readonly after: Seen }
  | { readonly kind: 'removed'; readonly before: Seen }
  | { readonly kind: 'added'; readonly after: Seen }
  | {
      readonly kind: 'field'
      readonly after: Seen
      readonly field: readonly string[]
      readonly from: Json | undefined
      readonly to: Json | undefined
    }

export interface NodeChanges {
  readonly changes: readonly NodeChange[]
  /** Groups that are in both views and differ: their members may stand in another order. */
  readonly levels: readonly (readonly [before: Seen, after: Seen])[]
}

/** `before` and `after` hold the sets; `isSet` tells their members apart from other members of a file. */
export function nodeChanges(before: Seen, after: Seen, isSet: (name: string) => boolean): NodeChanges {
  const renamed: NodeChange[] = []
  const fields: NodeChange[] = []
  const levels: (readonly [Seen, Seen])[] = []
  const lost = new Map<string, Seen>()
  const found = new Map<string, Seen>()
  const open: (readonly [Seen, Seen])[] = []
  /** Ids found elsewhere before the level they left or came to was looked at. */
  const moved = new Set<string>()

  const matchLevel = (old: readonly Seen[], now: readonly Seen[]): void => {
    const oldById = new Map(old.map((seen) => [seen.id, seen]))
    for (const seen of now) {
      if (moved.has(seen.id)) continue
      const was = oldById.get(seen.id)
      if (was) {
        oldById.delete(seen.id)
        if (was.path.at(-1) !== seen.path.at(-1)) renamed.push({ kind: 'renamed', before: was, after: seen })
        open.push([was, seen])
      } else found.set(seen.id, seen)
    }
    for (const seen of oldById.values()) if (!moved.has(seen.id)) lost.set(seen.id, seen)
  }
  const compare = (was: Seen, now: Seen): void => {
    if (was.value === now.value) return
    const token = isTokenSeen(now)
    if (isTokenSeen(was) !== token) {
      fields.push({ kind: 'field', after: now, field: [], from: was.value, to: now.value })
      return
    }
    levels.push([was, now])
    const isField = (key: string, value: Json | undefined): boolean => isFieldKey(key, token) || !isObject(value)
    const oldFields = membersOf(was.value, isField)
    const newFields = membersOf(now.value, isField)
    for (const { field, before: from, after: to } of fieldChanges(oldFields, newFields, []))
      fields.push({ kind: 'field', after: now, field, from, to })
    matchLevel(kidsOf(was, isField), kidsOf(now, isField))
  }
  const drain = (): void => {
    for (let pair = open.pop(); pair; pair = open.pop()) compare(pair[0], pair[1])
  }
  const matchMoved = (was: Seen, now: Seen): void => {
    lost.delete(was.id)
    found.delete(now.id)
    moved.add(now.id)
    renamed.push({ kind: 'renamed', before: was, after: now })
    open.push([was, now])
  }

  const notSet = (name: string, value: Json | undefined): boolean => !isObject(value) || !isSet(name)
  levels.push([before, after])
  matchLevel(kidsOf(before, notSet), kidsOf(after, notSet))
  drain()
  for (let more = true; more;) {
    for (const now of [...found.values()]) {
      const was = lost.get(now.id) ?? (now.moved ? seenBelow([...lost.values()], now.id) : undefined)
      if (was) matchMoved(was, now)
    }
    const inside = movedInto([...found.values()])
    for (const was of [...lost.values()]) {
      const now = inside.get(was.id)
      if (now) matchMoved(was, now)
    }
    // Another node under the same name: for who looks at names it is the same one, changed.
    const lostByPlace = new Map([...lost.values()].map((seen) => [placeKey(seen), seen]))
    for (const now of [...found.values()]) {
      const was = lostByPlace.get(placeKey(now))
      if (!was) continue
      lost.delete(was.id)
      found.delete(now.id)
      open.push([was, now])
    }
    more = open.length > 0
    drain()
  }
  const removed = [...lost.values()].map((seen): NodeChange => ({ kind: 'removed', before: seen }))
  const added = [...found.values()].map((seen): NodeChange => ({ kind: 'added', after: seen }))
  return { changes: [...renamed, ...removed, ...fields, ...added], levels }
}

/** A set is no token, whatever stands in it. */
export function isTokenSeen({ path, value }: Seen): boolean {
  return path.length > 1 && isToken(value)
}

function placeKey({ parentId, path }: Seen): string {
  return `${parentId}\n${path.at(-1)}`
}

function membersOf(
  object: JsonObject,
  isMember: (key: string, value: Json | undefined) => boolean,
): Record<string, Json> {
  const keys = keysOf(object).filter((key) => isMember(key, getKey(object, key)))
  return Object.fromEntries(keys.map((key) => [key, getKey(object, key) as Json]))
}

function kidsOf(seen: Seen, isField: (key: string, value: Json | undefined) => boolean): readonly Seen[] {
  const { children } = viewOfValue(seen.value)
  if (children) {
    return children.flatMap((child) => {
      const { value } = child.view
      if (isField(child.name, value) || !isObject(value)) return []
      const moved = child.node?.moveFact !== undefined
      return [{ id: childId(child), value, path: [...seen.path, child.name], parentId: seen.id, moved }]
    })
  }
  return keysOf(seen.value).flatMap((key) => {
    const value = getKey(seen.value, key)
    if (isField(key, value) || !isObject(value)) return []
    const id = `${seen.id}/${segmentForKey(seen.id, key)}`
    return [{ id, value, path: [...seen.path, key], parentId: seen.id, moved: false }]
  })
}

function anyKids(seen: Seen): readonly Seen[] {
  const token = isTokenSeen(seen)
  return kidsOf(seen, (key, value) => isFieldKey(key, token) || !isObject(value))
}

/** A node that was born, and still stood, in something that is gone. */
function seenBelow(gone: readonly Seen[], id: string): Seen | undefined {
  const outer = gone.find((seen) => id.startsWith(`${seen.id}/`))
  if (!outer) return undefined
  const kids = anyKids(outer)
  return kids.find((kid) => kid.id === id) ?? seenBelow(kids, id)
}

/** Nodes that moved into something new. */
function movedInto(fresh: readonly Seen[]): ReadonlyMap<string, Seen> {
  const inside = new Map<string, Seen>()
  const open = fresh.flatMap(anyKids)
  for (let seen = open.pop(); seen; seen = open.pop()) {
    if (seen.moved) inside.set(seen.id, seen)
    open.push(...anyKids(seen))
  }
  return inside
}
