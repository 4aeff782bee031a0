/** Runs in the browser: the editor on a document of its own, with the means for a test to play the others. */
import { defineTokenEditor } from '../../editor/define-token-editor.ts'
import { TokenEditor } from '../../editor/elements/token-editor.ts'
import { createTokenDocument } from '../../src/doc/index.ts'
import { createFakeTokens, savedStatus } from './fake-tokens.ts'

defineTokenEditor()
const editor = new TokenEditor()
document.body.append(editor)

/** Opens a room with these tokens. */
function open(text: string | null): ReturnType<typeof createFakeTokens> {
  const tokenDocument = createTokenDocument()
  if (text !== null) tokenDocument.import(text)
  const fake = createFakeTokens(tokenDocument)
  editor.tokens = fake.tokens
  return fake
}

Object.assign(globalThis, { editor, open, createTokenDocument, savedStatus })
