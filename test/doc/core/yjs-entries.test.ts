import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { createCore, type DocumentCore } from '../../../src/doc/document-core.ts'
import { removeNode, setToken, updateNode } from '../../../src/doc/edit-tokens.ts'
import { importFile } from '../../../src/doc/import-file.ts'
import {
  createEntries,
  createFastEntries,
  createPlainEntries,
  type Entries,
  type EntryChanges,
  type StoredEntry,
} from '../../../src/doc/yjs-entries.ts'
import { sampleText } from '../../support/generated-tokens-sample.ts'
import { createRandom, seedsToRun, withSeed, type Random } from '../../support/random.ts'
import { testEpoch } from '../../support/virtual-clock.ts'

/** The way past Yjs's public interface must do exactly what the public one does. */

interface Side {
  readonly ydoc: Y.Doc
  readonly entries: Entries
  /** What is there, as the entries tell it. */
  readonly present: Map<string, StoredEntry>
  readonly told: string[][]
}

const roots = ['v1/lane/aaaaaaaa', 'v1/lane/bbbbbbbb', 'v1/seed/x']

function createSide(create: (ydoc: Y.Doc) => Entries): Side {
  const ydoc = new Y.Doc()
  ydoc.clientID = 7
  const entries = create(ydoc)
  const present = new Map<string, StoredEntry>()
  const told: string[][] = []
  const key = ({ root, entry }: StoredEntry): string => `${root} ${JSON.stringify(entry)}`
  ydoc.on('afterTransaction', (transaction: Y.Transaction) => {
    const { added, removed }: EntryChanges = entries.changesOf(transaction)
    const opened = entries.open(entries.newRoots())
    for (const each of [...added, ...opened]) present.set(key(each), each)
    for (const each of removed) present.delete(key(each))
    const list = [...[...added, ...opened].map((each) => `+${key(each)}`), ...removed.map((each) => `-${key(each)}`)]
    if (list.length > 0) told.push(list.toSorted())
  })
  entries.open(roots)
  entries.newRoots()
  return { ydoc, entries, present, told }
}

function act(side: Side, random: Random, round: number): void {
  const { ydoc, entries, present } = side
  ydoc.transact(() => {
    for (let i = 1 + random.int(3); i > 0; i--) {
      const root = random.pick(roots)
      if (random.chance(0.6)) {
        entries.append(
          root,
          Array.from({ length: 1 + random.int(4) }, (_, n) => [`/e${round}.${i}.${n}`, 'v', '1', round]),
        )
      } else {
        const old = [...present.keys()].toSorted()
        const doomed = old.filter(() => random.chance(0.3)).map((key) => present.get(key) as StoredEntry)
        entries.erase(doomed)
        // Erasing what is gone already does nothing.
        entries.erase(doomed.slice(0, 1))
      }
    }
  })
}

describe('entries of root arrays', () => {
  it('are written, erased and told alike by both ways, byte for byte', () => {
    for (const seed of seedsToRun(30)) {
      withSeed(seed, () => {
        const fast = createSide(createFastEntries)
        const plain = createSide(createPlainEntries)
        for (const side of [fast, plain]) {
          const random = createRandom(seed)
          for (let round = 0; round < 25; round++) {
            act(side, random, round)
            if (round === 12) Y.applyUpdate(side.ydoc, remoteUpdate())
          }
        }
        expect(fast.told).toEqual(plain.told)
        expect([...fast.present.keys()].toSorted()).toEqual([...plain.present.keys()].toSorted())
        expect(Y.encodeStateAsUpdate(fast.ydoc)).toEqual(Y.encodeStateAsUpdate(plain.ydoc))
        for (const root of roots)
          expect(fast.ydoc.getArray(root).toArray()).toEqual(plain.ydoc.getArray(root).toArray())
      })
    }
  })

  it('can be read and written by index afterwards', () => {
    const { ydoc, entries, present } = createSide(createFastEntries)
    const root = roots[0] as string
    const array = ydoc.getArray(root)
    ydoc.transact(() => entries.append(root, [['a'], ['b'], ['c'], ['d']]))
    expect(array.get(2)).toEqual(['c'])
    ydoc.transact(() => entries.erase([present.get(`${root} ["b"]`) as StoredEntry]))
    expect(array.get(1)).toEqual(['c'])
    array.insert(1, [['x']])
    ydoc.transact(() => entries.append(root, [['e']]))
    expect(array.toArray()).toEqual([['a'], ['x'], ['c'], ['d'], ['e']])
    expect(array.length).toBe(5)
  })

  it('of a root that the application made another type are none', () => {
    for (const create of [createFastEntries, createPlainEntries]) {
      const ydoc = new Y.Doc()
      ydoc.getMap('v1/lane/aaaaaaaa').set('a', 1)
      expect(create(ydoc).open(['v1/lane/aaaaaaaa'])).toEqual([])
    }
  })

  it('exist also when all have been erased, and asking creates nothing', () => {
    const { ydoc, entries, present } = createSide(createEntries)
    const root = roots[1] as string
    ydoc.transact(() => entries.append(root, [['a']]))
    ydoc.transact(() => entries.erase([...present.values()]))
    expect(entries.exists(root)).toBe(true)
    expect(entries.exists('v1/lane/nobodyis')).toBe(false)
    expect(ydoc.share.has('v1/lane/nobodyis')).toBe(false)
  })
})

describe('a document', () => {
  const open = (create: (ydoc: Y.Doc) => Entries): DocumentCore => {
    const ydoc = new Y.Doc()
    ydoc.clientID = 7
    return createCore({
      ydoc,
      entries: create(ydoc),
      lane: 'aaaaaaaa',
      now: () => testEpoch,
      random: createRandom(3).next,
      onError: (error) => {
        throw error
      },
    })
  }
  const session = (core: DocumentCore): void => {
    importFile(core, sampleText())
    for (let i = 0; i < 12; i++)
      core.act('local', (it) => updateNode(it, 'core', ['color', i % 2 ? 'red' : 'blue'], { $value: `v${i}` }))
    core.act('local', (it) => setToken(it, 'core', ['color', 'nu'], { $value: 1 }, { after: 'red' }))
    core.act('local', (it) => removeNode(it, 'core', ['space']))
    core.undo.undo()
    core.undo.redo()
    Y.applyUpdate(core.ydoc, remoteUpdate())
    core.act('local', (it) => updateNode(it, 'core', ['color', 'red'], { $description: 'last' }))
  }

  it('stores the same bytes and shows the same either way', () => {
    const [fast, plain] = [open(createFastEntries), open(createPlainEntries)]
    session(fast)
    session(plain)
    expect(Y.encodeStateAsUpdate(plain.ydoc)).toEqual(Y.encodeStateAsUpdate(fast.ydoc))
    expect(plain.shown.snapshot()).toEqual(fast.shown.snapshot())
    expect(fast.shown.setPlace('core')).toBeDefined()
  })
})

function remoteUpdate(): Uint8Array {
  const ydoc = new Y.Doc()
  ydoc.clientID = 99
  ydoc.getArray('v1/lane/cccccccc').push([['/values/core/color/red/$value', 'v', '"remote"', testEpoch * 1024]])
  ydoc.getArray('v1/lane/bbbbbbbb').push([['/r', 'v', '1', 1]])
  return Y.encodeStateAsUpdate(ydoc)
}
