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
export const maxChain = 100
/** Tokens that refer twice to tokens that refer twice … grow without end; a teammate must not be able to freeze the page. */
export const maxSteps = 5_000
export const maxChars = 20_000

const innermost = /\{([^{}]*)\}/g
const oldStyle = /^\$([^\s,$]+)$/

/** Names in `{…}`, as they stand; nested ones innermost first. */
export function referencesIn(text: string): string[] {
  return [...text.matchAll(innermost)].map((match) => (match[1] as string).trim())
}

export function createResolver(index: NameIndex): Resolver {
  const done = new Map<string, Resolved>()
  let steps = 0
  return {
    index,
    value: (value) => {
      steps = 0
      return resolveIn(value, [])
    },
    token: (set, name, token) => {
      steps = 0
      const value = valueOf(token) ?? null
      // Only the token that others mean by this name can close a circle by referring to it.
      return index.find(name)?.set === set ? resolveName(name, value, []) : resolveIn(value, [])
    },
  }

  function resolveName(name: string, value: Json, chain: readonly string[]): Resolved {
    const known = done.get(name)
    if (known) return known
    const resolved = resolveIn(value, [...chain, name])
    // Within a circle the result depends on where one entered.
    if (!resolved.problems.some((problem) => problem.kind !== 'missing')) done.set(name, resolved)
    return resolved
  }

  function resolveIn(value: Json, chain: readonly string[]): Resolved {
    if (typeof value === 'string') return resolveText(value, chain)
    if (!isContainer(value)) return { value, references: [], problems: [] }
    const references: Resolved['references'][number][] = []
    const problems: ReferenceProblem[] = []
    const visit = (part: Json): Json => {
      const resolved = resolveIn(part, chain)
      references.push(...resolved.references)
      problems.push(...resolved.problems)
      return resolved.value
    }
    const result = Array.isArray(value)
      ? (value as readonly Json[]).map(visit)
      : objectFrom(
          keysOf(value as JsonObject),
          keysOf(value as JsonObject).map((key) => visit(getKey(value as JsonObject, key) as Json)),
        )
    return { value: result, references, problems }
  }

  function resolveText(text: string, chain: readonly string[]): Resolved {
    const references: Resolved['references'][number][] = []
    const problems: ReferenceProblem[] = []
    const old = oldStyle.exec(text.trim())
    if (old && !index.find(old[1] as string)) return { value: text, references, problems }
    const follow = (name: string, whole: boolean): Json | undefined => {
      const target = targetOf(name)
      references.push({ name, token: target?.token })
      if (!target) {
        problems.push({ kind: 'missing', name })
        return undefined
      }
      const origin = target.token.row.name
      if (chain.includes(origin)) {
        problems.push({ kind: 'circular', names: [...chain.slice(chain.indexOf(origin)), origin] })
        return undefined
      }
      if (chain.length >= maxChain || ++steps > maxSteps) {
        problems.push({ kind: 'too-long', name })
        return undefined
      }
      const resolved = resolveName(origin, valueOf(target.token.row.value) ?? null, chain)
      problems.push(...resolved.problems)
      const value = target.parts.reduce<Json | undefined>(
        (part, key) => (isObject(part) ? getKey(part, key) : undefined),
        resolved.value,
      )
      if (value === undefined) problems.push({ kind: 'missing', name })
      return whole || !isContainer(value) ? value : undefined
    }
    if (old) return { value: follow(old[1] as string, true) ?? text, references, problems }
    const whole = /^\{([^{}]*)\}$/.exec(text.trim())
    if (whole) return { value: follow((whole[1] as string).trim(), true) ?? text, references, problems }

    let current = text
    // Each round replaces the innermost; what cannot be replaced is set aside so that the loop ends.
    for (let round = 0; round < 8 && innermost.test(current); round++) {
      innermost.lastIndex = 0
      current = current.replace(innermost, (all, name: string) => {
        const value = follow(name.trim(), false)
        return value === undefined ? all.replace('{', '\u0002').replace('}', '\u0003') : valueToText(value)
      })
      innermost.lastIndex = 0
      if (current.length > maxChars) {
        problems.push({ kind: 'too-long', name: text.slice(0, 60) })
        return { value: text, references, problems }
      }
    }
    innermost.lastIndex = 0
    return { value: current.replaceAll('\u0002', '{').replaceAll('\u0003', '}'), references, problems }
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

/** What a problem means, for people. */
export function problemText(problem: ReferenceProblem): string {
  switch (problem.kind) {
    case 'missing':
      return `{${problem.name}} is not found in these sets`
    case 'circular':
      return `Circular: ${problem.names.join(' → ')}`
    case 'too-long':
      return `{${problem.name}} refers on and on: more than ${maxChain} steps, or too long a text`
  }
}
