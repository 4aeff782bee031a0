/**
 * Who refers to what, over all sets: names as Tokens Studio resolves them, never by the path of a set. Themes are left aside,
 * as if all sets were on, later ones overriding earlier.
 *
 * Kept from call to call: what is the same object as last time is not looked into, so after an edit only the way to the
 * edited tokens is read anew.
 */
import { isChildKey, isToken } from '../payload/is-token.ts'
import { getKey, isObject, type Json, type JsonObject, keysOf } from '../payload/ordered-json.ts'
import { referencesOf, type TextReference, valueOf } from '../payload/reference-text.ts'
import { circlesFrom } from './circles.ts'

/** A reference where it stands. */
export interface Reference {
  readonly set: string
  /** The token that refers. */
  readonly path: readonly string[]
  /** Where in the token, such as `['$value', 'fontSize']`. */
  readonly field: readonly string[]
  /** As it is written, such as `{color.red}`. */
  readonly text: string
  /** What it names, such as `color.red`. */
  readonly name: string
}

export interface UnresolvedReference extends Reference {
  /** `missing`: no set has a token of this name. `circular`: what it names leads back to the token that refers. */
  readonly reason: 'missing' | 'circular'
}

/** A token in one set, under its dotted name. */
export interface NamedToken {
  readonly set: string
  readonly path: readonly string[]
  readonly name: string
  token: JsonObject
  references: readonly OwnReference[]
}

interface OwnReference extends TextReference {
  readonly owner: NamedToken
  /** Among those of its owner. */
  readonly index: number
  readonly field: readonly string[]
}

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

/** Names are put together of references at most so often: values grow by it. */
const maxExpansions = 50
const maxNameChars = 1_000

export function createReferenceIndex(): ReferenceIndex {
  let sets: ReadonlyMap<string, JsonObject> = new Map()
  const ranks = new Map<string, number>()
  const tokens = new Map<string, NamedToken[]>()
  /** By name; nested ones are apart, since their name depends on values. */
  const references = new Map<string, Set<OwnReference>>()
  const nested = new Set<OwnReference>()
  /** Names that are referred to and that no token has. */
  const vacant = new Set<string>()
  /** Names whose token, or what it refers to, may be another since circles were looked for. */
  const changed = new Set<string>()
  let circles: ReadonlyMap<string, number> = new Map()
  let unresolved: readonly UnresolvedReference[] | undefined

  const noteVacancy = (name: string): void => {
    if (references.has(name) && !tokens.has(name)) vacant.add(name)
    else vacant.delete(name)
  }
  /** A name is given to its first token, or gone with its last: who refers to it now means another. */
  const noteArrival = (name: string): void => {
    noteVacancy(name)
    for (const { owner } of references.get(name) ?? []) changed.add(owner.name)
  }
  const refer = (owner: NamedToken): void => {
    owner.references = referencesOf(owner.token).map((reference, index) => ({ ...reference, owner, index }))
    for (const reference of owner.references) {
      if (reference.kind === 'nested') {
        nested.add(reference)
        continue
      }
      const known = references.get(reference.name)
      if (known) known.add(reference)
      else {
        references.set(reference.name, new Set([reference]))
        noteVacancy(reference.name)
      }
    }
    changed.add(owner.name)
  }
  const forget = (owner: NamedToken): void => {
    for (const reference of owner.references) {
      nested.delete(reference)
      const known = references.get(reference.name)
      if (!known?.delete(reference) || known.size > 0) continue
      references.delete(reference.name)
      noteVacancy(reference.name)
    }
    changed.add(owner.name)
  }
  const add = (set: string, path: readonly string[], token: JsonObject): void => {
    const name = path.join('.')
    const owner: NamedToken = { set, path, name, token, references: [] }
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
  /** The name with the references in it replaced by what they come to; undefined where one comes to no text. */
  const expand = (text: string, left: { steps: number }): string | undefined => {
    let result = text
    for (let inner = innermost.exec(result); inner; inner = innermost.exec(result)) {
      const token = winnerOf((inner[1] as string).trim())?.token
      const value = token && valueOf(token)
      const plain = typeof value === 'number' ? String(value) : value
      if (left.steps-- <= 0 || typeof plain !== 'string') return undefined
      const put = plain.includes('{') ? expand(plain, left) : plain
      if (put === undefined || result.length + put.length > maxNameChars) return undefined
      result = result.slice(0, inner.index) + put + result.slice(inner.index + inner[0].length)
    }
    return result
  }
  const nameOf = ({ kind, name }: TextReference): string | undefined =>
    kind === 'nested' ? expand(name, { steps: maxExpansions }) : name
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
  const isMissing = (reference: OwnReference): boolean => {
    const name = nameOf(reference)
    // A `$` that leads nowhere is text.
    return reference.kind !== 'old' && name !== undefined && targetOf(name) === undefined
  }
  const inOrder = (found: readonly OwnReference[]): readonly OwnReference[] =>
    found.toSorted(
      (a, b) => rankOf(a.owner) - rankOf(b.owner) || comparePaths(a.owner.path, b.owner.path) || a.index - b.index,
    )
  const named = (name: string): readonly OwnReference[] => {
    const found: OwnReference[] = []
    for (const [each, those] of references) if (isAtOrBelow(each, name)) found.push(...those)
    for (const each of nested) if (isAtOrBelow(nameOf(each) ?? '', name)) found.push(each)
    return found
  }

  return {
    follow: (next) => {
      const names = [...next.keys()]
      if (names.length !== ranks.size || names.some((name, rank) => ranks.get(name) !== rank)) {
        ranks.clear()
        for (const [rank, name] of names.entries()) ranks.set(name, rank)
        for (const [name, those] of tokens) if (those.length > 1) changed.add(name)
      }
      for (const [name, set] of sets) if (!next.has(name)) followSet(name, set, undefined)
      for (const [name, set] of next) followSet(name, sets.get(name), set)
      sets = next
      unresolved = undefined
    },
    to: (name) => {
      const found = named(name).filter((each) => each.kind !== 'old' || targetOf(each.name) !== undefined)
      return Object.freeze(inOrder(found).map((each) => Object.freeze(placed(each))))
    },
    unresolved: () => {
      if (unresolved) return unresolved
      lookForCircles()
      const missing = [...vacant].flatMap((name) => [...(references.get(name) ?? [])])
      const circular = [...circles.keys()].flatMap((name) => winnerOf(name)?.references ?? [])
      const found = new Map<OwnReference, UnresolvedReference['reason']>()
      for (const each of [...missing, ...nested]) if (isMissing(each)) found.set(each, 'missing')
      for (const each of circular) if (isCircular(each)) found.set(each, 'circular')
      unresolved = Object.freeze(
        inOrder([...found.keys()]).map((each) =>
          Object.freeze({ ...placed(each), reason: found.get(each) as UnresolvedReference['reason'] }),
        ),
      )
      return unresolved
    },
    targetOf,
    ownersOf: (name) => {
      const owners = new Set(named(name).map(({ owner }) => owner))
      for (const each of nested) if (each.name.startsWith(`${name}.`)) owners.add(each.owner)
      return owners
    },
  }
}

interface Level {
  readonly old: JsonObject | undefined
  readonly now: JsonObject | undefined
  readonly path: readonly string[]
}

const innermost = /\{([^{}]*)\}/

function childrenOf(parent: JsonObject | undefined, parentIsToken: boolean): Map<string, JsonObject> {
  const children = new Map<string, JsonObject>()
  for (const key of parent ? keysOf(parent) : []) {
    const child = getKey(parent as JsonObject, key)
    if (isObject(child) && isChildKey(key, parentIsToken)) children.set(key, child)
  }
  return children
}

function hasPart(value: Json | undefined, path: readonly string[]): boolean {
  let part = value
  for (const key of path) part = isObject(part) ? getKey(part, key) : undefined
  return part !== undefined
}

/** The name itself, or one below it. */
export function isAtOrBelow(name: string, outer: string): boolean {
  return name.startsWith(outer) && (name.length === outer.length || name[outer.length] === '.')
}

function placed({ owner: { set, path }, field, text, name }: OwnReference): Reference {
  return { set, path, field, text, name }
}

function isSamePath(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i])
}

function comparePaths(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const name = a[i] as string
    const other = b[i] as string
    if (name !== other) return name < other ? -1 : 1
  }
  return a.length - b.length
}
