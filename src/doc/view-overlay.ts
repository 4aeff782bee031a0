import { type Json, type JsonObject, OrderedObject, setKey } from '../payload/ordered-json.ts'
import { noCovers } from './cover.ts'
import { compareText } from './fact.ts'
import { isFieldKey } from './field-key.ts'
import { frozenObject } from './frozen-json.ts'
import type { Node, View, ViewKey } from './node.ts'
import type { Inside, Viewing } from './view-context.ts'

/**
 * The usual case, in which facts gave values to members and nothing else: a copy of the file's object with these values in
 * it. Undefined where the long way must be gone, as `buildObject` does.
 */
export function overlay(viewing: Viewing, node: Node, object: JsonObject, inside: Inside): View | undefined {
  if (!node.kids) return { value: object, children: null }
  if (object instanceof OrderedObject) return undefined
  return patch(viewing, node, object, inside) ?? copy(viewing, node, object, inside)
}

/** Only what changed since the last time. Undefined where there was none, or members came or went. */
function patch(viewing: Viewing, node: Node, object: JsonObject, inside: Inside): View | undefined {
  const { view } = node
  if (view?.base !== object) return undefined
  const before = view.value as Record<string, Json>
  let patched: Record<string, Json> | undefined
  for (const kid of node.kids?.values() ?? []) {
    if (kid.kind !== 'name') {
      if (kid.kind === 'generation') return undefined
      continue
    }
    const value = viewOfKid(viewing, kid, inside)?.value
    const has = Object.hasOwn(before, kid.key)
    if (has !== (value !== undefined)) return undefined
    if (value !== undefined && value !== before[kid.key]) setKey((patched ??= { ...before }), kid.key, value)
  }
  return patched ? { value: Object.freeze(patched), children: null, base: object } : view
}

function copy(
  viewing: Viewing,
  node: Node,
  object: Exclude<JsonObject, OrderedObject>,
  inside: Inside,
): View | undefined {
  let copied: Record<string, Json> | undefined
  const added: Node[] = []
  for (const kid of node.kids?.values() ?? []) {
    if (kid.kind === 'generation') return undefined
    if (kid.kind !== 'name') continue
    const view = viewOfKid(viewing, kid, inside)
    if (!Object.hasOwn(object, kid.key)) {
      if (view) added.push(kid)
    } else if (!view) return undefined
    else if (view.value !== object[kid.key]) setKey((copied ??= { ...object }), kid.key, view.value)
  }
  if (added.length === 0)
    return copied ? { value: Object.freeze(copied), children: null, base: object } : { value: object, children: null }
  added.sort((a, b) => compareText(a.segment, b.segment))
  const keys = [...Object.keys(object), ...added.map((kid) => kid.key)]
  const values = [...Object.values(copied ?? object), ...added.map((kid) => kid.view?.value as Json)]
  const value = frozenObject(keys, values)
  return { value, children: null, ...(!(value instanceof OrderedObject) && { base: object }) }
}

function viewOfKid(viewing: Viewing, kid: Node, inside: Inside): View | null | undefined {
  const inField = inside.inField || isFieldKey(kid.key, inside.isToken)
  const { viewKey } = kid
  if (!kid.dirty && viewKey && isUnder(viewKey, inField, inside.voidBefore)) return kid.view
  return viewing.viewOf(kid, { covers: noCovers, inField, voidBefore: inside.voidBefore })
}

function isUnder({ covers, inField, voidBefore }: ViewKey, isField: boolean, isVoidBefore: number): boolean {
  return covers.length === 0 && inField === isField && voidBefore === isVoidBefore
}
