import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { createTokenDocument, type TokenDocument } from '../../src/doc/index.ts'
import { equalJson, parseJson, stringifyJson, toPlain } from '../../src/payload/ordered-json.ts'
import { corpusFiles, type CorpusFile } from '../support/corpora.ts'
import { nastyFiles } from '../support/corpora-nasty.ts'
import { generateTokenFile, tokenPlaces, type TokenPlace } from '../support/generated-tokens.ts'
import { createRandom } from '../support/random.ts'
import { payloadText } from '../support/replicas-changes.ts'
import { createVirtualClock } from '../support/virtual-clock.ts'

/** `document-model.md` 4, "Lossless": a file goes file → document → other replica → file and is the same file. */

const files: readonly CorpusFile[] = [
  ...corpusFiles(),
  ...nastyFiles(),
  ...(['dtcg', 'legacy', 'mixed'] as const).map((format) => ({
    name: `generated: ${format}`,
    text: generateTokenFile({ tokens: 2_000, seed: 3, format }),
  })),
]

const open = (lane: string): TokenDocument =>
  createTokenDocument(new Y.Doc(), { lane, now: createVirtualClock().now, random: createRandom(1).next })

function received(from: TokenDocument): TokenDocument {
  const other = open('otherone')
  Y.applyUpdate(other.ydoc, Y.encodeStateAsUpdate(from.ydoc))
  return other
}

/** A sample of tokens, the whole file where it is small. */
function someTokens(document: TokenDocument): TokenPlace[] {
  return createRandom(4).shuffle(tokenPlaces(document.getSnapshot())).slice(0, 12)
}

describe.each(files)('$name', ({ text }) => {
  const minified = stringifyJson(parseJson(text))

  it('comes out equal, key order included, here and at a teammate', () => {
    const a = open('firstone')
    a.import(text)
    expect(a.toText()).toBe(minified)
    const b = received(a)
    expect(b.state).toBe('whole')
    expect(b.toText()).toBe(minified)
    expect(b.getSnapshot()).toEqual(a.getSnapshot())
    expect(b.toJSON()).toEqual(b.getSnapshot())
  })

  it('comes out indented as asked', () => {
    const a = open('firstone')
    a.import(text)
    expect(a.toText({ indent: 2 })).toBe(stringifyJson(parseJson(text), 2))
  })

  it('is the same after an edit of every kind has been undone', () => {
    const a = open('firstone')
    a.import(text)
    const [first, second] = someTokens(a)
    a.addSet('a set of a test', { t: { $value: 1, $type: 'number' } })
    a.undo()
    if (first) {
      a.update(first.set, first.path, { $description: 'edited' })
      a.undo()
      a.remove(first.set, first.path)
      a.undo()
      a.rename(first.set, first.path, [...first.path.slice(0, -1), 'renamed-by-a-test'])
      a.undo()
    }
    if (second) {
      a.set(second.set, second.path, { $value: 'replaced', $type: 'other' })
      a.undo()
    }
    // Undo writes new facts; the fields of a token may stand in another order then.
    expect(payloadText(toPlain(parseJson(received(a).toText())))).toBe(payloadText(toPlain(parseJson(text))))
  })

  it('edits do not disturb the rest', () => {
    const a = open('firstone')
    a.import(text)
    const expected = parseJson(text)
    for (const { set, path } of someTokens(a)) {
      const before = a.get(set, path)!
      a.update(set, path, { 'x-test': 'edited' })
      expect(a.get(set, path)).toEqual({ ...before, 'x-test': 'edited' })
      a.update(set, path, { 'x-test': undefined })
    }
    const b = received(a)
    expect(equalJson(parseJson(b.toText()), expected, true)).toBe(true)
    expect(b.toText()).toBe(minified)
  })

  it('taken in again over another file gives that file', () => {
    const a = open('firstone')
    a.import(generateTokenFile({ tokens: 30, seed: 9, sets: 2 }))
    a.import(text, { mode: 'replace' })
    // The form stays the one the room began with; the tokens, themes and settings are the file's.
    const b = open('otherone')
    b.import(text)
    expect(received(a).getSnapshot().values).toEqual(b.getSnapshot().values)
    expect(received(a).getSnapshot().$themes).toEqual(b.getSnapshot().$themes)
  })
})

describe('snapshots', () => {
  it('put sets under values in the order of tokenSetOrder, whatever the form of the file', () => {
    const file =
      '{"b":{"t":{"$value":1}},"a":{"t":{"$value":2}},"late":{},"$schema":"s","$metadata":{"tokenSetOrder":["a","ghost","b"]}}'
    const document = open('firstone')
    document.import(file)
    const snapshot = document.getSnapshot()
    expect(Object.keys(snapshot.values)).toEqual(['a', 'b', 'late'])
    expect(document.setNames()).toEqual(['a', 'b', 'late'])
    expect(snapshot.$themes).toEqual([])
    expect(snapshot.$metadata.tokenSetOrder).toEqual(['a', 'ghost', 'b'])
    expect(document.toText()).toBe(file)
  })

  it('hold integer-like names in the order of JavaScript, the text in that of the file', () => {
    const file = '{"values":{"core":{"900":{"$value":1},"50":{"$value":2},"x":{"$value":3}}}}'
    const document = open('firstone')
    document.import(file)
    expect(Object.keys(document.getSnapshot().values['core']!)).toEqual(['50', '900', 'x'])
    expect(document.outline('core').map(({ path }) => path)).toEqual([['900'], ['50'], ['x']])
    document.update('core', ['50'], { $value: 'edited' })
    document.set('core', ['7'], { $value: 'new' }, { after: '900' })
    expect(document.toText()).toBe(
      '{"values":{"core":{"900":{"$value":1},"7":{"$value":"new"},"50":{"$value":"edited"},"x":{"$value":3}}}}',
    )
  })

  it('taken in from an object keep what JavaScript keeps', () => {
    const file = JSON.parse(generateTokenFile({ tokens: 50 })) as Parameters<TokenDocument['import']>[0]
    const document = open('firstone')
    document.import(file)
    expect(document.toText()).toBe(JSON.stringify(file))
  })

  it('a byte order mark and spaces around do not matter', () => {
    const file = '{"values":{"core":{"a":{"$value":1}}}}'
    const document = open('firstone')
    document.import(`\ufeff\n  ${file}\r\n`)
    expect(document.toText()).toBe(file)
  })
})
