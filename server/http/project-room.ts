/** The payload of a room as text: its document is built, shown and thrown away. Runs in a thread, as it may take a while. */
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import * as Y from 'yjs'
import { factAccessOf } from '../../src/doc/fact-access.ts'
import { type TokenDocument, createTokenDocument } from '../../src/doc/token-document.ts'
import { stringifyJson } from '../../src/payload/ordered-json.ts'
import { projectForPlugin } from '../../src/payload/plugin-projection.ts'

/** `plugin`: what the Tokens Studio plugin always takes. `full`: what was imported and edited, byte for byte. */
export type SnapshotForm = 'plugin' | 'full'

export type RoomProjection =
  | {
      readonly kind: 'payload'
      readonly body: Uint8Array<ArrayBuffer>
      readonly gzip: Uint8Array<ArrayBuffer>
      /** Of the body; hex. */
      readonly hash: string
    }
  /** No tokens. `partial`: some of the document is still on its way. `schema-too-new`: a newer version wrote it. */
  | { readonly kind: 'empty' | 'partial' | 'schema-too-new' }

const factUnitsPerMs = 1_024

export function projectRoom(updates: readonly Uint8Array[], form: SnapshotForm): RoomProjection {
  const ydoc = new Y.Doc()
  ydoc.transact(() => {
    for (const update of updates) Y.applyUpdate(ydoc, update)
  })
  const document = createTokenDocument(ydoc)
  try {
    if (document.state !== 'whole') return { kind: document.state }
    const text = form === 'full' ? document.toText() : pluginText(document)
    return text === null || document.setNames().length === 0 ? { kind: 'empty' } : payloadOf(text)
  } finally {
    document.destroy()
    ydoc.destroy()
  }
}

/** The date comes from the newest fact, not from the clock: otherwise every request would get another ETag. */
function pluginText(document: TokenDocument): string | null {
  const { top } = factAccessOf(document).vectors()
  const updatedAt = top > 0 ? { updatedAt: new Date(Math.floor(top / factUnitsPerMs)).toISOString() } : {}
  const projection = projectForPlugin(document.getSnapshot(), updatedAt)
  return projection.isEmpty ? null : stringifyJson(projection.file)
}

function payloadOf(text: string): RoomProjection {
  const body = Uint8Array.from(Buffer.from(text))
  return {
    kind: 'payload',
    body,
    gzip: Uint8Array.from(gzipSync(body)),
    hash: createHash('sha256').update(body).digest('hex'),
  }
}
