import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { createTokenDocument, type TokenDocument } from '../../src/doc/index.ts'
import { parseTokenFile } from '../../src/payload/file-form.ts'
import { splitFile } from '../../src/payload/token-files.ts'
import { corpusFiles } from '../support/corpora.ts'
import { nastyFiles } from '../support/corpora-nasty.ts'
import { sampleText } from '../support/generated-tokens-sample.ts'
import { generateTokenFile } from '../support/generated-tokens.ts'

/** `design.md` 3.1: a document takes in a map of files and gives one. */

const open = (): TokenDocument => createTokenDocument(new Y.Doc())

function received(from: TokenDocument): TokenDocument {
  const other = open()
  Y.applyUpdate(other.ydoc, Y.encodeStateAsUpdate(from.ydoc))
  return other
}

describe('every file, split into files', () => {
  const files = [
    ...corpusFiles(),
    ...nastyFiles(),
    { name: 'generated', text: generateTokenFile({ tokens: 500, seed: 4 }) },
  ]
  it.each(files)('goes through a document and another replica unchanged: $name', ({ text }) => {
    const whole = open()
    whole.import(text)
    const folder = whole.toFiles()
    const document = open()
    document.import(folder)
    const again = received(document)
    expect(again.toFiles()).toEqual(folder)
    // The one file of all of them, too, whatever form it came in.
    expect(again.getSnapshot().values).toEqual(whole.getSnapshot().values)
    expect(again.getSnapshot().$themes).toEqual(whole.getSnapshot().$themes)
    const isAdded = folder.has('$metadata.json') && !text.includes('"tokenSetOrder"')
    if (parseTokenFile(text).form === 'single' && !isAdded)
      expect(JSON.parse(again.toText())).toEqual(JSON.parse(whole.toText()))
  })
})

describe('files', () => {
  const folder = new Map([
    ['$themes.json', '[]'],
    ['$metadata.json', '{\n  "tokenSetOrder": [\n    "z",\n    "a/b",\n    "gone"\n  ],\n  "x": 1\n}'],
    ['a/b.json', '{\n  "t": {\n    "$value": "{s}"\n  }\n}'],
    ['extra.json', '{}'],
    ['z.json', '{\n  "s": {\n    "$value": 1\n  }\n}'],
  ])

  it('fill an empty document with the same seed everywhere', () => {
    const a = open()
    const b = open()
    a.import(folder)
    b.import(new Map([...folder].toReversed()))
    expect(Y.encodeStateAsUpdate(a.ydoc)).toEqual(Y.encodeStateAsUpdate(b.ydoc))
    expect(a.setNames()).toEqual(['z', 'a/b', 'extra'])
    expect(a.toFiles()).toEqual(folder)
    expect(a.toText()).toMatch(/^\{"values":\{"z":.*,"a\/b":.*,"extra":/)
    expect(a.toFiles({ indent: 0 }).get('z.json')).toBe('{"s":{"$value":1}}')
  })

  it('into other tokens are one undoable step', () => {
    // A set that is made in a document with an order is always listed there.
    const listed = new Map([...folder].filter(([path]) => path !== 'extra.json'))
    for (const file of [sampleText(), '{"core":{"t":{"$value":1}},"$schema":"s"}']) {
      const document = open()
      document.import(file)
      document.import(listed, { mode: 'replace' })
      expect(Object.fromEntries(received(document).toFiles())).toEqual(Object.fromEntries(listed))
      document.undo()
      expect(JSON.parse(document.toText())).toEqual(JSON.parse(file))
    }
  })

  it('merged leave what they lack', () => {
    const document = open()
    document.import(sampleText())
    document.import(new Map([['core.json', '{"color":{"red":{"$value":"new"}}}']]))
    const expected = splitFile(parseTokenFile(sampleText({ 'values/core/color/red/$value': 'new' })))
    expect(document.toFiles()).toEqual(expected)
  })

  it('follow edits: a set renamed, added and removed is a file', () => {
    const document = open()
    document.import(folder)
    document.renameSet('a/b', 'c/d')
    document.addSet('new', { t: { $value: 2 } })
    document.removeSet('extra')
    expect([...document.toFiles().keys()].toSorted()).toEqual([
      '$metadata.json',
      '$themes.json',
      'c/d.json',
      'new.json',
      'z.json',
    ])
    expect(JSON.parse(document.toFiles().get('$metadata.json')!)).toEqual({
      tokenSetOrder: ['z', 'c/d', 'new', 'gone'],
      x: 1,
    })
  })

  it('of which one is bad write nothing, in an empty document and in another', () => {
    const bad = new Map([...folder, ['b/c.json', '{"t":']])
    for (const file of ['', sampleText()]) {
      const document = open()
      if (file !== '') document.import(file)
      const before = Y.encodeStateAsUpdate(document.ydoc)
      const text = document.toText()
      expect(() => document.import(bad, { mode: 'replace' })).toThrow(
        expect.objectContaining({ code: 'invalid-file', details: expect.objectContaining({ file: 'b/c.json' }) }),
      )
      expect(Y.encodeStateAsUpdate(document.ydoc)).toEqual(before)
      expect(document.toText()).toBe(text)
    }
  })

  it('of an empty document are none', () => {
    expect(open().toFiles().size).toBe(0)
  })

  it('are not mistaken for an object that keeps its key order', () => {
    for (const text of ['{"values":{"9":{"2":{"$value":1}}}}', '{"9":{"a":{"$value":1}},"2":{"1":{"$value":2}}}']) {
      const document = open()
      document.import(parseTokenFile(text).root)
      expect(document.toText()).toBe(text)
    }
  })
})
