import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { factAccessOf } from '../../src/doc/fact-access.ts'
import { inspectDocument } from '../../src/doc/inspection.ts'
import { tokenPlaces } from '../support/generated-tokens.ts'
import { sampleText } from '../support/generated-tokens-sample.ts'
import { laneFacts, readRoots, structCount } from '../support/replicas-facts.ts'
import { createReplicas, type Replica } from '../support/replicas.ts'

/** `document-model.md` 7: what stays, what grows and by how much, without any compaction. Budgets are measured by the bench. */

const bytesOf = ({ encode }: Replica): number => encode().length

describe('who only reads', () => {
  it('writes nothing, whatever he looks at', () => {
    const replicas = createReplicas({ count: 2, seed: 31, file: sampleText() })
    const [a, b] = replicas.all as [Replica, Replica]
    a.document.update('core', 'color.red', { $value: '{color.blue}' })
    replicas.sync()
    let updates = 0
    b.ydoc.on('update', () => updates++)
    const before = b.encode()
    const roots = [...b.ydoc.share.keys()].toSorted()
    const { document } = b
    const unsubscribe = document.subscribe(() => {})
    const snapshot = document.getSnapshot()
    document.toJSON()
    document.toText({ indent: 2 })
    document.toFiles()
    for (const { set, path } of tokenPlaces(snapshot)) {
      document.get(set, path)
      document.lastChange(set, path)
      document.references(path)
    }
    for (const set of [...document.setNames(), 'no such set']) document.outline(set)
    document.get('core', 'not.there')
    document.changesSince(snapshot)
    document.unresolved()
    inspectDocument(document)
    const access = factAccessOf(document)
    access.vectors()
    access.wholeSeeds()
    access.laneExists('nobody00')
    access.factsAt('/values/core/not/there')
    access.layerTexts('/values/core/color/red/$value')
    expect([document.conflicts, document.canUndo, document.canRedo]).toEqual([[], false, false])
    expect([document.undo(), document.redo()]).toEqual([false, false])
    document.setReadOnly('a guest')
    unsubscribe()
    document.destroy()
    expect(updates).toBe(0)
    expect(b.encode()).toEqual(before)
    expect([...b.ydoc.share.keys()].toSorted()).toEqual(roots)
    expect(b.ydoc.store.clients.has(b.ydoc.clientID)).toBe(false)
  })

  it('costs nothing, however often he comes: no client id, no lane, no root', () => {
    const replicas = createReplicas({ count: 1, seed: 32, file: sampleText() })
    const [a] = replicas.all as [Replica]
    a.document.update('core', 'color.red', { $value: 'A' })
    const before = bytesOf(a)
    for (let visit = 0; visit < 50; visit++) {
      a.restart()
      a.document.getSnapshot()
    }
    expect(bytesOf(a)).toBe(before)
  })
})

describe('what stays', () => {
  it('one fact for each register, whoever overwrites it how often', () => {
    const replicas = createReplicas({ count: 5, seed: 33, file: sampleText() })
    const paths = ['color.red', 'color.blue', 'color.brand.dark', 'space.s']
    for (const { document } of replicas.all) document.update('core', 'color.red', { $value: 'begin' })
    replicas.sync()
    for (let i = 0; i < 120; i++) {
      const { document } = replicas.random.pick(replicas.all)
      document.update('core', replicas.random.pick(paths), { $value: `v${i}` })
      replicas.clock.advance(10)
      replicas.sync()
    }
    const [first] = replicas.all as [Replica, ...Replica[]]
    const facts = replicas.all.flatMap(({ lane }) => laneFacts(first.ydoc, lane))
    expect(facts.length).toBe(replicas.all.length + paths.length)
    expect(structCount(first.ydoc)).toBeLessThanOrEqual(2 * (facts.length + 6) + 2 * replicas.all.length)
  })

  it('the header once for each lane, also after many sessions', () => {
    const replicas = createReplicas({ count: 1, seed: 34, file: sampleText() })
    const [a] = replicas.all as [Replica]
    for (let session = 0; session < 20; session++) {
      a.document.update('core', 'color.red', { $value: `session ${session}` })
      a.restart()
    }
    const facts = laneFacts(a.ydoc, a.lane)
    expect(facts.map(([id]) => id)).toEqual([`/~y/lanes/${a.lane}`, '/values/core/color/red/$value'])
  })
})

describe('what grows', () => {
  it('by a hundred bytes with each token created and deleted at one path', () => {
    const replicas = createReplicas({ count: 1, seed: 35, file: sampleText() })
    const [a] = replicas.all as [Replica]
    const before = bytesOf(a)
    const rounds = 200
    for (let i = 0; i < rounds; i++) {
      a.document.set('core', 'color.nu', { $value: `v${i}`, $type: 'color' })
      replicas.clock.advance(1_000)
      a.document.remove('core', 'color.nu')
      replicas.clock.advance(1_000)
    }
    expect((bytesOf(a) - before) / rounds).toBeLessThan(110)
  })

  it('by a kilobyte with the deletion of a group that forty devices have edited', () => {
    const replicas = createReplicas({ count: 40, seed: 36, file: sampleText() })
    for (const { document, index } of replicas.all) document.update('core', 'color.red', { [`x${index}`]: index })
    replicas.sync()
    const [a] = replicas.all as [Replica]
    const before = bytesOf(a)
    a.document.remove('core', 'color')
    expect(bytesOf(a) - before).toBeLessThan(1_300)
  })

  it('by a root with each merge of a foreign bin, and by a seed with each newer file taken in apart', () => {
    const replicas = createReplicas({ count: 2, seed: 37, file: sampleText() })
    const [a, b] = replicas.all as [Replica, Replica]
    const rootsBefore = readRoots(a.ydoc).size
    factAccessOf(a.document).putLane(
      'bin0123456789abc',
      [['/values/light/fg/$value', 'v', '"BIN"', 1_809_639_014_400_001]],
      () => false,
    )
    expect(readRoots(a.ydoc).size).toBe(rootsBefore + 1)
    const late = replicas.add()
    late.document.import(sampleText({ 'values/light/fg/$value': 'new', '$metadata/updatedAt': '2026-01-01T12:00:00Z' }))
    replicas.sync()
    expect([...readRoots(b.ydoc).keys()].filter((name) => name.startsWith('v1/seed/')).length).toBe(2)
    // Taken in by who already has tokens, a file is a difference and no seed.
    b.document.import(sampleText({ 'values/light/fg/$value': 'newer' }), { mode: 'merge' })
    expect([...readRoots(b.ydoc).keys()].filter((name) => name.startsWith('v1/seed/')).length).toBe(2)
  })

  it('by 25 bytes with each session that wrote', () => {
    const replicas = createReplicas({ count: 1, seed: 38, file: sampleText() })
    const [a] = replicas.all as [Replica]
    const sizes = Array.from({ length: 100 }, (_, session) => {
      a.restart()
      a.document.update('core', 'color.red', { $value: session % 2 === 0 ? 'aa' : 'bb' })
      return bytesOf(a)
    })
    expect(((sizes.at(-1) as number) - (sizes[9] as number)) / 90).toBeLessThan(25)
    expect(Y.decodeStateVector(Y.encodeStateVector(a.ydoc)).size).toBeGreaterThan(100)
  })
})
