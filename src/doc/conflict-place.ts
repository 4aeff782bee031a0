import { isToken } from '../payload/is-token.ts'
import { isObject } from '../payload/ordered-json.ts'
import { themeIdOf } from './edit-themes.ts'
import { isFieldKey } from './field-key.ts'
import { isPlainToken, plainLayers } from './layers.ts'
import type { Node } from './node.ts'
import type { Place } from './places.ts'
import type { SetsId } from './seed.ts'
import type { Tree } from './tree.ts'

export interface ConflictPlace {
  readonly set: string | null
  readonly path: readonly string[]
  readonly field: readonly string[]
}

/** A node on a walk along the parents of now, and where it shows. */
export interface Visit {
  readonly node: Node
  readonly place: Place | undefined
  readonly above: Visit | undefined
}

/** Token or group, and the field in it; for what does not show, where it would. */
export function conflictPlaceOf(tree: Tree, setsId: SetsId, visit: Visit): ConflictPlace {
  const steps: Step[] = []
  let visited: Visit | undefined = visit
  for (; visited && !visited.place; visited = visited.above) steps.push(hiddenStep(tree, visited.node))
  for (let place = visited?.place ?? null; place?.parent; place = place.parent) steps.push(shownStep(place))
  steps.reverse()
  const names = steps.map(({ name }) => name)
  if (names[0] === '$themes') {
    const [, theme, ...field] = names
    return { set: null, path: theme === undefined ? ['$themes'] : [theme], field }
  }
  const setAt = setsId === '' ? 0 : 1
  const set = steps[setAt]
  const isInSets = setAt === 1 ? names[0] === 'values' : set?.isObject === true && !set.name.startsWith('$')
  if (!set || !isInSets) return { set: null, path: names, field: [] }
  const below = steps.slice(setAt + 1)
  const end = below.findIndex(
    ({ name, isObject: hasParts }, i) => !hasParts || isFieldKey(name, i > 0 && below[i - 1]?.isToken === true),
  )
  const path = names.slice(setAt + 1)
  return end === -1
    ? { set: set.name, path, field: [] }
    : { set: set.name, path: path.slice(0, end), field: path.slice(end) }
}

/** One of the names on the way, and what it stands for. */
interface Step {
  readonly name: string
  readonly isObject: boolean
  readonly isToken: boolean
}

function shownStep(place: Place): Step {
  const { value } = place.view
  const name = place.parent?.id === '/$themes' ? themeIdOf(place) : place.name
  return { name, isObject: isObject(value), isToken: isToken(value) }
}

/** What it would be if nothing were deleted. */
function hiddenStep(tree: Tree, node: Node): Step {
  const value = plainLayers(tree, node).at(-1)?.value
  return { name: node.key, isObject: isObject(value), isToken: isPlainToken(tree, node) }
}
