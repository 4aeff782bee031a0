import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { createTokenDocument, isTokenError, type TokenDocument } from '../../../src/doc/index.ts'
import { laneFacts } from '../../support/replicas-facts.ts'
import { createRandom, seedsToRun, withSeed, type Random } from '../../support/random.ts'

/** A file taken in over another one: afterwards the document equals it, order included; undo gives the old one back. */

const names = ['a', 'b', 'c', 'd', 'e', '5', '10', 'x.y']

function randomToken(random: Random): unknown {
  const fields: [string, unknown][] = [['$type', random.pick(['color', 'dimension'])]]
  const kind = random.next()
  if (kind < 0.3) fields.push(['$value', { p: random.int(3), q: random.int(3), ...(random.chance(0.5) && { z: 1 }) }])
  else if (kind < 0.5) fields.push(['$value', [random.int(2), { k: random.int(2) }]])
  else fields.push(['$value', `v${random.int(3)}`])
  if (random.chance(0.4)) fields.push(['$description', `d${random.int(2)}`])
  return Object.fromEntries(random.shuffle(fields))
}

function randomGroup(random: Random, depth: number): unknown {
  const members: [string, unknown][] = random
    .shuffle(names)
    .slice(0, 1 + random.int(4))
    .map((name) => [name, depth > 0 && random.chance(0.4) ? randomGroup(random, depth - 1) : randomToken(random)])
  if (random.chance(0.3)) members.push(['$description', `g${random.int(2)}`])
  return Object.fromEntries(random.shuffle(members))
}

function randomFile(random: Random): string {
  const sets = random.shuffle(['s1', 's2', 's3', 's/4']).slice(0, 1 + random.int(4))
  const ids = random.shuffle(['t1', 't2', 't3']).slice(0, random.int(4))
  const selected = (): unknown =>
    Object.fromEntries(
      random
        .shuffle(sets)
        .slice(0, 2)
        .map((set) => [set, random.pick(['source', 'enabled'])]),
    )
  return JSON.stringify({
    values: Object.fromEntries(sets.map((set) => [set, randomGroup(random, 2)])),
    $themes: ids.map((id) => ({ id, name: `${id}${random.int(2)}`, selectedTokenSets: selected() })),
    $metadata: { tokenSetOrder: random.shuffle(sets) },
  })
}

/** An edit of any kind; refusals are fine. */
function editSomewhere(document: TokenDocument, random: Random): void {
  const set = random.pick(document.setNames())
  const rows = document.outline(set)
  if (rows.length === 0) return
  const { path } = random.pick(rows)
  const kind = random.int(5)
  try {
    if (kind === 0) document.rename(set, path, [...path.slice(0, -1), `renamed${random.int(3)}`])
    else if (kind === 1) document.remove(set, path)
    else if (kind === 2) document.move(set, path, random.pick(document.setNames()), path.slice(-1))
    else if (kind === 3) document.renameSet(set, random.pick(['s1', 's9', 's2']))
    else document.update(set, path, { $description: 'edited' })
  } catch (error) {
    if (!isTokenError(error)) throw error
  }
}

/** Equal up to the order of fields in tokens, which undo does not restore. */
function sorted(text: string): string {
  return JSON.stringify(JSON.parse(text), (_, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
}

describe('taking in a file in place of another', () => {
  it('is undone with the order that everything had', () => {
    const tokens = (keys: readonly string[]): Record<string, unknown> =>
      Object.fromEntries(keys.map((key) => [key, { $value: { x: key, y: 1 }, $type: 'color', $description: 'd' }]))
    const file = JSON.stringify({ values: { s: { ...tokens(['a', 'b']), $description: 'g', c: tokens(['d', 'e']) } } })
    for (const other of [
      { ...tokens(['a']), b: { $description: 'd', $type: 'color', $value: { y: 1, x: 'b' } }, $description: 'g' },
      { c: tokens(['e', 'd']), $description: 'g', ...tokens(['b', 'a']) },
      tokens(Array.from({ length: 30 }, (_, i) => `n${i}`)),
    ]) {
      const document = createTokenDocument()
      document.import(file)
      document.import(JSON.stringify({ values: { s: other } }), { mode: 'replace' })
      const replaced = document.toText()
      for (let round = 0; round < 2; round++) {
        document.undo()
        expect(document.toText()).toBe(file)
        document.redo()
        expect(document.toText()).toBe(replaced)
      }
    }
  })

  it('gives that file, order included, whatever was edited before; and back again', () => {
    for (const seed of seedsToRun(60))
      withSeed(seed, (random) => {
        const document = createTokenDocument(new Y.Doc(), { random: random.next })
        document.import(randomFile(random))
        for (let i = 0; i < 4; i++) editSomewhere(document, random)
        const before = document.toText()
        const file = randomFile(random)
        document.import(file, { mode: 'replace' })
        expect(document.toText()).toBe(file)
        expect(createTokenDocument(document.ydoc).toText()).toBe(file)
        document.undo()
        expect(sorted(document.toText())).toBe(sorted(before))
        document.redo()
        expect(sorted(document.toText())).toBe(sorted(file))
        document.undo()
        expect(sorted(document.toText())).toBe(sorted(before))
      })
  })

  it('that is the same again writes nothing', () => {
    const random = createRandom(1)
    const document = createTokenDocument(new Y.Doc(), { random: random.next })
    document.import(randomFile(random))
    const file = randomFile(random)
    document.import(file, { mode: 'replace' })
    const state = Y.encodeStateAsUpdate(document.ydoc)
    document.import(file, { mode: 'replace' })
    expect(Y.encodeStateAsUpdate(document.ydoc)).toEqual(state)
  })

  it('moves one set in the list by one fact, and takes over other members of the file', () => {
    const values = '{"values":{"a":{},"b":{},"c":{}}'
    const document = createTokenDocument(new Y.Doc(), { lane: 'abcdefgh' })
    document.import(`${values},"$metadata":{"tokenSetOrder":["a","b","c"]}}`)
    const file = `${values},"$metadata":{"tokenSetOrder":["c","a","b"]},"$more":{"x":1},"other":{"y":1}}`
    document.import(file, { mode: 'replace' })
    expect(document.toText()).toBe(file)
    const facts = laneFacts(document.ydoc, 'abcdefgh').filter(([id]) => !id.startsWith('/~y/'))
    expect(facts.map(([id, field]) => `${id} ${field}`)).toEqual(['/values/c q', '/$more v', '/other v'])
  })

  it('with its sets at the top takes over what is no set', () => {
    const document = createTokenDocument()
    document.import('{"a":{"t":{"$value":1}},"$more":{"x":1}}')
    const file = '{"a":{"t":{"$value":1}},"$more":{"x":2},"$new":{"z":1}}'
    document.import(file, { mode: 'replace' })
    expect(document.toText()).toBe(file)
  })

  it('leaves a token that was moved out of a group its content, where a token takes the group’s place', () => {
    const document = createTokenDocument()
    document.import('{"values":{"s":{"g":{"t":{"$value":1}},"h":{"u":{"$value":2}}}}}')
    document.move('s', 'g.t', 's', 'h.t')
    document.import('{"values":{"s":{"g":{"$value":3},"h":{"u":{"$value":2},"t":{"$value":1}}}}}', { mode: 'replace' })
    expect(document.getSnapshot().values).toEqual({
      s: { g: { $value: 3 }, h: { u: { $value: 2 }, t: { $value: 1 } } },
    })
  })
})

describe('merging a file in', () => {
  it('takes over what it has and keeps what it lacks', () => {
    const document = createTokenDocument()
    document.import(
      '{"values":{"s":{"a":{"$value":{"x":1,"y":2},"$type":"t"},"b":{"$value":1}},"o":{}},"$themes":[{"id":"t1","name":"A","selectedTokenSets":{"s":"source"}}],"$metadata":{"tokenSetOrder":["s","o"],"version":"1"}}',
    )
    document.import(
      '{"values":{"s":{"new":{"$value":0},"a":{"$value":{"y":3}}},"n":{"t":{"$value":1}}},"$themes":[{"id":"t2","name":"B","selectedTokenSets":{"n":"source"}},{"id":"t1","selectedTokenSets":{"n":"enabled"}}],"$metadata":{"tokenSetOrder":["n","s"],"version":"2"}}',
      { mode: 'merge' },
    )
    const snapshot = document.getSnapshot()
    expect(snapshot.values['s']).toEqual({
      new: { $value: 0 },
      a: { $value: { x: 1, y: 3 }, $type: 't' },
      b: { $value: 1 },
    })
    expect(Object.keys(snapshot.values['s'] as object)).toEqual(['new', 'a', 'b'])
    expect(document.setNames()).toEqual(['s', 'n', 'o'])
    expect(snapshot.$themes.map((theme) => (theme as { id: string }).id)).toEqual(['t2', 't1'])
    expect(snapshot.$themes[1]).toEqual({ id: 't1', name: 'A', selectedTokenSets: { s: 'source', n: 'enabled' } })
    expect(snapshot.$metadata['version']).toBe('2')
  })

  it('without a name for it gives the first themes of a document that has none', () => {
    const document = createTokenDocument()
    document.import('{"values":{"s":{"a":{"$value":1}}}}')
    document.import('{"values":{"s":{"a":{"$value":1}}},"$themes":[{"name":"A"}],"$metadata":{"tokenSetOrder":["s"]}}')
    expect(document.getSnapshot().$themes).toEqual([{ name: 'A' }])
    expect(document.setTheme({ name: 'B', selectedTokenSets: { s: 'enabled' } })).toMatch(/^[0-9a-z]{20}$/)
    expect(document.getSnapshot().$themes.map((theme) => (theme as { name: string }).name)).toEqual(['A', 'B'])
  })
})
