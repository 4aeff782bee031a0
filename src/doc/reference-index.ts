/**
 * Who refers to what, over all sets: names as Tokens Studio resolves them, never by the path of a set. Themes are left aside,
 * as if all sets were on, later ones overriding earlier.
 *
 * Kept from call to call: what is the same object as last time is not looked into, so after an edit only the way to the
 * edited tokens is read anew.
 */
import { isChildKey, isToken } from '../payload/is-token.ts'
import { getKey, isObject, type Json, type JsonObject, keysOf } from '../payload/ordered-json.ts'
import { valueOf } from '../payload/reference-text.ts'
import { circlesFrom } from './circles.ts'
import { expandName } from './nested-name.ts'
import {
  inOrder,
  type NamedToken,
  type OwnReference,
  type Reference,
  referencesIn,
  type UnresolvedReference,
} from './reference.ts'
import { sameItems } from './same-items.ts'

export interface ReferenceIndex {
  /** Takes in what differs from last time. `sets` in the order in which they override each other. */
  follow(sets: ReadonlyMap<string, JsonObject>): void
  /** References to the name, or to what lies below it. */
  to(name: string): readonly Reference[]
  unresolved(): readonly UnresolvedReference[]
  /** The name of the token that a reference means: of this very name, or a composite that has the rest as its part. */
  targetOf(name: string): string | undefined
  /** Tokens whose references name it or what lies below it, or begin so and go on with a reference. */
  ownersOf(name: string): ReadonlySet<NamedToken>
}

export function createReferenceIndex(): ReferenceIndex {
  let sets: ReadonlyMap<string, JsonObject> = new Map()
  const ranks = new Map<string, number>()
  const tokens = new Map<string, NamedToken[]>()
  /** By name; nested ones are apart, since their name depends on values. */
  const references = new Map<string, Set<OwnReference>>()
  const nested = new Set<OwnReference>()
  /** Names that are referred to and that no token has. */
  const vacant = new Set<string>()
  /** Undefined where some of it was added or taken away. */
  let missing: { readonly names: readonly string[]; readonly list: readonly OwnReference[] } | undefined
  /** Names whose token, or what it refers to, may be another since circles were looked for. */
  const changed = new Set<string>()
  let circles: ReadonlyMap<string, number> = new Map()
  let unresolved: readonly UnresolvedReference[] = none
  let isUnresolvedCurrent = true
  const problems = {
    missing: new WeakMap<OwnReference, UnresolvedReference>(),
    circular: new WeakMap<OwnReference, UnresolvedReference>(),
  }
  /** What was told of names: the same list while nobody else refers. */
  const told = new Map<string, { readonly list: readonly Reference[]; isCurrent: boolean }>()

  const noteVacancy = (name: string): void => {
    if (references.has(name) && !tokens.has(name)) vacant.add(name)
    else vacant.delete(name)
    noteReference(name)
  }
  const noteReference = (name: string): void => {
    if (vacant.has(name)) missing = undefined
  }
  /** A name is given to its first token, or gone with its last: who refers to it now means another. */
  const noteArrival = (name: string): void => {
    noteVacancy(name)
    for (const { owner } of references.get(name) ?? []) changed.add(owner.name)
  }
  const refer = (owner: NamedToken): void => {
    owner.references = referencesIn(owner)
    for (const reference of owner.references) {
      if (reference.kind === 'nested') {
        nested.add(reference)
        continue
      }
      const { name } = reference.place
      noteReference(name)
      const known = references.get(name)
      if (known) known.add(reference)
      else {
        references.set(name, new Set([reference]))
        noteVacancy(name)
      }
    }
    changed.add(owner.name)
  }
  const forget = (owner: NamedToken): void => {
    for (const reference of owner.references) {
      nested.delete(reference)
      const { name } = reference.place
      noteReference(name)
      const known = references.get(name)
      if (!known?.delete(reference) || known.size > 0) continue
      references.delete(name)
      noteVacancy(name)
    }
    changed.add(owner.name)
  }
  const add = (set: string, path: readonly string[], token: JsonObject): void => {
    const name = path.join('.')
    const owner: NamedToken = { set, path, name, token, references: noReferences }
    const known = tokens.get(name)
    if (known) known.push(owner)
    else {
      tokens.set(name, [owner])
      noteArrival(name)
    }
    refer(owner)
  }
  const remove = (owner: NamedToken): void => {
    const { name } = owner
    const left = (tokens.get(name) ?? []).filter((each) => each !== owner)
    forget(owner)
    if (left.length > 0) tokens.set(name, left)
    else {
      tokens.delete(name)
      noteArrival(name)
    }
  }
  const ownerAt = (set: string, path: readonly string[]): NamedToken | undefined =>
    tokens.get(path.join('.'))?.find((each) => each.set === set && isSamePath(each.path, path))

  const followSet = (set: string, old: JsonObject | undefined, now: JsonObject | undefined): void => {
    // Without recursion: moves make trees deeper than any file.
    const open: Level[] = [{ old, now, path: [] }]
    for (let level = open.pop(); level; level = open.pop()) {
      const { path } = level
      if (level.old === level.now) continue
      const before = level.old && path.length > 0 && isToken(level.old) ? ownerAt(set, path) : undefined
      // A set is no token, whatever stands in it.
      const token = level.now && path.length > 0 && isToken(level.now) ? level.now : undefined
      if (before && token) {
        forget(before)
        before.token = token
        refer(before)
      } else if (before) remove(before)
      else if (token) add(set, path, token)
      const oldChildren = childrenOf(level.old, before !== undefined)
      for (const [key, child] of childrenOf(level.now, token !== undefined)) {
        open.push({ old: oldChildren.get(key), now: child, path: [...path, key] })
        oldChildren.delete(key)
      }
      for (const [key, child] of oldChildren) open.push({ old: child, now: undefined, path: [...path, key] })
    }
  }

  /** Of several tokens of one name that of the last set counts. */
  const winnerOf = (name: string): NamedToken | undefined => {
    let winner: NamedToken | undefined
    for (const each of tokens.get(name) ?? []) if (!winner || rankOf(each) >= rankOf(winner)) winner = each
    return winner
  }
  const rankOf = ({ set }: { readonly set: string }): number => ranks.get(set) ?? -1

  const targetOf = (name: string): string | undefined => {
    if (tokens.has(name)) return name
    const segments = name.split('.')
    for (let length = segments.length - 1; length > 0; length--) {
      const outer = segments.slice(0, length).join('.')
      if (tokens.get(outer)?.some(({ token }) => hasPart(valueOf(token), segments.slice(length)))) return outer
    }
    return undefined
  }
  const nameOf = ({ kind, place: { name } }: OwnReference): string | undefined =>
    kind === 'nested' ? expandName(name, (inner) => winnerOf(inner)?.token) : name
  const targetsOf = (owner: NamedToken | undefined): readonly string[] =>
    owner?.references.flatMap((reference) => {
      const name = nameOf(reference)
      return (name !== undefined && targetOf(name)) || []
    }) ?? []

  const lookForCircles = (): void => {
    // A new circle goes through something that changed, an old one may be gone.
    const starts = [...circles.keys(), ...changed, ...[...nested].map(({ owner }) => owner.name)]
    circles = circlesFrom(starts, (name) => targetsOf(winnerOf(name)))
    changed.clear()
  }
  const isCircular = (reference: OwnReference): boolean => {
    const name = nameOf(reference)
    const target = name === undefined ? undefined : targetOf(name)
    return target !== undefined && circles.get(target) === circles.get(reference.owner.name)
  }
  /** In order; the same list while nothing about it has changed. */
  const findMissing = (): readonly OwnReference[] => {
    const names = [...vacant].filter((name) => targetOf(name) === undefined)
    if (missing && nested.size === 0 && sameItems(names, missing.names)) return missing.list
    const found: OwnReference[] = []
    // A `$` that leads nowhere is text.
    for (const name of names) for (const each of references.get(name) ?? []) if (each.kind !== 'old') found.push(each)
    for (const each of nested) {
      const name = nameOf(each)
      if (name !== undefined && targetOf(name) === undefined) found.push(each)
    }
    missing = { names, list: inOrder(found, rankOf) }
    return missing.list
  }
  /** The same object for the same trouble. */
  const problemOf = (reference: OwnReference, reason: UnresolvedReference['reason']): UnresolvedReference => {
    let problem = problems[reason].get(reference)
    if (!problem) {
      problem = Object.freeze({ ...reference.place, reason })
      problems[reason].set(reference, problem)
    }
    return problem
  }
  const named = (name: string): readonly OwnReference[] => {
    const found: OwnReference[] = []
    for (const [each, those] of references) if (isAtOrBelow(each, name)) for (const one of those) found.push(one)
    for (const each of nested) {
      const expanded = nameOf(each)
      if (expanded !== undefined && isAtOrBelow(expanded, name)) found.push(each)
    }
    return found
  }

  return {
    follow: (next) => {
      const names = [...next.keys()]
      if (names.length !== ranks.size || names.some((name, rank) => ranks.get(name) !== rank)) {
        ranks.clear()
        for (const [rank, name] of names.entries()) ranks.set(name, rank)
        missing = undefined
        for (const [name, those] of tokens) if (those.length > 1) changed.add(name)
      }
      for (const [name, set] of sets) if (!next.has(name)) followSet(name, set, undefined)
      for (const [name, set] of next) followSet(name, sets.get(name), set)
      sets = next
      isUnresolvedCurrent = false
      for (const known of told.values()) known.isCurrent = false
    },
    to: (name) => {
      const known = told.get(name)
      if (known?.isCurrent) return known.list
      const found = named(name).filter((each) => each.kind !== 'old' || targetOf(each.place.name) !== undefined)
      const list = sameOr(
        known?.list,
        inOrder(found, rankOf).map(({ place }) => place),
      )
      if (told.size >= maxTold) told.clear()
      told.set(name, { list, isCurrent: true })
      return list
    },
    unresolved: () => {
      if (isUnresolvedCurrent) return unresolved
      lookForCircles()
      const before = missing?.list
      const absent = findMissing()
      const circular = [...circles.keys()].flatMap((name) => winnerOf(name)?.references.filter(isCircular) ?? [])
      if (absent !== before || circular.length > 0 || absent.length !== unresolved.length) {
        const isAbsent = new Set(absent)
        const all = circular.length === 0 ? absent : inOrder([...absent, ...circular], rankOf)
        unresolved = sameOr(
          unresolved,
          all.map((each) => problemOf(each, isAbsent.has(each) ? 'missing' : 'circular')),
        )
      }
      isUnresolvedCurrent = true
      return unresolved
    },
    targetOf,
    ownersOf: (name) => {
      const owners = new Set(named(name).map(({ owner }) => owner))
      for (const each of nested) if (each.place.name.startsWith(`${name}.`)) owners.add(each.owner)
      return owners
    },
  }
}

/** More names than anybody watches at once. */
const maxTold = 1_000

const none: readonly UnresolvedReference[] = Object.freeze([])
const noReferences: readonly OwnReference[] = Object.freeze([])

function sameOr<T>(known: readonly T[] | undefined, list: readonly T[]): readonly T[] {
  return known && sameItems(known, list) ? known : Object.freeze(list)
}

interface Level {
  readonly old: JsonObject | undefined
  readonly now: JsonObject | undefined
  readonly path: readonly string[]
}

function childrenOf(parent: JsonObject | undefined, parentIsToken: boolean): Map<string, JsonObject> {
  let children: Map<string, JsonObject> | undefined
  for (const key of parent ? keysOf(parent) : []) {
    const child = getKey(parent as JsonObject, key)
    if (!isObject(child) || !isChildKey(key, parentIsToken)) continue
    children ??= new Map()
    children.set(key, child)
  }
  return children ?? noChildren
}

/** Most tokens have none. */
const noChildren = new Map<string, JsonObject>()

function hasPart(value: Json | undefined, path: readonly string[]): boolean {
  let part = value
  for (const key of path) part = isObject(part) ? getKey(part, key) : undefined
  return part !== undefined
}

/** The name itself, or one below it. */
export function isAtOrBelow(name: string, outer: string): boolean {
  return name.startsWith(outer) && (name.length === outer.length || name[outer.length] === '.')
}

function isSamePath(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i])
}
