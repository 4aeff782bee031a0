/** Who refers to a token or group, and the same values with the new name after a rename. */
import { getKey, isContainer, type Json, type JsonObject, keysOf, objectFrom } from '../../src/payload/ordered-json.ts'
import type { IndexedDocument } from './name-index.ts'
import { rowsOfOutline } from './set-rows.ts'
import { spellingOf, valueOf } from './token-fields.ts'

export interface Referrer {
  readonly set: string
  readonly path: readonly string[]
  /** Fields for `document.update`, with the references rewritten. */
  readonly fields: JsonObject
}

/**
 * Every token of the document whose value or colour modifier refers to `from`, or to something below it, with `to` in its
 * place. `{a.b}` renamed to `{a.c}` also turns `{a.b.d}` into `{a.c.d}`.
 */
export function referrersOf(document: IndexedDocument, from: string, to: string): readonly Referrer[] {
  const found: Referrer[] = []
  for (const set of document.setNames()) {
    for (const { kind, path, value: token } of rowsOfOutline(document.outline(set))) {
      if (kind !== 'token') continue
      const fields: Record<string, Json> = {}
      const value = valueOf(token)
      if (value !== undefined) {
        const changed = renameReferences(value, from, to)
        if (changed !== value) fields[spellingOf(token).value] = changed
      }
      const extensions = getKey(token, '$extensions')
      if (extensions !== undefined) {
        const changed = renameReferences(extensions, from, to)
        if (changed !== extensions) fields['$extensions'] = changed
      }
      if (Object.keys(fields).length > 0) found.push({ set, path, fields })
    }
  }
  return found
}

/** How many tokens refer to `name` or to something below it. */
export function countReferrers(document: IndexedDocument, name: string): number {
  return referrersOf(document, name, `${name}-`).length
}

/** The same object where nothing refers to `from`. */
export function renameReferences(value: Json, from: string, to: string): Json {
  if (typeof value === 'string') return renameInText(value, from, to)
  if (!isContainer(value)) return value
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map((item) => renameReferences(item, from, to))
    return items.some((item, i) => item !== (value as readonly Json[])[i]) ? items : value
  }
  const object = value as JsonObject
  const keys = keysOf(object)
  const members = keys.map((key) => getKey(object, key) as Json)
  const renamed = members.map((member) => renameReferences(member, from, to))
  return renamed.some((member, i) => member !== members[i]) ? objectFrom(keys, renamed) : value
}

function renameInText(text: string, from: string, to: string): string {
  return text.replace(/\{(\s*)([^{}]*?)(\s*)\}/g, (all, before: string, name: string, after: string) => {
    if (name === from) return `{${before}${to}${after}}`
    return name.startsWith(`${from}.`) ? `{${before}${to}${name.slice(from.length)}${after}}` : all
  })
}
