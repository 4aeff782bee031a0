import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { factAccessOf } from '../../src/doc/fact-access.ts'
import { type DocumentInspection, inspectDocument } from '../../src/doc/inspection.ts'
import { createTokenDocument, type TokenDocument } from '../../src/doc/token-document.ts'

const file = JSON.stringify({
  values: {
    core: { color: { red: { $type: 'color', $value: '#f00' }, blue: { $type: 'color', $value: '#00f' } } },
    dark: { bg: { $type: 'color', $value: '{color.blue}' } },
  },
  $themes: [{ id: 't1', name: 'Dark', selectedTokenSets: {} }],
  $metadata: { tokenSetOrder: ['core', 'dark'], updatedAt: '2026-01-01T00:00:00.000Z' },
})

const noon = Date.UTC(2026, 10, 24, 12)

function open(lane: string, name: string, time = noon, from?: TokenDocument): TokenDocument {
  const ydoc = new Y.Doc()
  if (from) Y.applyUpdate(ydoc, Y.encodeStateAsUpdate(from.ydoc))
  return createTokenDocument(ydoc, {
    lane,
    user: { id: `${name.toLowerCase()}@acme`, name },
    app: 'test',
    now: () => time,
  })
}

function sync(...documents: readonly TokenDocument[]): void {
  for (const from of documents)
    for (const to of documents) if (from !== to) Y.applyUpdate(to.ydoc, Y.encodeStateAsUpdate(from.ydoc))
}

function inspect(document: TokenDocument, changes = 10): DocumentInspection {
  return inspectDocument(document, { now: noon, changes })
}

describe('inspectDocument', () => {
  it('shows sets, who changed what last, seeds and lanes', () => {
    const ana = open('anaaaaaa', 'Ana')
    ana.import(file)
    const ben = open('beeeeeen', 'Ben', noon + 60_000, ana)
    ana.update('core', 'color.red', { $value: '#e00' })
    ben.set('core', 'space.m', { $type: 'dimension', $value: '8px' })
    sync(ana, ben)
    const seen = inspect(ana)
    expect(seen).toMatchObject({
      state: 'whole',
      format: 1,
      themes: 1,
      sets: [
        {
          name: 'core',
          tokens: 3,
          groups: 2,
          lastChange: { who: { lane: 'beeeeeen', name: 'Ben' }, when: noon + 60_000 },
        },
        { name: 'dark', tokens: 1, groups: 0, lastChange: null },
      ],
      changes: [
        { set: 'core', path: ['space', 'm'], who: { name: 'Ben' }, when: noon + 60_000 },
        { set: 'core', path: ['color', 'red'], who: { name: 'Ana' }, when: noon },
      ],
      conflicts: [],
      seeds: [{ savedAt: Date.UTC(2026, 0, 1), whole: true, active: true }],
      lanes: [
        {
          lane: 'beeeeeen',
          kind: 'device',
          user: 'ben@acme',
          name: 'Ben',
          app: 'test',
          facts: 3,
          newest: noon + 60_000,
        },
        { lane: 'anaaaaaa', kind: 'device', name: 'Ana', facts: 2, ignored: 0, newest: noon },
      ],
      ignored: {},
      farFuture: 0,
      roots: { newer: [], other: [] },
    })
    expect(inspect(ana, 1).changes).toHaveLength(1)
    expect(inspect(ana, 0).changes).toEqual([])
  })

  it('gives the size by part, which adds up', () => {
    const ana = open('anaaaaaa', 'Ana')
    ana.import(file)
    for (let i = 0; i < 100; i++) ana.update('core', 'color.red', { $value: `#${i}` })
    const { bytes, seeds, lanes, sessions } = inspect(ana)
    expect(bytes.total).toBe(Y.encodeStateAsUpdate(ana.ydoc).length)
    expect(bytes.seeds + bytes.lanes + bytes.rest).toBe(bytes.total)
    expect(bytes.seeds).toBe(seeds[0]?.bytes)
    expect(bytes.seeds).toBeGreaterThan(file.length)
    expect(bytes.lanes).toBe(lanes[0]?.bytes)
    expect([bytes.lanes > 100, bytes.rest > 0, bytes.rest < 300, sessions]).toEqual([true, true, true, 2])
  })

  it('counts a copy of a seed with it, and knows a seed that is there in part', () => {
    const ana = open('anaaaaaa', 'Ana')
    ana.import(file)
    const [name = ''] = factAccessOf(ana).wholeSeeds()
    const before = inspect(ana).bytes.seeds
    factAccessOf(ana).copySeed(name)
    expect(inspect(ana)).toMatchObject({ seeds: [{ bytes: before * 2 }], bytes: { seeds: before * 2 } })
    const half = new Y.Doc()
    half.getArray(name).push(ana.ydoc.getArray(name).toArray().slice(0, 2))
    expect(inspect(createTokenDocument(half))).toMatchObject({
      state: 'partial',
      seeds: [{ whole: false, active: false }],
      sets: [{ name: 'core' }],
    })
  })

  it('tells which of two files is in force', () => {
    const ana = open('anaaaaaa', 'Ana')
    ana.import(file)
    const ben = open('beeeeeen', 'Ben')
    ben.import(file.replace('2026-01-01', '2026-02-01').replace('#f00', '#f11'))
    sync(ana, ben)
    expect(inspect(ana).seeds).toMatchObject([
      { savedAt: Date.UTC(2026, 1, 1), whole: true, active: true },
      { savedAt: Date.UTC(2026, 0, 1), whole: true, active: false },
    ])
  })

  it('names a merge of a bin and a conflict', () => {
    const ana = open('anaaaaaa', 'Ana')
    ana.import(file)
    const ben = open('beeeeeen', 'Ben', noon, ana)
    ana.update('core', 'color.red', { $value: '#a00' })
    ben.update('core', 'color.red', { $value: '#b00' })
    factAccessOf(ana).putLane(
      'bin0123456789abc',
      [['/values/dark/bg/$value', 'v', '"#111"', (noon - 1_000) * 1024]],
      () => false,
    )
    sync(ana, ben)
    const { lanes, conflicts } = inspect(ana)
    expect(lanes.at(-1)).toMatchObject({ lane: 'bin0123456789abc', kind: 'bin', facts: 1 })
    expect(conflicts).toHaveLength(1)
  })

  it('counts what is ignored, by reason, and facts from the far future', () => {
    const ana = open('anaaaaaa', 'Ana')
    ana.import(file)
    const path = '/values/core/color/red'
    const entries: readonly (readonly [string, unknown])[] = [
      ['not-a-fact', 'text'],
      ['not-a-fact', [path, 'v', '"1"']],
      ['not-a-fact', [path, 'v', 7, 1]],
      ['unknown-field', [path, 'z', '"1"', 1]],
      ['unknown-field', [path, 'vc', '"1"', 1]],
      ['bad-id', ['core', 'v', '"1"', 1]],
      ['bad-id', ['/values', 'v', '"1"', 1]],
      ['bad-id', [`/${'x'.repeat(9_000)}`, 'v', '"1"', 1]],
      ['bad-id', ['/x'.repeat(600), 'v', '"1"', 1]],
      ['bad-time', [path, 'v', '"1"', 1.5]],
      ['bad-time', [path, 'v', '"1"', -1]],
      ['bad-order', [path, 'c', '{}', 1, 'a'.repeat(300)]],
      ['bad-order', [path, 'c', '{}', 1, null]],
      ['not-movable', [`${path}/$value`, 'n', 'x', 1]],
      ['bad-json', [path, 'v', '{', 1]],
      ['bad-json', [path, 'v', '['.repeat(600) + ']'.repeat(600), 1]],
    ]
    const expected: Record<string, number> = {}
    for (const [reason] of entries) expected[reason] = (expected[reason] ?? 0) + 1
    ana.ydoc.getArray('v1/lane/stranger').push(entries.map(([, entry]) => entry))
    ana.ydoc.getArray('v1/lane/stranger').push([[`${path}/$value`, 'v', '"#0f0"', (noon + 2 * 86_400_000) * 1024]])
    const seen = inspect(ana)
    expect(seen.ignored).toEqual(expected)
    expect(seen.lanes[0]).toMatchObject({ lane: 'stranger', facts: 1, ignored: entries.length })
    expect(seen.farFuture).toBe(1)
  })

  it('names roots that are not read, and survives shared types of others in ours', () => {
    const ana = open('anaaaaaa', 'Ana')
    ana.import(file)
    ana.ydoc.getMap('somebody').set('a', 1)
    ana.ydoc.getArray('v1/lane/*').push([1])
    ana.ydoc.getMap('v1/lane/mapmapmap').set('a', 1)
    ana.ydoc.getArray('v1/lane/stranger').push([new Y.Map(), new Uint8Array(3)])
    expect(inspect(ana)).toMatchObject({
      roots: { newer: [], other: ['somebody', 'v1/lane/*', 'v1/lane/mapmapmap'] },
      lanes: [{ lane: 'stranger', ignored: 2 }],
      ignored: { 'not-a-fact': 2 },
    })
    ana.ydoc.getArray('v2/lane/aaaaaaaa').push([1])
    expect(inspect(ana)).toMatchObject({ state: 'schema-too-new', roots: { newer: ['v2/lane/aaaaaaaa'] } })
  })

  it('writes nothing, also into an empty document', () => {
    const ydoc = new Y.Doc()
    const document = createTokenDocument(ydoc)
    expect(inspect(document)).toMatchObject({ state: 'empty', sets: [], seeds: [], lanes: [], sessions: 0 })
    expect([ydoc.share.size, Y.encodeStateAsUpdate(ydoc).length]).toEqual([0, 2])
    expect(() => inspectDocument({} as TokenDocument)).toThrow('not made by createTokenDocument')
  })
})
