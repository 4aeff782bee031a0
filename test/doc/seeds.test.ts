import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { createTokenDocument, type TokenDocument } from '../../src/doc/index.ts'
import { peek, sampleText } from '../support/generated-tokens-sample.ts'
import { createRandom } from '../support/random.ts'
import { putFacts, readRoots, toFactTime } from '../support/replicas-facts.ts'
import { createReplicas } from '../support/replicas.ts'
import { createVirtualClock } from '../support/virtual-clock.ts'

/** `document-model.md` 2.4: a seed is the file itself, the same bytes on every machine, and checked entry by entry. */

type Entry = readonly [id: string, field: string, text: string, t: number, order?: string]

const time = toFactTime(Date.UTC(2026, 0, 1))
const fileOf = (text: string): TokenDocument => {
  const document = createTokenDocument(new Y.Doc(), { now: createVirtualClock().now })
  document.import(text)
  return document
}
const seedNames = (ydoc: Y.Doc): string[] => [...readRoots(ydoc).keys()].filter((name) => name.startsWith('v1/seed/'))
const seedOf = (ydoc: Y.Doc): readonly [name: string, entries: readonly Entry[]] => {
  const [name, ...others] = seedNames(ydoc)
  expect(others).toEqual([])
  return [name!, readRoots(ydoc).get(name!) as Entry[]]
}
const seedClient = (name: string): number => 2 ** 31 + Number(BigInt(`0x${name.split('/')[3]!}`) % 2n ** 31n)
const red = (document: TokenDocument): unknown => peek(document.getSnapshot(), 'values/core/color/red/$value')

/** A reader that gets these entries, in this order, under this root. */
function readerOf(name: string, entries: readonly unknown[]): TokenDocument {
  const ydoc = new Y.Doc()
  ydoc.getArray(name).push([...entries])
  return createTokenDocument(ydoc, { now: createVirtualClock().now })
}

describe('a seed', () => {
  it('holds the root, then each set, in one push under a client id of its own', () => {
    const { ydoc } = fileOf(sampleText())
    const [name, entries] = seedOf(ydoc)
    expect(entries.map(([id, field]) => [id, field])).toEqual([
      ['', 'c'],
      ['/values/core', 'c'],
      ['/values/light', 'c'],
      ['/values/dark', 'c'],
      ['/values/extra', 'c'],
    ])
    const whole = JSON.parse(sampleText()) as { values: Record<string, unknown> }
    const root = { ...whole, values: { core: {}, light: {}, dark: {}, extra: {} } }
    expect(entries[0]![2]).toBe(JSON.stringify(root))
    expect(entries[1]![2]).toBe(JSON.stringify(whole.values['core']))
    for (const entry of entries) expect(entry[3]).toBe(time)
    expect([...ydoc.store.clients.keys()]).toEqual([seedClient(name)])
    expect(ydoc.store.clients.get(seedClient(name))?.length).toBe(1)
  })

  it('is named by time and hash, and lists the digest of each set', () => {
    const [name, entries] = seedOf(fileOf(sampleText()).ydoc)
    const hex = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)
    const manifest = entries.slice(1).map(([id, , text]) => [id, hex(`${time}\n${id}\t${text}`)])
    expect(entries[0]![4]).toBe(JSON.stringify(manifest))
    expect(name).toBe(
      `v1/seed/${time.toString(36).padStart(11, '0')}/${hex(`${time}\n\t${entries[0]![2]}\n\t${JSON.stringify(manifest)}`)}`,
    )
  })

  it('in the form without values has its sets at the top', () => {
    const text =
      '{"$schema":"s","core":{"t":{"$value":1}},"b/c":{},"$metadata":{"tokenSetOrder":["b/c","core"]},"note":"n"}'
    const [, entries] = seedOf(fileOf(text).ydoc)
    expect(entries.map(([id, , entry]) => [id, entry])).toEqual([
      ['', '{"$schema":"s","core":{},"b/c":{},"$metadata":{"tokenSetOrder":["b/c","core"]},"note":"n"}'],
      ['/core', '{"t":{"$value":1}}'],
      ['/b~1c', '{}'],
    ])
  })

  it('keeps key order and rewrites only spaces and number spellings', () => {
    const text = '{ "values" : {"core": {"900":{"$value":1.0}, "50": {"$value":1e3}, "a":{"$value":"\\u0041\\/"}} } }'
    const [, entries] = seedOf(fileOf(text).ydoc)
    expect(entries[1]![2]).toBe('{"900":{"$value":1},"50":{"$value":1000},"a":{"$value":"A/"}}')
  })

  for (const [what, change, t] of [
    ['$metadata.updatedAt', { '$metadata/updatedAt': '2020-05-06T07:08:09.123Z' }, Date.UTC(2020, 4, 6, 7, 8, 9, 123)],
    [
      'the top-level updatedAt',
      { '$metadata/updatedAt': undefined, updatedAt: '2021-01-01T00:00:00Z' },
      Date.UTC(2021, 0),
    ],
    ['0 where there is neither', { '$metadata/updatedAt': undefined }, 0],
    ['0 where the date is none', { '$metadata/updatedAt': 'yesterday' }, 0],
    ['0 where a revision number stands', { '$metadata/updatedAt': undefined, '$metadata/version': 7 }, 0],
  ] as const)
    it(`has the time of ${what}`, () => {
      const [name, entries] = seedOf(fileOf(sampleText(change)).ydoc)
      expect(entries[0]![3]).toBe(toFactTime(t))
      expect(name.split('/')[2]).toBe(toFactTime(t).toString(36).padStart(11, '0'))
    })

  it('gives the same bytes on every machine, and nothing to say between two that took it in apart', () => {
    const replicas = createReplicas({ count: 2, seed: 5 })
    for (const { document } of replicas.all) document.import(sampleText())
    const [a, b] = replicas.all
    expect(a!.encode()).toEqual(b!.encode())
    expect(Y.encodeStateAsUpdate(a!.ydoc, Y.encodeStateVector(b!.ydoc)).length).toBeLessThanOrEqual(18)
  })

  it('written from a pretty file or from a minified one is the same', () => {
    const pretty = JSON.stringify(JSON.parse(sampleText()), null, 2)
    expect(seedNames(fileOf(pretty).ydoc)).toEqual(seedNames(fileOf(sampleText()).ydoc))
  })

  it('is written only into a document without one; later files become facts', () => {
    const document = fileOf(sampleText())
    const seed = seedOf(document.ydoc)
    document.import(sampleText({ 'values/core/color/red/$value': 'second' }), { mode: 'replace' })
    document.import(sampleText({ 'values/light/bg': undefined, '$metadata/updatedAt': '2026-01-01T12:00:00Z' }))
    document.update('core', 'color.red', { $value: 'edit' })
    document.removeSet('dark')
    expect(seedOf(document.ydoc)).toEqual(seed)
  })

  it('does not fill a document that has sets of its own', () => {
    const document = createTokenDocument(new Y.Doc(), { now: createVirtualClock().now })
    document.addSet('mine', { t: { $value: 1, $type: 'number' } })
    document.import(sampleText(), { mode: 'merge' })
    expect(seedNames(document.ydoc)).toEqual([])
    expect(document.setNames()).toEqual(expect.arrayContaining(['mine', 'core', 'light', 'dark', 'extra']))
    expect(red(document)).toBe('#f00')
  })
})

describe('a session', () => {
  it('has a client id below those of seeds', () => {
    for (const clientID of [2 ** 31, 2 ** 32 - 1, 3_205_219_637]) {
      const ydoc = new Y.Doc()
      ydoc.clientID = clientID
      createTokenDocument(ydoc).addSet('core')
      for (const client of ydoc.store.clients.keys()) expect(client).toBeLessThan(2 ** 31)
    }
  })
})

describe('half a seed', () => {
  it('shows what is there, says so, and becomes whole', () => {
    const [name, entries] = seedOf(fileOf(sampleText()).ydoc)
    const source = new Y.Doc()
    source.clientID = seedClient(name)
    const updates: Uint8Array[] = []
    source.on('update', (update: Uint8Array) => updates.push(update))
    for (const entry of entries) source.getArray(name).push([entry])

    const ydoc = new Y.Doc()
    const document = createTokenDocument(ydoc, { now: createVirtualClock().now })
    expect(document.state).toBe('empty')
    for (const update of updates.slice(0, 3)) Y.applyUpdate(ydoc, update)
    expect(document.state).toBe('partial')
    expect(Object.keys(document.getSnapshot().values)).toEqual(expect.arrayContaining(['core', 'light']))
    expect(document.getSnapshot().values['core']).toEqual(peek(JSON.parse(sampleText()), 'values/core'))
    for (const update of updates) Y.applyUpdate(ydoc, update)
    expect(document.state).toBe('whole')
    expect(document.toText()).toBe(sampleText())
  })

  it('takes edits, which stay when it becomes whole', () => {
    const [name, entries] = seedOf(fileOf(sampleText()).ydoc)
    const ydoc = new Y.Doc()
    ydoc.getArray(name).push(entries.slice(0, 2))
    const document = createTokenDocument(ydoc, { now: createVirtualClock().now })
    document.update('core', 'color.red', { $value: 'A' })
    expect(red(document)).toBe('A')
    ydoc.getArray(name).push(entries.slice(2))
    expect(document.state).toBe('whole')
    expect(document.toText()).toBe(sampleText({ 'values/core/color/red/$value': 'A' }))
  })

  it('does not hide a whole one, whatever their times', () => {
    const [oldName, oldEntries] = seedOf(fileOf(sampleText()).ydoc)
    const [newName, newEntries] = seedOf(
      fileOf(sampleText({ 'values/core/color/red/$value': 'new', '$metadata/updatedAt': '2026-01-01T10:00:00Z' })).ydoc,
    )
    const ydoc = new Y.Doc()
    ydoc.getArray(oldName).push([...oldEntries])
    ydoc.getArray(newName).push(newEntries.slice(0, 2))
    const document = createTokenDocument(ydoc, { now: createVirtualClock().now })
    expect(document.toText()).toBe(sampleText())
    ydoc.getArray(newName).push(newEntries.slice(2))
    expect(red(document)).toBe('new')
  })
})

describe('each entry is checked alone', () => {
  const [name, entries] = seedOf(fileOf(sampleText()).ydoc)
  const [, setEntry] = entries as [Entry, Entry]

  it('order and repetition do not matter', () => {
    for (const seed of [1, 2, 3]) {
      const shuffled = createRandom(seed).shuffle([...entries, ...entries])
      const document = readerOf(name, shuffled)
      expect(document.state).toBe('whole')
      expect(document.toText()).toBe(sampleText())
    }
  })

  it('strays spoil nothing', () => {
    const strays = [
      ['/values/evil', 'c', '{"t":{"$value":1}}', time],
      ['/values/core', 'v', '{}', time],
      ['/values/core/color/red/$value', 'v', '"evil"', time],
      ['', 'c', '{"values":{"evil":{}}}', time, '[["/values/evil","0000000000000000"]]'],
      null,
      7,
      'text',
      [],
      [null, null],
      { a: 1 },
    ]
    for (const list of [
      [...strays, ...entries],
      [...entries, ...strays],
    ]) {
      const document = readerOf(name, list)
      expect(document.state).toBe('whole')
      expect(document.toText()).toBe(sampleText())
    }
  })

  it('a forged copy in front hides nothing', () => {
    for (const forged of [
      ['/values/core', 'c', '{}', time],
      ['/values/core', 'c', setEntry[2], time + 1],
      ['/values/core', 'c', '{"evil":{"$value":1}}', time],
    ])
      expect(readerOf(name, [forged, ...entries]).toText()).toBe(sampleText())
  })

  it('a forged set is not shown', () => {
    const forged = entries.map((entry) =>
      entry[0] === '/values/core' ? [entry[0], 'c', '{"x":{"$value":1}}', time] : entry,
    )
    const document = readerOf(name, forged)
    expect(document.state).toBe('partial')
    expect(peek(document.getSnapshot(), 'values/core/x')).toBeUndefined()
  })

  it('a root whose name is not its hash is no seed', () => {
    for (const wrong of [
      name.replace(/[0-9a-f]{16}$/, '0123456789abcdef'),
      name.replace('v1/seed/0', 'v1/seed/1'),
      name.replace('v1/seed/', 'v1/seed/x'),
      `${name}/`,
      `${name}/UPPER`,
      'v1/seed/',
      `v2x/${name}`,
    ])
      expect(readerOf(wrong, entries).getSnapshot().values).toEqual({})
  })

  it('a copy under a lane counts like the seed itself', () => {
    const document = readerOf(`${name}/abcdefgh`, entries)
    expect(document.state).toBe('whole')
    expect(document.toText()).toBe(sampleText())
  })

  it('halves of two copies make a whole', () => {
    const ydoc = new Y.Doc()
    ydoc.getArray(name).push(entries.slice(0, 3))
    ydoc.getArray(`${name}/abcdefgh`).push([...entries.slice(0, 1), ...entries.slice(3)])
    const document = createTokenDocument(ydoc, { now: createVirtualClock().now })
    expect(document.state).toBe('whole')
    expect(document.toText()).toBe(sampleText())
  })
})

describe('a clash of client ids', () => {
  it('on taking a file in: the seed goes into a copy root under the session', () => {
    const [name] = seedOf(fileOf(sampleText()).ydoc)
    // Somebody's other seed has the same client id, so Yjs takes ours for known.
    const other = new Y.Doc()
    other.clientID = seedClient(name)
    other.getArray('elsewhere').push([1, 2, 3, 4, 5, 6, 7])
    const replicas = createReplicas({ count: 2, seed: 9 })
    const [a, b] = replicas.all
    a!.receive(Y.encodeStateAsUpdate(other))
    a!.document.import(sampleText())
    expect(a!.document.state).toBe('whole')
    expect(a!.document.toText()).toBe(sampleText())
    expect(seedNames(a!.ydoc)).toEqual([`${name}/${a!.lane}`])
    replicas.sync()
    expect(b!.document.toText()).toBe(sampleText())
  })

  it('a seed whose entries somebody erased is healed by taking the file in again', () => {
    const replicas = createReplicas({ count: 2, seed: 9, file: sampleText() })
    const [a, b] = replicas.all
    const [name] = seedOf(a!.ydoc)
    b!.ydoc.getArray(name).delete(0, 2)
    replicas.sync()
    expect(a!.document.state).toBe('partial')
    a!.document.import(sampleText())
    replicas.sync()
    for (const { document } of replicas.all) {
      expect(document.state).toBe('whole')
      expect(document.toText()).toBe(sampleText())
    }
  })

  it('… or by the next edit of whoever had it whole', () => {
    const replicas = createReplicas({ count: 2, seed: 9, file: sampleText() })
    const [a, b] = replicas.all
    expect(a!.document.toText()).toBe(sampleText())
    const [name] = seedOf(a!.ydoc)
    b!.ydoc.getArray(name).delete(0, 2)
    replicas.sync()
    a!.document.addSet('nu')
    replicas.sync()
    for (const { document } of replicas.all) {
      expect(document.state).toBe('whole')
      expect(red(document)).toBe('#f00')
      expect(document.setNames()).toEqual(['core', 'light', 'dark', 'extra', 'nu'])
    }
  })
})

describe('several seeds', () => {
  const versions = ['2026-01-01T00:00:00Z', '2026-01-01T01:00:00Z', '2026-01-01T02:00:00Z']

  it('an edit survives newer files that left the value, however many', () => {
    const replicas = createReplicas({ count: 3, seed: 4 })
    for (const [i, updatedAt] of versions.entries())
      replicas.all[i]!.document.import(
        sampleText({ '$metadata/updatedAt': updatedAt, 'values/core/space/s/$value': i }),
      )
    putFacts(replicas.all[0]!.ydoc, 'somebody', [
      '/values/core/color/red/$value',
      'v',
      '"edit"',
      toFactTime(Date.UTC(2026, 0, 1, 0, 30)),
    ])
    putFacts(replicas.all[0]!.ydoc, 'somebody', [
      '/values/core/space/s/$value',
      'v',
      '"edit"',
      toFactTime(Date.UTC(2026, 0, 1, 0, 30)),
    ])
    replicas.sync()
    for (const { document } of replicas.all) {
      expect(red(document)).toBe('edit')
      expect(peek(document.getSnapshot(), 'values/core/space/s/$value')).toBe(2)
    }
  })

  it('a value that changed and changed back counts as changed', () => {
    const replicas = createReplicas({ count: 3, seed: 4 })
    for (const [i, updatedAt] of versions.entries())
      replicas.all[i]!.document.import(
        sampleText({ '$metadata/updatedAt': updatedAt, 'values/core/color/red/$value': i === 1 ? 'between' : '#f00' }),
      )
    putFacts(replicas.all[0]!.ydoc, 'somebody', [
      '/values/core/color/red/$value',
      'v',
      '"edit"',
      toFactTime(Date.UTC(2026, 0, 1, 0, 30)),
    ])
    replicas.sync()
    for (const { document } of replicas.all) expect(red(document)).toBe('#f00')
  })

  it('what the newest lacks is deleted, with what was edited in it before', () => {
    const replicas = createReplicas({ count: 2, seed: 4 })
    const [a, b] = replicas.all
    a!.document.import(sampleText())
    replicas.clock.jumpTo(Date.UTC(2026, 0, 1, 0, 30))
    a!.document.update('core', 'color.brand.dark', { $value: 'early' })
    replicas.clock.advance(2_000)
    b!.document.import(
      sampleText({ '$metadata/updatedAt': '2026-01-01T00:30:01Z', 'values/core/color/brand': undefined }),
    )
    replicas.sync()
    expect(a!.document.get('core', 'color.brand')).toBeUndefined()
    replicas.clock.advance(60_000)
    // A later edit of what it lacks brings the whole token back, and only that.
    putFacts(b!.ydoc, 'somebody', [
      '/values/core/color/brand/light/$value',
      'v',
      '"late"',
      toFactTime(replicas.clock.now()),
    ])
    replicas.sync()
    expect(a!.document.get('core', 'color.brand')).toEqual({
      light: { $value: 'late', $type: 'color', $description: 'l' },
    })
    expect(b!.document.toText()).toBe(a!.document.toText())
  })

  it('of a token that the newest lacks, an edit comes back that a file after it had left alone', () => {
    const replicas = createReplicas({ count: 3, seed: 4 })
    for (const [i, updatedAt] of versions.entries())
      replicas.all[i]!.document.import(
        sampleText({ '$metadata/updatedAt': updatedAt, ...(i === 2 && { 'values/core/color/red': undefined }) }),
      )
    putFacts(
      replicas.all[0]!.ydoc,
      'somebody',
      ['/values/core/color/red/$value', 'v', '"edit"', toFactTime(Date.UTC(2026, 0, 1, 0, 30))],
      // Later than all files: it brings the token back whole.
      ['/values/core/color/red', 'n', 'crimson', toFactTime(Date.UTC(2026, 0, 1, 3))],
    )
    replicas.sync()
    for (const { document } of replicas.all)
      expect(document.get('core', 'color.crimson')).toEqual({
        $value: 'edit',
        $type: 'color',
        $description: 'brand red',
      })
  })
})
