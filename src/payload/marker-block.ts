import { getKey, isObject, type JsonObject, withMember } from './ordered-json.ts'

/** Where the bridge's marker stands in `$metadata`. What is in it: `marker.ts`. */
export const markerKey = 'y-tokens'

/** The file without a marker; the same object where it has none. */
export function withoutMarker(file: JsonObject): JsonObject {
  const metadata = getKey(file, '$metadata')
  if (!isObject(metadata) || getKey(metadata, markerKey) === undefined) return file
  return withMember(file, '$metadata', withMember(metadata, markerKey, undefined))
}
