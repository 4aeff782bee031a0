import { readFile, stat } from 'node:fs/promises'
import * as Y from 'yjs'
import { createTokenDocument, type TokenDocument } from '../src/doc/index.ts'
import { isTokenError } from '../src/payload/token-error.ts'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import { usageError } from './flags.ts'
import { readTokenSource } from './token-source.ts'

export interface FileSource {
  /** `tokens`: a token file. `document`: the state of a Y.Doc, as Yjs encodes it. */
  readonly kind: 'tokens' | 'document'
  readonly document: TokenDocument
}

/** The document in a file, or the one that a token file makes. Throws a `CliError` that names the file and what to do. */
export async function readDocumentFile(path: string): Promise<FileSource> {
  const bytes = await readBytes(path)
  if (bytes && !looksLikeText(bytes)) return { kind: 'document', document: readState(path, bytes) }
  try {
    const source = await readTokenSource(path)
    const document = createTokenDocument()
    document.import(source)
    return { kind: 'tokens', document }
  } catch (error) {
    // A state may begin with the byte of a brace.
    const document = bytes && error instanceof CliError ? stateOrNull(bytes) : null
    if (document) return { kind: 'document', document }
    if (isTokenError(error)) throw new CliError(exitCodes.invalid, error.code, `${path}: ${error.message}`)
    throw error
  }
}

/** Null for a folder, which is for the reader of token files. */
async function readBytes(path: string): Promise<Uint8Array | null> {
  try {
    return (await stat(path)).isDirectory() ? null : await readFile(path)
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    const reason = isMissing ? 'There is no such file' : 'It cannot be read'
    throw usageError(
      `${path}: ${reason}. Give the path of a token file or of an encoded document; to look into a room, add --relay URL.`,
    )
  }
}

function looksLikeText(bytes: Uint8Array): boolean {
  const start = new TextDecoder().decode(bytes.subarray(0, 64)).replace(/^\ufeff/, '')
  return bytes.length === 0 || /^\s*[[{<"]/.test(start)
}

function readState(path: string, bytes: Uint8Array): TokenDocument {
  if (new TextDecoder().decode(bytes.subarray(0, 15)) === 'SQLite format 3') {
    throw new CliError(
      exitCodes.invalid,
      'invalid-file',
      `${path}: This is a database, perhaps a relay's. Start the relay on its folder, and inspect a room with --relay URL.`,
    )
  }
  const document = stateOrNull(bytes)
  if (document) return document
  throw new CliError(
    exitCodes.invalid,
    'invalid-file',
    `${path}: This is neither a token file nor an encoded document. Give JSON, or the bytes that Y.encodeStateAsUpdate gives.`,
  )
}

/** Null for bytes that are no state of a document, or of one that holds something else than tokens. */
function stateOrNull(bytes: Uint8Array): TokenDocument | null {
  const ydoc = new Y.Doc()
  try {
    Y.applyUpdate(ydoc, bytes)
  } catch {
    // Yjs throws whatever its decoder stumbles over.
    return null
  }
  const isOurs = [...ydoc.share.keys()].some((root) => /^v\d+\//.test(root))
  return isOurs ? createTokenDocument(ydoc) : null
}
