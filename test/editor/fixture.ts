/** Runs in the browser: the editor on a document of its own, a teammate beside it, and the legs as a test says. */
import * as Y from 'yjs'
import { defineTokenEditor } from '../../editor/define-token-editor.ts'
import { TokenEditor } from '../../editor/elements/token-editor.ts'
import { createTokenDocument, type TokenDocument } from '../../src/doc/index.ts'
import { createFakeTokens, type FakeTokens, savedStatus } from './fake-tokens.ts'

export interface EditorWindow {
  readonly editor: TokenEditor
  /** The open room. */
  readonly room: FakeTokens
  /** A teammate's document, kept equal to the editor's. */
  readonly peer: TokenDocument
  readonly savedStatus: typeof savedStatus
  open(text: string | null): void
  /** Off: the two work apart until they are linked again. */
  setLinked(linked: boolean): void
}

defineTokenEditor()
const editor = new TokenEditor()
document.querySelector('main')?.append(editor)

function open(text: string | null): void {
  const own = new Y.Doc()
  const theirs = new Y.Doc()
  const shared = createTokenDocument(own, { user: { name: 'Ana Silva' } })
  if (text !== null) shared.import(text)
  const peer = createTokenDocument(theirs, { user: { name: 'Ben Okafor' } })
  Y.applyUpdate(theirs, Y.encodeStateAsUpdate(own))
  let isLinked = true
  const send = (from: Y.Doc, to: Y.Doc): void => {
    from.on('update', (update: Uint8Array, origin: unknown) => {
      if (isLinked && origin !== send) Y.applyUpdate(to, update, send)
    })
  }
  send(own, theirs)
  send(theirs, own)
  const setLinked = (linked: boolean): void => {
    isLinked = linked
    if (!linked) return
    Y.applyUpdate(theirs, Y.encodeStateAsUpdate(own), send)
    Y.applyUpdate(own, Y.encodeStateAsUpdate(theirs), send)
  }
  const room = createFakeTokens(shared)
  editor.tokens = room.tokens
  Object.assign(globalThis, { room, peer, setLinked })
}

Object.assign(globalThis, { editor, open, savedStatus })
