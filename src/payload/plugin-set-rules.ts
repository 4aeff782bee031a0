/** The plugin's rules inside one token set: its schema for tokens and groups, and what its parser makes of the rest. */
import { holdsToken, isToken } from './is-token.ts'
import { getKey, hasKey, isContainer, isObject, type Json, type JsonObject, keysOf } from './ordered-json.ts'
import { keepsGroupName, keepsTokenName } from './plugin-names.ts'
import type { ReportViolation } from './plugin-violation.ts'
import {
  hasNestedValue,
  otherSpelling,
  pluginInternalKeys,
  spelled,
  survivesAsGroup,
  type ValueKey,
  valueKeyOf,
} from './plugin-view.ts'

/** Reports every place of a set that the plugin reads under this spelling. Returns how many tokens it finds. */
export function checkPluginSet(set: JsonObject, key: ValueKey, report: ReportViolation): number {
  const own = spelled[key]
  const other = otherSpelling(key)
  let count = 0

  const checkToken = (token: JsonObject, path: readonly string[], inherited: string | undefined): void => {
    const type = getKey(token, own.type)
    if (type !== undefined && typeof type !== 'string') {
      report([...path, own.type], 'bad-type', type ? 'rejects' : 'corrupts', 'a type must be text')
    } else if (type === '' && !inherited) {
      report(path, 'bad-type', 'corrupts', 'the plugin invents a type from the name')
    } else if (type === undefined && !inherited) {
      report([...path, own.type], 'mixed-spelling', 'corrupts', 'its type has the other spelling and gets lost')
    }
    for (const field of [other, spelled[other].type, spelled[other].description]) {
      if (hasKey(token, field)) report([...path, field], 'mixed-spelling', 'corrupts', 'the other spelling gets lost')
    }
    for (const field of keysOf(token)) {
      if (!pluginInternalKeys.has(field) && field !== '__proto__') continue
      const crashes = field === 'name' && Boolean(getKey(token, field)) && typeof getKey(token, field) !== 'string'
      report([...path, field], 'reserved-key', crashes ? 'rejects' : 'corrupts', 'the plugin uses this key for itself')
    }
    const extensions = getKey(token, '$extensions')
    if (extensions !== undefined && !isObject(extensions)) {
      report([...path, '$extensions'], 'stray-value', 'corrupts', '$extensions must be an object')
    }
  }

  /** `unchecked`: below a typed group the schema looks at nothing, and everything reaches the parser. */
  const visit = (node: Json, path: readonly string[], inherited: string | undefined, unchecked: boolean): void => {
    const name = path.at(-1) as string
    if (node === null) {
      report(path, 'null-value', 'rejects', 'the plugin crashes on null')
      return
    }
    if (!isObject(node)) {
      const effect = unchecked && !holdsNull(node) ? 'corrupts' : 'rejects'
      report(path, 'stray-value', effect, 'a value that belongs to no token becomes a token of its own')
      return
    }
    const value = getKey(node, key)
    const accepted = unchecked || isAcceptedToken(node)
    const isNested = hasNestedValue(node, key)
    if (value === undefined || isNested) {
      if (
        isNested &&
        key === 'value' &&
        isToken(node) &&
        (!survivesAsGroup(value as JsonObject) || keysOf(node).length > 2)
      ) {
        report(path, 'nested-value', 'corrupts', 'the plugin takes the value of this token for a token of its own')
      }
      if (isToken(node) && !isNested) {
        report(path, 'mixed-spelling', 'corrupts', 'the plugin takes a token in the other spelling for a group')
      }
      if (!keepsGroupName(name)) reportName(path, name)
      walk(node, path, inherited, accepted)
      return
    }
    if (!keepsTokenName(name)) reportName(path, name)
    if (isObject(value) && valueKeyOf(node, inherited !== undefined) !== key && holdsToken(value)) {
      const effect = unchecked || isAccepted(node) ? 'corrupts' : 'rejects'
      report(path, 'nested-value', effect, 'the plugin takes this group for a token, because of a member named "value"')
      return
    }
    count++
    if (value === null) {
      report([...path, key], 'null-value', 'rejects', 'the plugin crashes on a token whose value is null')
    } else if (!accepted) reportRefused(node, path)
    checkToken(node, path, inherited)
  }

  const walk = (
    group: JsonObject,
    path: readonly string[],
    inherited: string | undefined,
    unchecked: boolean,
  ): void => {
    const type = getKey(group, own.type)
    const isTyped = typeof type === 'string'
    for (const child of keysOf(group)) {
      const value = getKey(group, child) as Json
      if (child === '__proto__') report([...path, child], 'name', 'corrupts', 'the plugin drops this name')
      else if (child === own.type && isTyped && unchecked) continue
      else if (child.startsWith('$') && child !== '$root') {
        const effect = isTaken(value, unchecked) ? 'corrupts' : 'rejects'
        report([...path, child], 'group-metadata', effect, 'what a group says of itself becomes tokens')
      } else visit(value, [...path, child], isTyped ? type : inherited, unchecked)
    }
  }

  const reportName = (path: readonly string[], name: string): void => {
    const reason =
      name === ''
        ? 'the plugin cannot hold an empty name'
        : name.includes('.')
          ? 'the plugin splits a name at its dots'
          : name.endsWith('\\')
            ? 'the plugin joins a name that ends with a backslash to the next one'
            : 'the plugin drops this name'
    report(path, 'name', 'corrupts', reason)
  }

  const reportRefused = (token: JsonObject, path: readonly string[]): void => {
    const type = getKey(token, own.type)
    // An empty object for a value passes the schema as a group.
    const effect = isAccepted(token) ? 'corrupts' : 'rejects'
    if (type === undefined) report(path, 'untyped-token', effect, 'a token needs a type, or a typed group above it')
    else if (typeof type !== 'string') report([...path, own.type], 'bad-type', effect, 'a type must be text')
    else report([...path, own.description], 'bad-description', effect, 'a description must be text')
  }

  if (hasKey(set, key) && !hasNestedValue(set, key)) {
    const isRead = getKey(set, key) !== null && keysOf(set).every((child) => isAccepted(getKey(set, child) as Json))
    const reason = `the plugin takes a set with a member named "${key}" for a token, and loses it`
    report([], 'nested-value', isRead ? 'corrupts' : 'rejects', reason)
    return 0
  }
  walk(set, [], undefined, false)
  return count
}

/** The plugin's token schema under either spelling. What it accepts, a typed group too, is not looked into. */
function isAcceptedToken(node: JsonObject): boolean {
  return Object.values(spelled).some(({ type, description }) => {
    const text = getKey(node, description)
    return typeof getKey(node, type) === 'string' && (text === undefined || typeof text === 'string')
  })
}

/** Whether the schema lets the value into a group, and the parser survives it. */
function isTaken(value: Json, unchecked: boolean): boolean {
  return !holdsNull(value) && (unchecked || isAccepted(value))
}

function isAccepted(value: Json): boolean {
  if (!isObject(value)) return false
  return isAcceptedToken(value) || keysOf(value).every((key) => isAccepted(getKey(value, key) as Json))
}

function holdsNull(value: Json): boolean {
  if (!isContainer(value)) return value === null
  const members = Array.isArray(value)
    ? (value as readonly Json[])
    : keysOf(value as JsonObject).map((key) => getKey(value as JsonObject, key) as Json)
  return members.some(holdsNull)
}
