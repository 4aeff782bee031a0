/** What linking a bin would do, told before anything is touched: both sizes, and how the tokens differ. */
import { byteLength } from '../payload/set-sizes.ts'
import type { JsonObject } from '../payload/ordered-json.ts'
import { equalRow, type PluginRows } from '../payload/plugin-rows.ts'
import type { BinRegistry } from './bin-registry.ts'
import { classify } from './classify.ts'
import type { Lens } from './lens.ts'

export interface TokensSize {
  readonly tokens: number
  readonly sets: number
  readonly bytes: number
}

export interface BinPreview {
  /** `ours`: this room wrote it. `reserved`: made for this room, and still without tokens. */
  readonly holds: 'tokens' | 'ours' | 'other-document' | 'reserved' | 'blank' | 'invalid'
  /** Null where it holds no tokens. */
  readonly bin: TokensSize | null
  readonly room: TokensSize
  /** Tokens that the bin has and the room lacks, that differ, and that the room has alone. */
  readonly added: number
  readonly changed: number
  readonly removed: number
}

export function previewOf(
  record: string,
  { lens, registry }: { readonly lens: Lens; readonly registry: BinRegistry },
): BinPreview {
  const reading = classify(record, (doc) => registry.isOurDocument(doc))
  const { rows, file } = lens.view()
  const room = sizeOf(rows, file)
  if (!('rows' in reading)) {
    const holds = reading.kind === 'corrupt' ? 'invalid' : reading.kind
    return { holds, bin: null, room, added: 0, changed: 0, removed: room.tokens }
  }
  const theirs = reading.rows.tokens
  const inBoth = [...theirs].filter(([key]) => rows.tokens.has(key))
  return {
    holds: reading.kind === 'ours' ? 'ours' : reading.kind === 'otherDocument' ? 'other-document' : 'tokens',
    bin: sizeOf(reading.rows, reading.file),
    room,
    added: theirs.size - inBoth.length,
    changed: inBoth.filter(([key, row]) => !equalRow(row, rows.tokens.get(key))).length,
    removed: rows.tokens.size - inBoth.length,
  }
}

function sizeOf({ tokens, sets }: PluginRows, file: JsonObject): TokensSize {
  return { tokens: tokens.size, sets: sets.length, bytes: byteLength(file) }
}
