import { getKey, isIntegerKey, isObject, type Json, type JsonObject } from './ordered-json.ts'

/** The names listed in `$metadata.tokenSetOrder`, those of absent sets too; empty where there is no such list. */
export function tokenSetOrderOf(root: JsonObject): readonly string[] {
  const metadata = getKey(root, '$metadata')
  const order = isObject(metadata) ? getKey(metadata, 'tokenSetOrder') : undefined
  return Array.isArray(order) ? order.filter((name: Json): name is string => typeof name === 'string') : []
}

/** `names` in this order. Names that `order` does not list keep theirs behind the listed ones. */
export function orderSets(names: Iterable<string>, order: readonly string[]): string[] {
  const left = new Set(names)
  const listed = order.filter((name) => left.delete(name))
  return [...listed, ...left]
}

/** The order in which a JavaScript object lists these keys: whole numbers first, ascending. */
export function inEngineOrder(names: readonly string[]): string[] {
  const numbers = names.filter(isIntegerKey).toSorted((a, b) => Number(a) - Number(b))
  return numbers.length === 0 ? [...names] : [...numbers, ...names.filter((name) => !isIntegerKey(name))]
}
