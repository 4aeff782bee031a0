import type { Snapshot, TokenChange } from '../../src/doc/index.ts'
import { isTokenObject } from './generated-tokens.ts'

/**
 * Applies one batch of changes to a snapshot as an application would that mirrors the tokens elsewhere: it knows nothing but
 * what `TokenChange` promises.
 *
 * Everything that left its place is taken out first, so that swaps and moves into each other work; then renamed and whole
 * nodes are put in, parents before children; then fields; orders last.
 */
export function replayChanges(before: Snapshot, changes: readonly TokenChange[]): Snapshot {
  const payload = structuredClone(before) as unknown as Payload
  const taken = new Map<TokenChange, unknown>()

  // Children before parents: a node that left a group that left, too, is found in its old place.
  const leaving = changes
    .filter(
      (change) => change.renamedFrom || (change.field.length === 0 && change.after === undefined && isNode(change)),
    )
    .toSorted((x, y) => oldPlace(y).length - oldPlace(x).length)
  for (const change of leaving) {
    const place = oldPlace(change)
    taken.set(change, read(payload, place))
    erase(payload, place)
  }
  const arriving = changes
    .filter(
      (change) => change.renamedFrom || (change.field.length === 0 && change.after !== undefined && isNode(change)),
    )
    .toSorted((x, y) => place(x).length - place(y).length)
  for (const change of arriving)
    write(payload, place(change), change.renamedFrom ? taken.get(change) : structuredClone(change.after))
  for (const change of changes) {
    if (change.kind === 'order' || (change.field.length === 0 && isNode(change))) continue
    const at = [...place(change), ...change.field]
    if (change.after === undefined) erase(payload, at)
    else write(payload, at, structuredClone(change.after))
  }
  for (const change of changes) if (change.kind === 'order') reorder(payload, change)
  return payload as unknown as Snapshot
}

/** A payload as text: the order of sets, groups and tokens counts, the order of fields does not. */
export function payloadText(payload: unknown): string {
  const write = (node: unknown, field: boolean): unknown => {
    if (node === null || typeof node !== 'object') return node
    if (Array.isArray(node)) return node.map((item) => write(item, field))
    const inField = field || isTokenObject(node)
    const isField = ([name]: readonly [string, unknown]): boolean => inField || name.startsWith('$')
    const members = Object.entries(node)
    const fields = members.filter(isField).toSorted(([x], [y]) => (x < y ? -1 : 1))
    const children = members.filter((member) => !isField(member))
    return [...fields, ...children].map(([name, value]) => [name, write(value, isField([name, value]))])
  }
  return JSON.stringify(write(payload, false))
}

interface Payload {
  values: Record<string, unknown>
  $themes: Record<string, unknown>[]
  [key: string]: unknown
}
type Place = readonly string[]

const isNode = (change: TokenChange): boolean =>
  change.kind === 'token' || change.kind === 'group' || change.kind === 'set' || change.kind === 'theme'

function place(change: TokenChange): Place {
  switch (change.kind) {
    case 'token':
    case 'group':
    case 'set':
      return ['values', change.set as string, ...change.path]
    case 'theme':
      return ['$themes', ...change.path]
    case 'metadata':
      return change.path
    case 'order':
      return change.set === null ? change.path : ['values', change.set, ...change.path]
  }
}

function oldPlace(change: TokenChange): Place {
  return change.renamedFrom ? ['values', change.renamedFrom.set, ...change.renamedFrom.path] : place(change)
}

type Parent = { readonly node: Record<string, unknown> | unknown[]; readonly key: string | number }

/** Themes are addressed by id; entries of other arrays by index. */
function keyIn(node: unknown, name: string, payload: Payload): string | number {
  if (node === payload.$themes) return payload.$themes.findIndex((theme) => theme['id'] === name)
  return Array.isArray(node) ? Number(name) : name
}

function parentOf(payload: Payload, at: Place, create: boolean): Parent | undefined {
  let node: unknown = payload
  for (const name of at.slice(0, -1)) {
    const key = keyIn(node, name, payload)
    const container = node as Record<string | number, unknown>
    if (!Object.hasOwn(container, key)) {
      if (!create) return undefined
      define(container, key, {})
    }
    node = container[key]
    if (node === null || typeof node !== 'object') return undefined
  }
  return { node: node as Parent['node'], key: keyIn(node, at.at(-1) as string, payload) }
}

function read(payload: Payload, at: Place): unknown {
  const parent = parentOf(payload, at, false)
  return parent && (parent.node as Record<string | number, unknown>)[parent.key]
}

function erase(payload: Payload, at: Place): void {
  const parent = parentOf(payload, at, false)
  if (!parent) return
  if (Array.isArray(parent.node)) parent.node.splice(parent.key as number, 1)
  else delete parent.node[parent.key]
}

function write(payload: Payload, at: Place, value: unknown): void {
  const parent = parentOf(payload, at, true)
  if (!parent) throw new Error(`A change names a place that does not exist: ${at.join('/')}`)
  if (parent.key === -1) payload.$themes.push(value as Record<string, unknown>)
  else define(parent.node as Record<string | number, unknown>, parent.key, value)
}

function define(node: Record<string | number, unknown>, key: string | number, value: unknown): void {
  Object.defineProperty(node, key, { value, enumerable: true, configurable: true, writable: true })
}

function reorder(payload: Payload, change: TokenChange): void {
  const names = change.after as readonly string[]
  const at = place(change)
  if (at.length === 1 && at[0] === '$themes') {
    payload.$themes.sort((x, y) => names.indexOf(x['id'] as string) - names.indexOf(y['id'] as string))
    return
  }
  const node = read(payload, at) as Record<string, unknown>
  const members = names.map((name) => [name, node[name]] as const)
  for (const name of Object.keys(node)) if (!names.includes(name)) members.push([name, node[name]])
  for (const name of Object.keys(node)) delete node[name]
  for (const [name, value] of members) define(node, name, value)
}
