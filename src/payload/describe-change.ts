import type { FileChange } from './file-changes.ts'
import { getKey, isObject, type Json, stringifyJson } from './ordered-json.ts'
import { valueOf as valueOfToken } from './reference-text.ts'

const maxValueLength = 40

/**
 * A change as a sentence for people, such as `Changed color.red in core from "#f00" to "#e00"`. Names stand as they are: a
 * page has to guard against marks of direction in them.
 */
export function describeChange(change: FileChange): string {
  const { kind, set, path, field, before, after, renamedFrom } = change
  if (kind === 'order') return `Put ${orderedOf(change)} into another order`
  const what = `${nameOf(change)}${set !== null && path.length > 0 ? ` in ${set}` : ''}`
  if (renamedFrom) {
    const was = { kind, set: renamedFrom.set, path: renamedFrom.path }
    if (renamedFrom.set === set) return `Renamed ${nameOf(was)} to ${what}`
    return path.length > 0
      ? `Moved ${nameOf(was)} from ${renamedFrom.set} to ${what}`
      : `Renamed ${nameOf(was)} to ${set}`
  }
  const isWhole = field.length === 0 && kind !== 'metadata'
  if (before === undefined && isWhole)
    return `Added ${what}${kind === 'token' ? `: ${shownValue(valueOf(after))}` : ''}`
  if (after === undefined && isWhole)
    return `Removed ${what}${kind === 'token' ? `, which was ${shownValue(valueOf(before))}` : ''}`
  const part = field[0] === '$value' || field[0] === 'value' ? field.slice(1) : field
  const place = part.length > 0 ? `${part.join('.')} of ${what}` : what
  if (before === undefined) return `Added ${place}: ${shownValue(after)}`
  if (after === undefined) return `Removed ${place}, which was ${shownValue(before)}`
  return `Changed ${place} from ${shownValue(before)} to ${shownValue(after)}`
}

/** A value on one line, cut where it is long. */
export function shownValue(value: Json | undefined): string {
  const text = value === undefined ? 'nothing' : stringifyJson(value)
  return text.length > maxValueLength ? `${text.slice(0, maxValueLength - 1)}…` : text
}

type Named = Pick<FileChange, 'kind' | 'set' | 'path'> & Partial<Pick<FileChange, 'before' | 'after'>>

function nameOf({ kind, set, path, before, after }: Named): string {
  const name = path.join('.')
  switch (kind) {
    case 'set':
      return `the set ${set}`
    case 'group':
      return `the group ${name}`
    case 'theme':
      return `the theme ${themeNameOf(after) ?? themeNameOf(before) ?? name}`
    case 'token':
    case 'metadata':
    case 'order':
      return name
  }
}

/** A whole theme has a name; a part of one goes by the theme's id. */
function themeNameOf(theme: Json | undefined): string | undefined {
  const name = isObject(theme) ? getKey(theme, 'name') : undefined
  return typeof name === 'string' ? name : undefined
}

function valueOf(token: Json | undefined): Json | undefined {
  return isObject(token) ? valueOfToken(token) : token
}

function orderedOf({ set, path }: FileChange): string {
  if (set === null) return path[0] === '$themes' ? 'the themes' : 'the sets'
  return path.length === 0 ? `the set ${set}` : `the group ${path.join('.')} in ${set}`
}
