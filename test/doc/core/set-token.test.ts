import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { createTokenDocument, type TokenDocument } from '../../../src/doc/token-document.ts'

const red = { $type: 'color', $value: '#f00' }
const blue = { $type: 'color', $value: '#00f' }

describe('a token of a set that is not there', () => {
  it('creates the set with it, behind the others, as one step', () => {
    const document = createTokenDocument()
    document.addSet('base', { space: { s: { $type: 'spacing', $value: '4px' } } })
    document.set('core', 'color.brand.500', red)
    expect(document.setNames()).toEqual(['base', 'core'])
    expect(document.get('core', [])).toEqual({ color: { brand: { 500: red } } })
    document.undo()
    expect(document.setNames()).toEqual(['base'])
  })

  it('is one set where two people create it at once, with the tokens of both', () => {
    const documents = [1, 2].map(() => createTokenDocument(new Y.Doc())) as [TokenDocument, TokenDocument]
    documents[0].set('core', 'color.red', red)
    documents[1].set('core', 'color.blue', blue)
    for (const [from, to] of [documents, documents.toReversed()] as [TokenDocument, TokenDocument][])
      Y.applyUpdate(to.ydoc, Y.encodeStateAsUpdate(from.ydoc))
    expect(documents[0].toText()).toBe(documents[1].toText())
    expect(documents[0].setNames()).toEqual(['core'])
    expect(documents[0].get('core', 'color')).toEqual({ red, blue })
  })

  it('is refused, and nothing written, where a name cannot be given', () => {
    const document = createTokenDocument()
    expect(() => document.set('', 'color.red', red)).toThrow(expect.objectContaining({ code: 'invalid-name' }))
    expect(() => document.set('core', ['color', '$red'], red)).toThrow(
      expect.objectContaining({ code: 'invalid-name' }),
    )
    expect(() => document.set('core', 'red', red, { after: 'nope' })).toThrow(
      expect.objectContaining({ code: 'not-found' }),
    )
    expect(document.state).toBe('empty')
    expect(Y.encodeStateAsUpdate(document.ydoc)).toEqual(Y.encodeStateAsUpdate(new Y.Doc()))
  })
})
