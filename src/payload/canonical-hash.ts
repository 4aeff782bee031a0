import { canonicalJson } from './canonical-json.ts'
import { withoutMarker } from './marker-block.ts'
import { getKey, isObject, type JsonObject, withMember } from './ordered-json.ts'
import { sha256Hex } from './sha256.ts'

/**
 * SHA-256 of the file's content in hex, as in the marker's `hash`: compact JSON with sorted keys, without the marker and
 * without `$metadata.updatedAt`. Over the content and not the bytes, since a store may write the JSON anew. Frozen with the
 * marker.
 */
export function canonicalHash(file: JsonObject): string {
  const bare = withoutMarker(file)
  const metadata = getKey(bare, '$metadata')
  if (!isObject(metadata)) return sha256Hex(canonicalJson(bare))
  return sha256Hex(canonicalJson(withMember(bare, '$metadata', withMember(metadata, 'updatedAt', undefined))))
}
