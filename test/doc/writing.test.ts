import { beforeEach, describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { createTokenDocument, type TokenDocument } from '../../src/doc/index.ts'
import { peek, sampleText } from '../support/generated-tokens-sample.ts'
import { laneFacts, putFacts, readRoots, tokenFacts, toFactTime } from '../support/replicas-facts.ts'
import { createReplicas, type Replica, type Replicas } from '../support/replicas.ts'

/** `document-model.md` 2.2 and 6: what an action writes and what it erases. */

let replicas: Replicas
let replicaA: Replica
let replicaB: Replica
let a: TokenDocument
let b: TokenDocument
const step = (ms = 1_000): void => replicas.clock.advance(ms)
const sync = (): void => {
  replicas.sync()
  step()
}
/** `[id, field, text]` of every fact about tokens, in whichever lane. */
const facts = (replica: Replica): string[][] => tokenFacts(replica.ydoc).map(({ fact }) => fact.slice(0, 3).map(String))
const red = '/values/core/color/red'

beforeEach(() => {
  replicas = createReplicas({ count: 2, seed: 21, file: sampleText() })
  replicaA = replicas.all[0]!
  replicaB = replicas.all[1]!
  a = replicaA.document
  b = replicaB.document
})

describe('one action', () => {
  const actions: readonly (readonly [string, (document: TokenDocument) => void])[] = [
    ['set, new', (document) => document.set('core', 'new.group.token', { $value: 1, $type: 'number' })],
    ['set, existing', (document) => document.set('core', 'color.red', { $value: 'A', $type: 'color', zz: 1 })],
    [
      'update',
      (document) =>
        document.update('core', 'type.h1', { $value: { fontSize: 'A', lineHeight: 'B' }, $description: 'C' }),
    ],
    ['remove', (document) => document.remove('core', 'color')],
    ['rename', (document) => document.rename('core', 'color', 'colour')],
    ['rename that moves', (document) => document.rename('core', 'color.red', 'space.rosso')],
    ['move', (document) => document.move('core', 'color', 'extra', 'paint')],
    ['reorder', (document) => document.reorder('core', 'space.l', { before: 's' })],
    ['addSet', (document) => document.addSet('nu', { t: { $value: 1 } }, { before: 'light' })],
    ['removeSet', (document) => document.removeSet('light')],
    ['renameSet', (document) => document.renameSet('light', 'day')],
    ['reorderSets', (document) => document.reorderSets(['extra', 'dark', 'light', 'core'])],
    ['setTheme, new', (document) => void document.setTheme({ name: 'N', selectedTokenSets: { core: 'source' } })],
    ['setTheme, existing', (document) => void document.setTheme({ id: 'th1', name: 'N', group: 'G' })],
    ['removeTheme', (document) => document.removeTheme('th1')],
    ['reorderThemes', (document) => document.reorderThemes(['th2', 'th1'])],
    ['import', (document) => document.import(sampleText({ 'values/core/color/red/$value': 'F', 'values/nu': {} }))],
    ['undo', (document) => void document.undo()],
    ['redo', (document) => void document.redo()],
  ]
  for (const [name, act] of actions)
    it(`${name}: one transaction, one stamp, appended to the own lane, one batch of changes`, () => {
      if (name === 'undo' || name === 'redo') {
        a.update('core', 'color.red', { $value: 'A' })
        step()
        if (name === 'redo') a.undo()
        step()
      }
      const before = new Set(laneFacts(replicaA.ydoc, replicaA.lane).map((fact) => JSON.stringify(fact)))
      const text = a.toText()
      let updates = 0
      let batches = 0
      replicaA.ydoc.on('update', () => updates++)
      a.subscribe(() => batches++)
      act(a)
      expect(a.toText()).not.toBe(text)
      expect([updates, batches]).toEqual([1, 1])
      const added = laneFacts(replicaA.ydoc, replicaA.lane).filter((fact) => !before.has(JSON.stringify(fact)))
      expect(added.length).toBeGreaterThan(0)
      expect(new Set(added.map((fact) => fact[3])).size).toBe(1)
      expect([...readRoots(replicaA.ydoc).keys()].filter((root) => root.startsWith('v1/lane/'))).toEqual([
        `v1/lane/${replicaA.lane}`,
      ])
    })

  it('that changes nothing writes nothing', () => {
    const before = replicaA.encode()
    a.update('core', 'color.red', { $value: '#f00', $description: 'brand red' })
    a.set('core', 'color.red', { $value: '#f00', $type: 'color', $description: 'brand red' })
    a.reorderSets(['core', 'light', 'dark', 'extra'])
    a.reorderThemes(['th1', 'th2'])
    a.renameSet('light', 'light')
    a.rename('core', 'color', 'color')
    a.setTheme({ id: 'th1', name: 'Light' })
    a.import(sampleText(), { mode: 'replace' })
    a.transact(() => 1)
    expect(replicaA.encode()).toEqual(before)
    expect(a.canUndo).toBe(false)
  })

  it('of several writes to one register keeps the last', () => {
    a.transact(() => {
      for (const value of ['1', '2', '3']) a.update('core', 'color.red', { $value: value })
    })
    expect(facts(replicaA)).toEqual([[`${red}/$value`, 'v', '"3"']])
  })

  it('touches only what it names', () => {
    a.update('core', 'type.h1', { $value: { fontSize: 'A' } })
    expect(facts(replicaA)).toEqual([['/values/core/type/h1/$value/fontSize', 'v', '"A"']])
  })

  it('moving a set writes only that set', () => {
    a.reorderSets(['core', 'extra', 'light', 'dark'])
    expect(new Set(facts(replicaA).map(([id]) => id))).toEqual(new Set(['/values/extra']))
    expect(new Set(facts(replicaA).map(([, field]) => field))).toEqual(new Set(['p', 'q']))
  })

  it('taking in a file writes the difference only', () => {
    a.import(sampleText({ 'values/core/color/red/$value': 'F', 'values/core/space/s': undefined }), { mode: 'replace' })
    expect(facts(replicaA).map(([id, field]) => [id, field])).toEqual(
      expect.arrayContaining([
        [`${red}/$value`, 'v'],
        ['/values/core/space/s', 'x'],
      ]),
    )
    expect(facts(replicaA).length).toBe(2)
  })

  it('a file that keeps little of a set writes that set whole', () => {
    const other = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`t${i}`, { $value: i, $type: 'number' }]))
    a.import(sampleText({ 'values/core': other }), { mode: 'replace' })
    expect(
      facts(replicaA)
        .filter(([id]) => id!.startsWith('/values/core'))
        .map(([id, field]) => [id, field]),
    ).toEqual([['/values/core', 'v']])
    expect(a.getSnapshot().values['core']).toEqual(other)
  })
})

describe('a lane', () => {
  it('begins with its header, which says who', () => {
    const ydoc = new Y.Doc()
    const document = createTokenDocument(ydoc, {
      lane: 'abcdefgh',
      user: { id: 'u1', name: 'Ana' },
      app: 'test',
      now: replicas.clock.now,
    })
    document.addSet('core')
    document.addSet('other')
    const [header, ...rest] = laneFacts(ydoc, 'abcdefgh')
    expect(header?.slice(0, 2)).toEqual(['/~y/lanes/abcdefgh', 'v'])
    expect(JSON.parse(header![2])).toEqual({ user: 'u1', name: 'Ana', app: 'test' })
    expect(rest.filter(([id]) => id.startsWith('/~y/'))).toEqual([])
  })

  it("of a header's texts keeps 64 characters in all", () => {
    const ydoc = new Y.Doc()
    const document = createTokenDocument(ydoc, {
      lane: 'abcdefgh',
      user: { id: 'u'.repeat(100), name: 'n'.repeat(100) },
      app: 'a'.repeat(100),
    })
    document.addSet('core')
    const header = JSON.parse(laneFacts(ydoc, 'abcdefgh')[0]![2]) as Record<string, string>
    expect(Object.values(header).join('').length).toBeLessThanOrEqual(64)
  })

  it('is not touched by who only reads', () => {
    const before = replicaB.encode()
    b.getSnapshot()
    b.toText()
    b.toJSON()
    b.outline('core')
    b.get('core', 'color')
    expect(b.conflicts).toEqual([])
    b.lastChange('core', 'color.red')
    expect(replicaB.encode()).toEqual(before)
  })

  it('grows at its end, behind erased facts', () => {
    for (let i = 0; i < 20; i++) {
      a.update('core', i % 2 ? 'color.red' : 'color.blue', { $value: `v${i}` })
      step()
    }
    const order = laneFacts(replicaA.ydoc, replicaA.lane).map(([id, , text]) => [id, text])
    expect(order.slice(1)).toEqual([
      ['/values/core/color/blue/$value', '"v18"'],
      [`${red}/$value`, '"v19"'],
    ])
    const client = replicaA.ydoc.store.clients.get(replicaA.ydoc.clientID)!
    let last = client[0] as Y.Item
    for (let item = last; item; item = item.right as Y.Item) last = item
    expect(last.id.clock + last.length).toBe(Y.getState(replicaA.ydoc.store, replicaA.ydoc.clientID))
  })

  it('goes on after a restart, without another header', () => {
    a.update('core', 'color.red', { $value: '1' })
    step()
    replicaA.restart()
    replicaA.document.update('core', 'color.red', { $value: '2' })
    const lane = laneFacts(replicaA.ydoc, replicaA.lane)
    expect(lane.map(([id, , text]) => [id, text])).toEqual([
      [`/~y/lanes/${replicaA.lane}`, lane[0]![2]],
      [`${red}/$value`, '"2"'],
    ])
  })

  it('is left for a fresh one when somebody else turns out to write into it, too', () => {
    const twin = createTokenDocument(new Y.Doc(), { lane: replicaA.lane, now: replicas.clock.now, random: () => 0.1 })
    Y.applyUpdate(twin.ydoc, replicaA.encode())
    a.update('core', 'color.red', { $value: 'A' })
    twin.update('core', 'color.blue', { $value: 'twin' })
    Y.applyUpdate(replicaA.ydoc, Y.encodeStateAsUpdate(twin.ydoc))
    expect(peek(a.getSnapshot(), 'values/core/color/blue/$value')).toBe('twin')
    const before = laneFacts(replicaA.ydoc, replicaA.lane)
    a.update('core', 'space.m', { $value: 'A' })
    expect(a.lane).not.toBe(replicaA.lane)
    expect(laneFacts(replicaA.ydoc, replicaA.lane)).toEqual(before)
    expect(laneFacts(replicaA.ydoc, a.lane).map(([id]) => id)).toEqual([
      `/~y/lanes/${a.lane}`,
      '/values/core/space/m/$value',
    ])
    Y.applyUpdate(twin.ydoc, replicaA.encode())
    expect(twin.toText()).toBe(a.toText())
  })
})

describe('erasing', () => {
  it('an overwrite erases the seen fact of any lane', () => {
    a.update('core', 'color.red', { $value: 'A' })
    sync()
    b.update('core', 'color.red', { $value: 'B' })
    sync()
    expect(facts(replicaA)).toEqual([[`${red}/$value`, 'v', '"B"']])
    expect(facts(replicaB)).toEqual([[`${red}/$value`, 'v', '"B"']])
    a.rename('core', 'color.red', 'color.x')
    sync()
    b.rename('core', 'color.x', 'color.y')
    sync()
    expect(facts(replicaA)).toEqual([
      [`${red}/$value`, 'v', '"B"'],
      [red, 'n', 'y'],
    ])
  })

  it('an unseen fact stays, so that both show in conflicts', () => {
    a.update('core', 'color.red', { $value: 'A' })
    b.update('core', 'color.red', { $value: 'B' })
    sync()
    expect(facts(replicaA).length).toBe(2)
  })

  it('a creation is never erased by an edit, a second creation or a deletion', () => {
    a.set('core', 'nu', { $value: '1', $type: 'color' })
    sync()
    b.update('core', 'nu', { $value: '2' })
    b.set('core', 'nu', { $value: '3', $type: 'color' })
    b.remove('core', 'nu')
    b.set('core', 'nu', { $value: '4', $type: 'color' })
    sync()
    const created = facts(replicaA).filter(([id, field]) => id === '/values/core/nu' && field === 'c')
    expect(created.map(([, , text]) => JSON.parse(text!).$value)).toEqual(['1', '4'])
    expect(peek(a.getSnapshot(), 'values/core/nu/$value')).toBe('4')
  })

  it("of deletions only one's own is replaced", () => {
    a.remove('core', 'color.red')
    sync()
    putFacts(replicaA.ydoc, 'somebody', [`${red}/$value`, 'v', '"late"', toFactTime(replicas.clock.now())])
    sync()
    step()
    b.remove('core', 'color.red')
    sync()
    const lanes = tokenFacts(replicaA.ydoc)
      .filter(({ fact }) => fact[1] === 'x')
      .map(({ lane }) => lane)
    expect(lanes.toSorted()).toEqual([replicaA.lane, replicaB.lane].toSorted())
    step()
    putFacts(replicaA.ydoc, 'somebody', [`${red}/$value`, 'v', '"later"', toFactTime(replicas.clock.now())])
    sync()
    b.remove('core', 'color.red')
    expect(laneFacts(replicaB.ydoc, replicaB.lane).filter((fact) => fact[1] === 'x').length).toBe(1)
    expect(b.get('core', 'color.red')).toBeUndefined()
  })

  it('never touches seeds', () => {
    const seed = [...readRoots(replicaA.ydoc)].find(([name]) => name.startsWith('v1/seed/'))
    a.removeSet('core')
    a.import(sampleText({ 'values/light': {} }), { mode: 'replace' })
    expect([...readRoots(replicaA.ydoc)].find(([name]) => name.startsWith('v1/seed/'))).toEqual(seed)
  })
})
