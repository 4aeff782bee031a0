/**
 * The record that goes into the bin: the document's projection with marker and date, and the snapshot of it that is stored
 * before it is sent.
 */
import { toBase64 } from 'lib0/buffer'
import { canonicalHash } from '../payload/canonical-hash.ts'
import { type Marker, markerVersion, withMarker } from '../payload/marker.ts'
import { getKey, isObject, type JsonObject, stringifyJson, withMember } from '../payload/ordered-json.ts'
import { checkPluginRules } from '../payload/plugin-rules.ts'
import { byteLength, largestSets, themesBytes } from '../payload/set-sizes.ts'
import { sha256Hex } from '../payload/sha256.ts'
import { type Block, blockOf, tooLargeBlock } from './blocked.ts'
import { contentOf, type DocumentView, type Lens } from './lens.ts'
import type { SnapHead } from './side-entries.ts'
import type { SnapshotContent } from './snapshot-content.ts'

export interface Body {
  /** Id of the snapshot, named by the marker. */
  readonly id: string
  readonly text: string
  readonly bytes: number
  readonly hash: string
  readonly marker: Marker
  readonly head: Omit<SnapHead, 'parent'>
  readonly content: SnapshotContent
}

export interface BodyParts {
  readonly lens: Lens
  readonly bin: string
  readonly id: string
  readonly doc: string
  readonly rev: number
  readonly epoch: number
  readonly by: string
  /** Wall-clock milliseconds here. */
  readonly now: number
  /** Those of the service where it has shown them. */
  readonly serverTime: number | undefined
}

/**
 * So far in the past that no designer's clock is behind it: the plugin refuses to save over a file that is not older than its
 * own clock. A clock that no service has confirmed may be ahead itself.
 */
const updatedAtMarginMs = 120_000
const unconfirmedMarginMs = 900_000
/** A longer state vector stands in the snapshot's entry only. */
const maxMarkerVectorBytes = 512
const largestSetCount = 3

export function composeBody({ lens, bin, id, doc, rev, epoch, by, now, serverTime }: BodyParts): Body {
  const view = lens.view()
  const { vv, top } = lens.access.vectors()
  const vector = lens.access.stateVector()
  const sv = toBase64(vector)
  const at = serverTime === undefined ? now - unconfirmedMarginMs : Math.min(now, serverTime) - updatedAtMarginMs
  const dated = withUpdatedAt(view.file, new Date(at).toISOString())
  const hash = canonicalHash(dated)
  const marker: Marker = {
    v: markerVersion,
    doc,
    id,
    rev,
    epoch,
    by,
    sv: vector.length > maxMarkerVectorBytes ? '' : sv,
    hash,
  }
  const file = withMarker(dated, marker)
  return {
    id,
    text: stringifyJson(file),
    bytes: byteLength(file),
    hash,
    marker,
    head: { kind: 'published', bin, top, sv, by, rev, order: orderDigest(view.file) },
    content: contentOf(view, vv),
  }
}

function withUpdatedAt(file: JsonObject, updatedAt: string): JsonObject {
  const metadata = getKey(file, '$metadata')
  return withMember(file, '$metadata', withMember(isObject(metadata) ? metadata : {}, 'updatedAt', updatedAt))
}

/** Stands for the order of keys, which neither the rows nor the hash see. */
export function orderDigest(file: JsonObject): string {
  return sha256Hex(stringifyJson(getKey(file, 'values') ?? {})).slice(0, 16)
}

/** Why the view must not be sent; null where it may. `limit` in bytes, undefined while none is known. */
export function blockAgainst(view: DocumentView, body: Body, limit: number | undefined): Block | null {
  const [violation] = checkPluginRules(view.file).filter(
    ({ effect, rule }) => effect !== 'corrupts' || rule === 'no-tokens',
  )
  if (violation?.rule === 'no-tokens') {
    return blockOf('rejected-by-plugin-rules', {
      message:
        'There are no tokens left. An empty bin would empty every designer’s file, so the bin keeps what it has.',
    })
  }
  if (violation) {
    const place = [violation.set ?? '', ...violation.path].join(' › ')
    return blockOf('rejected-by-plugin-rules', {
      message: `The plugin would refuse these tokens at ${place}: ${violation.reason}. They were not written.`,
    })
  }
  return limit !== undefined && body.bytes > limit ? tooLarge(view, body.bytes, limit) : null
}

export function tooLarge(view: DocumentView, bytes: number, limit: number): Block {
  return tooLargeBlock({
    bytes,
    limit,
    largestSets: largestSets(view.file, largestSetCount),
    themes: themesBytes(view.file),
  })
}
