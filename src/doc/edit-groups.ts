import { isToken } from '../payload/is-token.ts'
import { isObject } from '../payload/ordered-json.ts'
import { TokenError } from '../payload/token-error.ts'
import { checkSegment, formatPath } from '../payload/token-name.ts'
import { checkId, createNode, type Editing } from './editing.ts'
import { idOf } from './node-id.ts'
import { childPlace, type Place } from './places.ts'

export interface GroupPlan {
  /** The last group that is there. */
  readonly place: Place
  readonly missing: readonly string[]
}

/** Which groups of a path are there. Throws where a token stands in the way, or a name cannot be given. */
export function planGroups(set: Place, path: readonly string[], whole: readonly string[]): GroupPlan {
  let place = set
  for (const [i, name] of path.entries()) {
    const next = childPlace(place, name)
    if (!next) {
      const missing = path.slice(i)
      for (const each of missing) checkSegment(each, formatPath(whole))
      checkId(place.id + idOf(whole.slice(i)))
      return { place: checkGroup(place, path.slice(0, i)), missing }
    }
    if (!isObject(next.view.value)) throw taken(path.slice(0, i + 1))
    place = next
  }
  return { place: checkGroup(place, path), missing: [] }
}

function checkGroup(place: Place, path: readonly string[]): Place {
  if (isToken(place.view.value)) throw taken(path)
  return place
}

function taken(path: readonly string[]): TokenError {
  const shown = formatPath(path)
  return new TokenError('path-taken', `"${shown}" is no group, so nothing can be put into it. Choose another path.`, {
    path: shown,
  })
}

export function makeGroups(editing: Editing, plan: GroupPlan): Place {
  let { place } = plan
  for (const name of plan.missing) place = createNode(editing, place, name, {}, {})
  return place
}
