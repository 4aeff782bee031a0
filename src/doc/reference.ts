import type { JsonObject } from '../payload/ordered-json.ts'
import { type ReferenceKind, referencesOf } from '../payload/reference-text.ts'

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

/** With the token that it belongs to. */
export interface OwnReference {
  readonly owner: NamedToken
  /** Among those of its owner. */
  readonly index: number
  readonly kind: ReferenceKind
  readonly place: Reference
}

/** Those of a token, frozen as they are given out. */
export function referencesIn(owner: NamedToken): readonly OwnReference[] {
  const { set, path } = owner
  return referencesOf(owner.token).map(({ field, text, name, kind }, index) => {
    return { owner, index, kind, place: Object.freeze({ set, path, field: Object.freeze(field), text, name }) }
  })
}

/** In order of sets, then of paths, then as they stand in the token. */
export function inOrder(
  references: readonly OwnReference[],
  rankOf: (token: NamedToken) => number,
): readonly OwnReference[] {
  return references.toSorted(
    (a, b) => rankOf(a.owner) - rankOf(b.owner) || comparePaths(a.owner.path, b.owner.path) || a.index - b.index,
  )
}

function comparePaths(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const name = a[i] as string
    const other = b[i] as string
    if (name !== other) return name < other ? -1 : 1
  }
  return a.length - b.length
}
