/**
 * Tokens read by URL, shown with everything the editor has and nothing that changes: a document of its own, in memory, that
 * refuses writes.
 */
import { createTokenDocument } from '../src/doc/index.ts'
import type { TokenDocument } from '../src/doc/token-document.ts'
import { loadSnapshot } from '../src/snapshot/index.ts'
import type { HeaderValue } from './model/request-headers.ts'

export interface SnapshotRequest {
  readonly url: string
  /** May hold a key: kept in memory, sent to `url` alone. */
  readonly headers: Readonly<Record<string, HeaderValue>>
}

export interface SnapshotView {
  readonly request: SnapshotRequest
  readonly document: TokenDocument
  /** When it was read, in milliseconds since 1970. */
  readonly at: number
}

export const snapshotReason = 'These tokens were read by URL: you can look at everything and change nothing.'

/** Reads the file anew. Rejects with the loader's error, or a `TokenError` where it holds no tokens. */
export async function openSnapshot(request: SnapshotRequest, signal?: AbortSignal): Promise<SnapshotView> {
  const loaded = await loadSnapshot(request.url, { headers: request.headers, ...(signal ? { signal } : {}) })
  const document = createTokenDocument()
  document.import(loaded)
  document.setReadOnly(snapshotReason)
  return { request, document, at: Date.now() }
}

export function closeSnapshot({ document }: SnapshotView): void {
  document.destroy()
  document.ydoc.destroy()
}
