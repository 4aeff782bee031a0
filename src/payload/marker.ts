/**
 * The bridge's block in a bin, `$metadata["y-tokens"]`: who wrote the file, from which state of which document. The plugin
 * strips it, so its absence means that somebody else wrote.
 *
 * Frozen format. History of `markerVersion`:
 * - 1: `{ v, doc, id, rev, epoch, by, sv, hash }`
 */
import * as z from 'zod/mini'
import { markerKey, withoutMarker } from './marker-block.ts'
import { getKey, isObject, type JsonObject, toPlain, withMember } from './ordered-json.ts'

export { markerKey, withoutMarker } from './marker-block.ts'

export const markerVersion = 1

export interface Marker {
  /** {@link markerVersion} of the writer; a later one is read as far as it has these fields. */
  readonly v: number
  /** Any id the document was ever known by. */
  readonly doc: string
  /** The snapshot's entry in the side document. */
  readonly id: string
  /** How many snapshots were published before; grows, but not by one where two bridges write. */
  readonly rev: number
  /** The lease under which it was written. */
  readonly epoch: number
  /** A label for people. */
  readonly by: string
  /** The document's state vector, base64; `''` where it is too long and stands in the snapshot's entry only. */
  readonly sv: string
  /** `canonicalHash` of the file. */
  readonly hash: string
}

const count = z.number().check(z.int(), z.nonnegative())
const markerSchema: z.ZodMiniType<Marker> = z.object({
  v: z.number().check(z.int(), z.positive()),
  doc: z.string(),
  id: z.string(),
  rev: count,
  epoch: count,
  by: z.string(),
  sv: z.string(),
  hash: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
})

/** The file's marker; undefined where it has none or a damaged one, both of which mean a foreign write. */
export function readMarker(file: JsonObject): Marker | undefined {
  const metadata = getKey(file, '$metadata')
  const block = isObject(metadata) ? getKey(metadata, markerKey) : undefined
  if (block === undefined) return undefined
  const parsed = markerSchema.safeParse(toPlain(block))
  return parsed.success ? parsed.data : undefined
}

/** The file with this marker as the last entry of `$metadata`. */
export function withMarker(file: JsonObject, marker: Marker): JsonObject {
  const bare = withoutMarker(file)
  const metadata = getKey(bare, '$metadata')
  const block: JsonObject = { ...marker }
  return withMember(bare, '$metadata', withMember(isObject(metadata) ? metadata : {}, markerKey, block))
}
