import { isToken } from '../payload/is-token.ts'
import { isObject } from '../payload/ordered-json.ts'
import { themeIdOf } from './edit-themes.ts'
import { isFieldKey } from './field-key.ts'
import type { Node } from './node.ts'
import type { Place } from './places.ts'
import type { Shown } from './shown.ts'

export interface ConflictPlace {
  readonly set: string | null
  readonly path: readonly string[]
  readonly field: readonly string[]
}

/** Token or group, and the field in it; for a part that does not show, where it would. */
export function conflictPlaceOf(shown: Shown, node: Node): ConflictPlace | undefined {
  const hidden: string[] = []
  let place: Place | undefined
  for (let each: Node | null = node; each && !place; each = each.up) {
    place = shown.partOf(each.id)
    if (!place) hidden.unshift(each.key)
  }
  const chain: Place[] = []
  for (let each = place ?? null; each?.parent; each = each.parent) chain.unshift(each)
  const names = chain.map((each) => (each.parent?.id === '/$themes' ? themeIdOf(each) : each.name))
  const [top] = [...names, ...hidden]
  if (top === '$themes') {
    const [, theme, ...field] = [...names, ...hidden]
    return { set: null, path: theme === undefined ? ['$themes'] : [theme], field }
  }
  const setsAt = shown.setsId === '' ? 0 : 1
  const set = chain[setsAt]
  if (!set || (setsAt === 1 ? top !== 'values' : top?.startsWith('$') || !isObject(set.view.value)))
    return { set: null, path: [...names, ...hidden], field: [] }
  const below = chain.slice(setsAt + 1)
  let length = 0
  for (const [i, { name, view }] of below.entries()) {
    const parentIsToken = i > 0 && isToken(below[i - 1]?.view.value)
    if (!isObject(view.value) || isFieldKey(name, parentIsToken)) break
    length++
  }
  const path = below.map((each) => each.name)
  return { set: set.name, path: path.slice(0, length), field: [...path.slice(length), ...hidden] }
}
