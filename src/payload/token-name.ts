/**
 * Names that can be given. The rules are those of the Tokens Studio plugin's edit form, and what its parser corrupts. They
 * hold for new names only: a file that breaks them is read and kept as it is.
 */
import { TokenError } from './token-error.ts'

/** Set as object keys, these reach the prototype of careless readers; the plugin drops them. */
const prototypeNames: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])
const maxNameLength = 256
/** Control characters, line and paragraph separators. */
const unreadable = /[\p{Cc}\p{Zl}\p{Zp}]/u
const halfCharacter = /\p{Cs}/u

/** The segments of a path. A string is split at its dots; `''` is the set itself. Throws `invalid-name` for what is no path. */
export function parsePath(path: string | readonly string[]): readonly string[] {
  if (typeof path === 'string') return path === '' ? [] : path.split('.')
  if (!Array.isArray(path) || !path.every((segment) => typeof segment === 'string'))
    refuse(String(path), 'Give the path as a text with dots, or as a list of names.')
  return path
}

/** The dotted form, for people. Not reversible where a segment holds a dot. */
export function formatPath(path: string | readonly string[]): string {
  return typeof path === 'string' ? path : path.join('.')
}

/** Throws `invalid-name` where `name` cannot be given to a token or group: a dotted name, or its segments. */
export function checkTokenName(name: string | readonly string[]): void {
  const segments = typeof name === 'string' ? name.split('.') : name
  const shown = formatPath(name)
  if (segments.length === 0) refuse(shown, 'A token needs a name.')
  for (const segment of segments) checkSegment(segment, shown)
}

/** Throws `invalid-name` where `segment` cannot be given to one token or group. `shown` is named in the message. */
export function checkSegment(segment: string, shown: string = segment): void {
  if (segment === '') refuse(shown, 'No part of it may be empty: write one dot between two names, none at the ends.')
  if (segment.includes('.')) refuse(shown, 'A dot separates groups and cannot stand inside a name; use "-" or "_".')
  if (/[{}]/.test(segment)) refuse(shown, '"{" and "}" mark references and cannot stand in a name.')
  if (segment.startsWith('$')) refuse(shown, 'A name cannot start with "$", which marks fields such as $value.')
  checkCommon(segment, shown)
}

/** Throws `invalid-name` where `name` cannot be given to a token set. `/` makes folders; dots and spaces inside are fine. */
export function checkSetName(name: string): void {
  if (typeof name !== 'string') refuse(String(name), 'The name of a token set is a text.')
  if (name === '') refuse(name, 'A token set needs a name.')
  if (name.startsWith('$')) refuse(name, 'A set name cannot start with "$", which marks $themes and $metadata.')
  for (const part of name.split('/')) {
    if (part.trim() === '')
      refuse(name, 'No folder of it may be empty: write one "/" between two names, none at the ends.')
    if (part === '.' || part === '..')
      refuse(name, 'Each set is a file somewhere: "." and ".." lead out of its folder.')
    checkCommon(part, name)
  }
}

/** Throws `invalid-name` where `name` cannot be given to a theme or a group of themes. */
export function checkThemeName(name: unknown): void {
  if (typeof name !== 'string' || name.trim() === '')
    refuse(String(name), 'A theme, or a group of themes, needs a name.')
  if (name.length > maxNameLength) refuse(name, `It is longer than ${maxNameLength} characters.`)
  checkCharacters(name, name)
}

function checkCommon(part: string, shown: string): void {
  if (part.trim() !== part) refuse(shown, 'Remove the spaces at the start or end.')
  if (prototypeNames.has(part)) refuse(shown, `"${part}" is reserved in JavaScript, and the plugin drops it.`)
  if (part.length > maxNameLength) refuse(shown, `It is longer than ${maxNameLength} characters.`)
  checkCharacters(part, shown)
}

function checkCharacters(part: string, shown: string): void {
  if (unreadable.test(part)) refuse(shown, 'It holds a line break or another control character.')
  if (halfCharacter.test(part)) refuse(shown, 'It holds half a character (a lone surrogate). Type it again.')
}

function refuse(name: string, why: string): never {
  const shown = name.length > 80 ? `${name.slice(0, 79)}…` : name
  throw new TokenError('invalid-name', `"${shown}" cannot be used as a name. ${why}`, { name: shown })
}
