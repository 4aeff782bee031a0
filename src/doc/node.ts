import type { Json, JsonObject } from '../payload/ordered-json.ts'
import type { Cover } from './cover.ts'
import type { Fact } from './fact.ts'
import { maxDepth } from './format.ts'
import { readSegment, segmentForKey, type SegmentKind, segmentOf } from './node-id.ts'

/** One value a node was given, by a seed, by a fact of its own, or as part of a parent's. */
export interface Layer {
  readonly value: Json
  readonly t: number
  readonly lane: string
  /** The node's own fact; null for what a seed or a parent gave. */
  readonly fact: Fact | null
  /** Came with a creation, or whole with a parent's value. */
  readonly created: boolean
  /** Among seeds of one time the greater ranks higher. */
  readonly rank: number
}

/** What a node shows. */
export interface View {
  /** Frozen, in key order; a child's value is the same object as in its own view. */
  readonly value: Json
  /** Its children in order; null where they are just the members of `value`, under their keys at birth. */
  readonly children: readonly Child[] | null
  /** The object of which `value` is a copy with other members. */
  readonly base?: JsonObject
}

export interface Child {
  /** The name shown. In arrays the segment. */
  readonly name: string
  /** The parent at birth, and the segment below it: the id. */
  readonly base: Node
  readonly segment: string
  readonly node: Node | null
  readonly order: string
  /** When it was given its name: among equal names the earliest keeps it. */
  readonly stamp: number
  readonly view: View
  /** Others that are shown as one with it: groups of its name, and what a newer file has under another id. */
  readonly merged: readonly Node[]
}

/** Under what a view was made; it holds only under the same. */
export interface ViewKey {
  readonly covers: readonly Cover[]
  readonly inField: boolean
  readonly voidBefore: number
}

/** Shared by all nodes without facts; never written to. */
const noFacts: readonly Fact[] = Object.freeze([])

/**
 * One node of the birth tree, made only where a fact stands at or below it, or where layers must be united. Everything else
 * is read straight from the text of the seed.
 */
export class Node {
  /** The parent at birth, from which content is inherited. */
  readonly up: Node | null
  readonly segment: string
  readonly kind: SegmentKind
  /** The key in a file; what a name is before any `n`. */
  readonly key: string
  /** The parent now. */
  parent: Node | null
  /** The fact that moved it away from its parent at birth. */
  moveFact: Fact | undefined
  kids: Map<string, Node> | null = null
  /** Nodes that moved in. */
  guests: Set<Node> | null = null
  facts: readonly Fact[] = noFacts
  /**
   * Some child has facts that are more than values, came from elsewhere, or left: names and places must be worked out. Never
   * reset; without it the result is the same, only found faster.
   */
  arranged = false

  // What follows is derived, and dropped when something it came from changes.
  /** The value in each seed in force; undefined where no seed has the node. */
  seedValues: readonly (Json | undefined)[] | undefined
  /** Set by a newer file that lacks the node. */
  gone: Cover | undefined
  layers: readonly Layer[] | undefined
  /** Whatever is strictly older is void here, deletions left aside. */
  plainVoid: number | undefined
  ownCovers: readonly Cover[] | undefined
  /** The deletions that ended its life where it had moved to, before it was created anew where it was born. */
  pastCovers: readonly Cover[] | undefined
  view: View | null | undefined
  viewKey: ViewKey | undefined
  /** The deletions under which the view was made in the end, its own included; none for what an edit brought back whole. */
  shownCovers: readonly Cover[] | undefined
  /** What it is among its siblings, and the place in a file that went into it; only with the view. */
  sibling: { readonly child: Child; readonly fileOrder: string } | undefined
  /** The view must be made again. */
  dirty = true
  #id: string | undefined

  constructor(up: Node | null, segment: string) {
    this.up = up
    this.parent = up
    this.segment = segment
    const { kind, name } = readSegment(segment)
    // A theme names its sets by the last segment of their ids, whole.
    const linked = kind === 'generation' && up !== null && up.linksSets
    this.kind = linked ? 'name' : kind
    this.key = linked ? segment : name
  }

  get id(): string {
    return (this.#id ??= this.up === null ? '' : `${this.up.id}/${this.segment}`)
  }

  /** `$themes`: its entries are known by their ids. */
  get isThemes(): boolean {
    return this.segment === '$themes' && this.up !== null && this.up.up === null
  }

  /** `selectedTokenSets` of a theme. */
  get linksSets(): boolean {
    return this.segment === 'selectedTokenSets' && this.up?.up?.isThemes === true
  }

  kid(segment: string): Node | undefined {
    return this.kids?.get(segment)
  }

  makeKid(segment: string): Node {
    let kid = this.kids?.get(segment)
    if (!kid) {
      kid = new Node(this, segment)
      this.kids ??= new Map()
      this.kids.set(segment, kid)
    }
    return kid
  }

  addFact(fact: Fact): void {
    if (this.facts === noFacts) this.facts = [fact]
    else (this.facts as Fact[]).push(fact)
  }

  removeFact(fact: Fact): boolean {
    const at = this.facts.indexOf(fact)
    if (at === -1) return false
    ;(this.facts as Fact[]).splice(at, 1)
    return true
  }

  /** The segment of the child that has this key in a file. */
  segmentFor(key: string): string {
    return this.linksSets ? segmentForKey(this.id, key) : segmentOf(key)
  }

  /** Nodes that stand here now, whether shown or not. */
  *currentKids(): Generator<Node, void, undefined> {
    if (this.kids) for (const kid of this.kids.values()) if (kid.parent === this) yield kid
    if (this.guests) yield* this.guests
  }
}

/** The node of an id. Undefined where there is none and `make` is not set, or where the id is too deep. */
export function findNode(root: Node, id: string, make: boolean): Node | undefined {
  if (id === '') return root
  if (!id.startsWith('/')) return undefined
  let node = root
  let depth = 0
  for (let at = 1; at <= id.length;) {
    if (++depth > maxDepth) return undefined
    const slash = id.indexOf('/', at)
    const end = slash === -1 ? id.length : slash
    const segment = id.slice(at, end)
    const next = make ? node.makeKid(segment) : node.kid(segment)
    if (!next) return undefined
    node = next
    at = end + 1
  }
  return node
}

/** Everything at or below the node as it stands now. Iterative: moves make trees deeper than any id. */
export function* nodesBelow(node: Node): Generator<Node, void, undefined> {
  const open = [node]
  for (let next = open.pop(); next; next = open.pop()) {
    yield next
    for (const kid of next.currentKids()) open.push(kid)
  }
}

const arranged = new WeakMap<object, View>()

/** A view of these children, which can be found again by the object it shows. */
export function arrangedView(value: Json, children: readonly Child[]): View {
  const view: View = { value, children }
  if (value !== null && typeof value === 'object') arranged.set(value, view)
  return view
}

/** The view that shows this object; its members are its children where none was arranged. */
export function viewOfValue(value: Json): View {
  const view = value !== null && typeof value === 'object' ? arranged.get(value) : undefined
  return view ?? { value, children: null }
}

export function childId(child: Child): string {
  return child.node ? child.node.id : `${child.base.id}/${child.segment}`
}
