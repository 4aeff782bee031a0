/**
 * A bin that was created for a room before the room's tokens fit into it: our marker, and no tokens at all. Without `values`
 * it is no token file, so the plugin and every reader refuse it and keep what they have; a file of empty sets would empty them.
 */
import { canonicalHash } from '../payload/canonical-hash.ts'
import { type Marker, readMarker, withMarker } from '../payload/marker.ts'
import { isObject, type Json, type JsonObject, keysOf, objectFrom, stringifyJson } from '../payload/ordered-json.ts'

const bare: JsonObject = objectFrom(['$metadata'], [{}])

/** The record of such a bin. */
export function reservedRecord(marker: Marker): string {
  return stringifyJson(withMarker(bare, { ...marker, hash: canonicalHash(bare) }))
}

/** The document such a bin waits for; undefined for any other record. */
export function reservedFor(record: Json): string | undefined {
  if (!isObject(record) || keysOf(record).some((key) => key !== '$metadata')) return undefined
  const marker = readMarker(record)
  return marker?.hash === canonicalHash(record) ? marker.doc : undefined
}
