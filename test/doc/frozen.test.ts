import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { createTokenDocument, type TokenDocument } from '../../src/doc/index.ts'
import { laneFacts, putFacts, readRoots } from '../support/replicas-facts.ts'
import { createVirtualClock, type VirtualClock } from '../support/virtual-clock.ts'

/**
 * The worked example of `document-model.md` 12, byte for byte. A change here is a change of the stored format: it needs
 * another major version in the root names and an upgrade path, not another expectation.
 */

const file =
  '{"values":{"core":{"color":{"red":{"$type":"color","$value":"#f00"},"blue":{"$type":"color","$value":"#00f"}},"space":{"m":{"$type":"dimension","$value":"8px"}}}},"$themes":[],"$metadata":{"tokenSetOrder":["core"],"updatedAt":"2026-01-01T00:00:00.000Z","version":"2.11.10"}}'

const seedName = 'v1/seed/0htgoopog00/83ba55463f0bc535'
const seedClientId = 3_205_219_637
const seedEntries = [
  [
    '',
    'c',
    '{"values":{"core":{}},"$themes":[],"$metadata":{"tokenSetOrder":["core"],"updatedAt":"2026-01-01T00:00:00.000Z","version":"2.11.10"}}',
    1_809_639_014_400_000,
    '[["/values/core","0642291aaf720e1e"]]',
  ],
  [
    '/values/core',
    'c',
    '{"color":{"red":{"$type":"color","$value":"#f00"},"blue":{"$type":"color","$value":"#00f"}},"space":{"m":{"$type":"dimension","$value":"8px"}}}',
    1_809_639_014_400_000,
  ],
]

const lane = 'k3v9q2ab'
const header = [`/~y/lanes/${lane}`, 'v', '{"user":"u1","name":"Ana","app":"golden"}', 1_809_760_727_040_000]
const edits = [
  ['/values/core/color/red/$value', 'v', '"#e00"', 1_809_760_727_040_000],
  ['/values/core/color/red', 'n', 'crimson', 1_809_760_788_480_000],
  ['/values/core/space/m', 'x', '{}', 1_809_760_849_920_000],
  ['/values/core/color/green', 'c', '{"$type":"color","$value":"#0f0"}', 1_809_760_911_360_000, 'a0VVV'],
]
const outcome = {
  core: {
    color: {
      crimson: { $type: 'color', $value: '#e00' },
      green: { $type: 'color', $value: '#0f0' },
      blue: { $type: 'color', $value: '#00f' },
    },
    space: {},
  },
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

function golden(): { readonly document: TokenDocument; readonly ydoc: Y.Doc; readonly clock: VirtualClock } {
  const clock = createVirtualClock(1_809_760_727_040_000 / 1024)
  const ydoc = new Y.Doc()
  ydoc.clientID = 1
  const document = createTokenDocument(ydoc, {
    lane,
    user: { id: 'u1', name: 'Ana' },
    app: 'golden',
    now: clock.now,
    random: () => 0.5,
  })
  document.import(file)
  return { document, ydoc, clock }
}

const actions: readonly ((document: TokenDocument) => void)[] = [
  (document) => document.update('core', 'color.red', { $value: '#e00' }),
  (document) => document.rename('core', 'color.red', 'color.crimson'),
  (document) => document.remove('core', 'space.m'),
  (document) => document.set('core', 'color.green', { $type: 'color', $value: '#0f0' }, { after: 'crimson' }),
]

describe('the worked example', () => {
  it('import: this root, these entries, this client id, 414 bytes', () => {
    const { ydoc } = golden()
    expect([...readRoots(ydoc)]).toEqual([[seedName, seedEntries]])
    const update = Y.encodeStateAsUpdate(ydoc)
    expect(update.length).toBe(414)
    const same = new Y.Doc()
    same.clientID = seedClientId
    same.getArray(seedName).push(seedEntries)
    expect(sha256(update)).toBe(sha256(Y.encodeStateAsUpdate(same)))
    expect(sha256(update)).toBe('80af41d573a1c0903c8a7262fe08b161bb68d2a20597b925a5957ba0c1bdd547')
  })

  it('edit, rename, delete, add: one fact each behind the header', () => {
    const { document, ydoc, clock } = golden()
    for (const [i, act] of actions.entries()) {
      act(document)
      expect(laneFacts(ydoc, lane)).toEqual([header, ...edits.slice(0, i + 1)])
      clock.advance(60_000)
    }
    expect(document.getSnapshot().values).toEqual(outcome)
    expect(JSON.stringify(document.getSnapshot().values)).toBe(JSON.stringify(outcome))
  })

  it('the lane is stored as these bytes', () => {
    const { document, ydoc, clock } = golden()
    const before = Y.encodeStateVector(ydoc)
    for (const act of actions) {
      act(document)
      clock.advance(60_000)
    }
    const same = new Y.Doc()
    same.clientID = 1
    putFacts(same, lane, header, edits[0]!)
    for (const edit of edits.slice(1)) putFacts(same, lane, edit)
    const update = Y.encodeStateAsUpdate(ydoc, before)
    expect(sha256(update)).toBe(sha256(Y.encodeStateAsUpdate(same)))
    expect(sha256(update)).toBe('0aa7baecd762b7907f3b551fae6283a3ab2aedaaa67e53c8d63cf1323150b81a')
  })

  it('another edit of red appends one fact and erases this one', () => {
    const { document, ydoc, clock } = golden()
    for (const act of actions) {
      act(document)
      clock.advance(60_000)
    }
    document.update('core', 'color.crimson', { $value: '#d00' })
    expect(laneFacts(ydoc, lane)).toEqual([
      header,
      ...edits.slice(1),
      ['/values/core/color/red/$value', 'v', '"#d00"', 1_809_760_972_800_000],
    ])
  })

  it('is read alike from the stored facts alone, without a header', () => {
    const ydoc = new Y.Doc()
    ydoc.getArray(seedName).push(seedEntries)
    putFacts(ydoc, lane, ...edits)
    const document = createTokenDocument(ydoc, { now: () => 0 })
    expect(document.getSnapshot().values).toEqual(outcome)
    expect(document.toText()).toBe(
      `{"values":${JSON.stringify(outcome)},"$themes":[],"$metadata":{"tokenSetOrder":["core"],"updatedAt":"2026-01-01T00:00:00.000Z","version":"2.11.10"}}`,
    )
  })

  it('the encoded sizes of the example hold for a lane without a header', () => {
    const ydoc = new Y.Doc()
    ydoc.clientID = seedClientId
    ydoc.getArray(seedName).push(seedEntries)
    ydoc.clientID = 2 ** 31 - 1
    const sizes = edits.map((edit) => {
      putFacts(ydoc, lane, edit)
      return Y.encodeStateAsUpdate(ydoc).length
    })
    expect(sizes.map((size, i) => size - (sizes[i - 1] ?? 414))).toEqual([80, 47, 40, 82])
  })
})

describe('a newer major version', () => {
  for (const root of ['v2/lane/abcdefgh', 'v2/anything', 'v10/seed/x'])
    it(`${root}: nothing is read or written`, () => {
      const { document, ydoc } = golden()
      ydoc.getArray(root).push(['from the future'])
      expect(document.state).toBe('schema-too-new')
      const before = Y.encodeStateAsUpdate(ydoc)
      for (const act of [
        ...actions,
        (it: TokenDocument): void => it.addSet('x'),
        (it: TokenDocument): void => it.import(file),
      ])
        expect(() => act(document)).toThrow(expect.objectContaining({ code: 'schema-too-new' }))
      expect(Y.encodeStateAsUpdate(ydoc)).toEqual(before)
      expect(document.undo()).toBe(false)
    })

  it('found on opening: nothing is read or written', () => {
    const ydoc = new Y.Doc()
    ydoc.getArray(seedName).push(seedEntries)
    ydoc.getArray('v2/lane/abcdefgh').push(['from the future'])
    const before = Y.encodeStateAsUpdate(ydoc)
    const document = createTokenDocument(ydoc)
    expect(document.state).toBe('schema-too-new')
    expect(() => document.update('core', 'color.red', { $value: 1 })).toThrow(
      expect.objectContaining({ code: 'schema-too-new' }),
    )
    expect(Y.encodeStateAsUpdate(ydoc)).toEqual(before)
  })
})

describe('what a minor version may add', () => {
  const additions = [
    ['/values/core/color/red', 'z', 'an unknown field', 1_809_760_727_040_000],
    ['/values/core/color/red/$value', 'v', '"longer"', 1_809_760_727_040_000, 'a0', 'sixth', { more: 1 }],
    ['/values/core/color/~zone', 'c', '{"$value":"reserved"}', 1_809_760_727_040_000, 'a0'],
    ['/~y/whatever/1', 'v', '{"a":1}', 1_809_760_727_040_000],
  ]

  it('is ignored where unknown, and never erased', () => {
    const { document, ydoc, clock } = golden()
    ydoc.getArray('v1/note/abcdefgh').push([['note1', 'a note']])
    ydoc.getArray('v1/future/x').push([1, 2, 3])
    putFacts(ydoc, 'otherlane', ...additions)
    const text = document.toText()
    expect(text).not.toContain('reserved')
    clock.advance(60_000)
    for (const act of actions) act(document)
    document.removeSet('core')
    const roots = readRoots(ydoc)
    expect(roots.get('v1/note/abcdefgh')).toEqual([['note1', 'a note']])
    expect(roots.get('v1/future/x')).toEqual([1, 2, 3])
    expect(roots.get('v1/lane/otherlane')).toEqual(additions)
  })
})
