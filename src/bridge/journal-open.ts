/**
 * Conflicts that are still open: values of somebody else's that were not taken, of entries nobody dealt with, where the document
 * shows what it showed then. Whoever edits the field, or uses the other value, has decided.
 */
import type { FactAccess } from '../doc/fact-access.ts'
import type { TokenDocument } from '../doc/token-document.ts'
import { canonicalJson } from '../payload/canonical-json.ts'
import { getKey, isObject, type Json, parseJson } from '../payload/ordered-json.ts'
import { placeNow, spelledPath } from './journal-apply.ts'
import { fieldPath } from './row-fields.ts'
import type { KeptReason, KeptValue } from './side-entries.ts'
import { themePrefix } from './snapshot-content.ts'

/** Both sides wanted something else. What may be an old copy, and what is held in one piece, is asked about elsewhere. */
const conflicts: ReadonlySet<KeptReason> = new Set(['conflict', 'newer', 'type-changed', 'edit-beats-delete'])

export function isOpen(value: KeptValue, document: TokenDocument, access: FactAccess): boolean {
  const { role, field, place, ours, reason } = value
  if (!conflicts.has(reason) || role === 'order' || place.startsWith(themePrefix)) return false
  const { set, path, lives } = placeNow(access, value)
  if (!lives) return false
  if (role === 'name') return (path.at(-1) ?? set) === ours
  if (role !== 'field' || path.length === 0) return true
  const token = document.get(set, path)
  if (token === undefined) return false
  const shown = spelledPath(token, fieldPath(field)).reduce<Json | undefined>(
    (at, key) => (isObject(at) ? getKey(at, key) : undefined),
    token,
  )
  // A type may be spelled in another way than the plugin's.
  if (field === '$type') return true
  return ours === null
    ? shown === undefined
    : shown !== undefined && canonicalJson(shown) === canonicalJson(parseJson(ours))
}
