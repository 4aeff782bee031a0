/**
 * Tokens read by URL, shown with everything the editor has and nothing that changes: a document of its own, in memory, that
 * refuses writes.
 */
import { createTokenDocument, type TokenDocument } from 'y-tokens/doc'
import { type LoadedSnapshot, loadSnapshot, type SnapshotHeaders } from 'y-tokens/snapshot'

export interface SnapshotRequest {
  readonly url: string
  /** May hold a key: kept in memory, sent to `url` alone. */
  readonly headers: SnapshotHeaders
}

export interface SnapshotView {
  readonly request: SnapshotRequest
  readonly document: TokenDocument
  readonly loaded: LoadedSnapshot
  /** When it was read, in milliseconds since 1970. */
  readonly at: number
}

const snapshotReason = 'These tokens were read by URL: you can look at everything and change nothing.'

/**
 * Reads the file and lets go of what was shown before. Asked for the same request again, a server may say that what is shown
 * still holds: then its document stays. Rejects with a `SnapshotError`, or a `TokenError` where it holds no tokens, and what
 * was shown before stays.
 */
export async function replaceSnapshot(before: SnapshotView | null, request: SnapshotRequest): Promise<SnapshotView> {
  const previous = before?.request === request ? before : null
  const loaded = await loadSnapshot(request.url, {
    headers: request.headers,
    ...(previous ? { previous: previous.loaded } : {}),
  })
  const at = Date.now()
  if (previous && loaded.notModified) return { ...previous, loaded, at }
  const document = createTokenDocument()
  document.import(loaded.text)
  document.setReadOnly(snapshotReason)
  if (before) closeSnapshot(before)
  return { request, document, loaded, at }
}

export function closeSnapshot({ document }: SnapshotView): void {
  document.destroy()
  document.ydoc.destroy()
}
