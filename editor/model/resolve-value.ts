/**
 * References resolved to values: `{color.brand.500}`, embedded (`rgba({color.black}, 0.2)`), nested (`{color.{mode}.bg}`),
 * into a part of a composite (`{heading.h1.fontSize}`), and the old `$color.brand`. What does not resolve stays as its text
 * and is named as a problem. Colours and arithmetic are none of this file's business.
 */
import {
  getKey,
  isContainer,
  isObject,
  type Json,
  type JsonObject,
  keysOf,
  objectFrom,
} from '../../src/payload/ordered-json.ts'
import type { NamedToken, NameIndex } from './name-index.ts'
import { valueOf } from './token-fields.ts'
import { valueToText } from './value-text.ts'

export type ReferenceProblem =
  | { readonly kind: 'missing'; readonly name: string }
  | { readonly kind: 'circular'; readonly names: readonly string[] }
  /** Beyond {@link maxChain}, {@link maxSteps} or {@link maxChars}. */
  | { readonly kind: 'too-long'; readonly name: string }

export interface Resolved {
  readonly value: Json
  /** The tokens the value refers to itself, in order of appearance. */
  readonly references: readonly { readonly name: string; readonly token: NamedToken | undefined }[]
  readonly problems: readonly ReferenceProblem[]
}

export interface Resolver {
  readonly index: NameIndex
  /** The value of a token that stands in `set`. */
  token(set: string, name: string, token: JsonObject): Resolved
  /** A value typed by someone, not yet a token's. */
  value(value: Json): Resolved
}

/** Longer chains are a mistake, and recursion must end before the engine's stack does. */
export const maxChain = 500
/** Tokens that refer twice to tokens that refer twice … grow without end; a teammate must not be able to freeze the page. */
export const maxSteps = 5_000
export const maxChars = 4_000
/** Beyond these, more problems of one value tell nothing. */
export const maxProblems = 5

const innermost = /\{([^{}]*)\}/g
const oldStyle = /^\$([^\s,$]+)$/

/** Names in `{…}`, as they stand; nested ones innermost first. */
export function referencesIn(text: string): string[] {
  return [...text.matchAll(innermost)].map((match) => (match[1] as string).trim())
}

export function createResolver(index: NameIndex): Resolver {
  const done = new Map<string, Resolved>()
  /** Names met while one value is resolved. Each is resolved once, or circles that cross would be walked without end. */
  let met = new Map<string, Resolved>()
  let steps = 0
  const begin = (): void => {
    met = new Map()
    steps = 0
  }
  return {
    index,
    value: (value) => {
      begin()
      return resolveIn(value, [])
    },
    token: (set, name, token) => {
      begin()
      const value = valueOf(token) ?? null
      // Only the token that others mean by this name can close a circle by referring to it.
      return index.find(name)?.set === set ? resolveName(name, value, []) : resolveIn(value, [])
    },
  }

  function resolveName(name: string, value: Json, chain: readonly string[]): Resolved {
    const known = done.get(name) ?? met.get(name)
    if (known) return known
    const resolved = resolveIn(value, [...chain, name])
    met.set(name, resolved)
    // Within a circle the result depends on where one entered.
    if (resolved.problems.every(({ kind }) => kind === 'missing')) done.set(name, resolved)
    return resolved
  }

  function resolveIn(value: Json, chain: readonly string[]): Resolved {
    if (typeof value === 'string') return resolveText(value, chain)
    if (!isContainer(value)) return { value, references: [], problems: [] }
    const references: Resolved['references'][number][] = []
    const problems = createProblems()
    const visit = (part: Json): Json => {
      const resolved = resolveIn(part, chain)
      references.push(...resolved.references)
      problems.add(...resolved.problems)
      return resolved.value
    }
    const result = Array.isArray(value)
      ? (value as readonly Json[]).map(visit)
      : objectFrom(
          keysOf(value as JsonObject),
          keysOf(value as JsonObject).map((key) => visit(getKey(value as JsonObject, key) as Json)),
        )
    return { value: result, references, problems: problems.list }
  }

  function resolveText(text: string, chain: readonly string[]): Resolved {
    const references: Resolved['references'][number][] = []
    const problems = createProblems()
    const old = oldStyle.exec(text.trim())
    if (old && !index.find(old[1] as string)) return { value: text, references, problems: problems.list }
    const follow = (name: string, whole: boolean): Json | undefined => {
      const target = targetOf(name)
      references.push({ name, token: target?.token })
      if (!target) {
        problems.add({ kind: 'missing', name })
        return undefined
      }
      const origin = target.token.row.name
      if (chain.includes(origin)) {
        problems.add({ kind: 'circular', names: [...chain.slice(chain.indexOf(origin)), origin] })
        return undefined
      }
      if (chain.length >= maxChain || ++steps > maxSteps) {
        problems.add({ kind: 'too-long', name })
        return undefined
      }
      const resolved = resolveName(origin, valueOf(target.token.row.value) ?? null, chain)
      problems.add(...resolved.problems)
      const value = target.parts.reduce<Json | undefined>(
        (part, key) => (isObject(part) ? getKey(part, key) : undefined),
        resolved.value,
      )
      if (value === undefined) problems.add({ kind: 'missing', name })
      return whole || !isContainer(value) ? value : undefined
    }
    if (old) return { value: follow(old[1] as string, true) ?? text, references, problems: problems.list }
    const whole = /^\{([^{}]*)\}$/.exec(text.trim())
    if (whole) return { value: follow((whole[1] as string).trim(), true) ?? text, references, problems: problems.list }

    let current = text
    // Each round replaces the innermost; what cannot be replaced is set aside so that the loop ends.
    for (let round = 0; round < 8 && innermost.test(current); round++) {
      innermost.lastIndex = 0
      current = current.replace(innermost, (all, name: string) => {
        const value = follow(name.trim(), false)
        // What is put in is done with, also where it still shows a reference that led nowhere.
        return hideBraces(value === undefined ? all : valueToText(value))
      })
      innermost.lastIndex = 0
      if (current.length > maxChars) {
        problems.add({ kind: 'too-long', name: text.slice(0, 60) })
        return { value: text, references, problems: problems.list }
      }
    }
    innermost.lastIndex = 0
    return { value: showBraces(current), references, problems: problems.list }
  }

  /** A token with exactly this name, else the longest token name whose value has the rest as parts. */
  function targetOf(name: string): { readonly token: NamedToken; readonly parts: readonly string[] } | undefined {
    const exact = index.find(name)
    if (exact) return { token: exact, parts: [] }
    const segments = name.split('.')
    for (let length = segments.length - 1; length > 0; length--) {
      const token = index.find(segments.slice(0, length).join('.'))
      if (token && isObject(valueOf(token.row.value))) return { token, parts: segments.slice(length) }
    }
    return undefined
  }
}

function hideBraces(text: string): string {
  return text.replaceAll('{', '\u0002').replaceAll('}', '\u0003')
}

function showBraces(text: string): string {
  return text.replaceAll('\u0002', '{').replaceAll('\u0003', '}')
}

/** Each problem once, and not too many. */
function createProblems(): {
  readonly list: readonly ReferenceProblem[]
  add(...problems: readonly ReferenceProblem[]): void
} {
  const list: ReferenceProblem[] = []
  const known = new Set<string>()
  return {
    list,
    add: (...problems) => {
      for (const problem of problems) {
        const key = `${problem.kind} ${problem.kind === 'circular' ? problem.names.join(' ') : problem.name}`
        if (list.length >= maxProblems || known.has(key)) continue
        known.add(key)
        list.push(problem)
      }
    },
  }
}

/** What a problem means, for people. */
export function problemText(problem: ReferenceProblem): string {
  switch (problem.kind) {
    case 'missing':
      return `{${problem.name}} is not found in these sets`
    case 'circular':
      return `Circular: ${shorten(problem.names).join(' → ')}`
    case 'too-long':
      return `{${problem.name}} refers on and on: too many steps, or too long a text`
  }
}

/** A circle of many is told by its ends. */
function shorten(names: readonly string[]): readonly string[] {
  return names.length <= 8 ? names : [...names.slice(0, 4), '…', ...names.slice(-3)]
}
