import { getKey, isObject } from '../payload/ordered-json.ts'
import { isLaneId, registerPrefix } from './format.ts'
import { randomText } from './random-text.ts'
import type { Registers } from './registers.ts'

/** `lane` names the device; `name` and `user` come from the lane's header. A seed's author is `{ lane: '*' }`. */
export interface Author {
  readonly lane: string
  readonly user?: string
  readonly name?: string
}

/** Who writes into a lane. */
export interface LaneOwner {
  readonly user?: { readonly id?: string; readonly name?: string }
  readonly app?: string
}

/** A header stands in every lane, once: what it may cost is bounded. */
const maxHeaderChars = 64

export function freshLaneId(random: () => number): string {
  return randomText(8, random)
}

export function headerId(lane: string): string {
  return `${registerPrefix}lanes/${lane}`
}

/** The text of a lane's header: user, name and app, cut to 64 characters in all, in this order of importance. */
export function headerText({ user, app }: LaneOwner): string {
  let left = maxHeaderChars
  const cut = (text: string | undefined): string | undefined => {
    if (text === undefined) return undefined
    const kept = text.slice(0, left).replace(/[\ud800-\udbff]$/, '')
    left -= kept.length
    return kept
  }
  return JSON.stringify({ user: cut(user?.id), name: cut(user?.name), app: cut(app) })
}

/** The author as the lane's header has it. Only the lane itself may say who it is. */
export function authorOf(registers: Registers, lane: string): Author {
  const header = isLaneId(lane) ? registers.newest(headerId(lane)) : undefined
  const value = header?.lane === lane ? header.json() : undefined
  if (!isObject(value)) return { lane }
  const user = getKey(value, 'user')
  const name = getKey(value, 'name')
  return {
    lane,
    ...(typeof user === 'string' && { user }),
    ...(typeof name === 'string' && { name }),
  }
}
