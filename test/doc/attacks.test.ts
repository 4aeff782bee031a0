import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { factAccessOf } from '../../src/doc/fact-access.ts'
import type { Snapshot } from '../../src/doc/index.ts'
import { namesAt, peek, sampleText } from '../support/generated-tokens-sample.ts'
import { rename, update } from '../support/replicas-actors.ts'
import { concurrently, meetInEveryOrder } from '../support/replicas-concurrent.ts'
import { readRoots } from '../support/replicas-facts.ts'
import { factNow, readFacts, seedTime, shownAt } from '../support/replicas-reading.ts'
import { createReplicas } from '../support/replicas.ts'

/** What broke other ways to hold tokens, and is told by no row of the tables alone. */

const red = (json: Snapshot): unknown => peek(json, 'values/core/color/red')
const savedAt = (ms: number): string => new Date(ms).toISOString()

describe('storage that was lost', () => {
  it('a device that lost everything takes a fresh lane, so no deletion takes its new edits for seen', () => {
    const replicas = createReplicas({ count: 2, seed: 21, file: sampleText() })
    const [a, b] = replicas.all
    const seedOnly = a!.encode()
    replicas.clock.advance(1_000_000)
    a!.document.update('core', 'color.red', { $value: 'A1' })
    replicas.sync()
    // The clock steps back as well: under its old lane the next edit would be older than what b has seen of it.
    replicas.clock.jumpTo(replicas.clock.now() - 900_000)
    a!.restart(seedOnly, true)
    b!.document.remove('core', 'color.red')
    a!.document.update('core', 'color.red', { $value: 'A2, unseen' })
    meetInEveryOrder(replicas)
    // It brings the token back whole. Its own value ranks below the one of the later clock, and is told.
    expect(red(b!.document.getSnapshot())).toEqual({ $value: 'A1', $type: 'color', $description: 'brand red' })
    expect(b!.document.conflicts).toMatchObject([{ current: { value: 'A1' }, others: [{ value: 'A2, unseen' }] }])
  })

  it('a device that lost the tail goes on in a fresh lane; what others have of the tail stays', () => {
    const replicas = createReplicas({ count: 3, seed: 22, file: sampleText() })
    const [a, b] = replicas.all
    a!.document.update('core', 'color.red', { $value: 'kept' })
    const stored = a!.encode()
    replicas.clock.advance(1_000)
    a!.document.update('light', 'fg', { $value: 'delivered' })
    replicas.sync(a!, b!)
    a!.document.update('dark', 'bg', { $value: 'lost' })
    const oldLane = a!.lane
    a!.restart(stored, true)
    expect(a!.lane).not.toBe(oldLane)
    a!.document.update('core', 'color.blue', { $value: 'afterwards' })
    meetInEveryOrder(replicas)
    const json = a!.document.getSnapshot()
    expect(peek(json, 'values/core/color/red/$value')).toBe('kept')
    expect(peek(json, 'values/light/fg/$value')).toBe('delivered')
    expect(peek(json, 'values/dark/bg/$value')).toBe('#000')
    expect(peek(json, 'values/core/color/blue/$value')).toBe('afterwards')
  })
})

describe('files that come late', () => {
  it('a token added, saved, deleted: the saved file, taken in elsewhere later, does not bring it back', () => {
    const replicas = createReplicas({ count: 2, seed: 23 })
    const [a, b] = replicas.all
    a!.document.import(sampleText())
    replicas.clock.advance(1_000)
    a!.document.set('core', 'color.nu', { $value: '1', $type: 'color' })
    replicas.clock.advance(1_000)
    const saved = JSON.parse(a!.document.toText()) as { $metadata: { updatedAt: string } }
    saved.$metadata.updatedAt = savedAt(replicas.clock.now())
    replicas.clock.advance(1_000)
    a!.document.remove('core', 'color.nu')
    replicas.clock.advance(1_000)
    b!.document.import(JSON.stringify(saved))
    meetInEveryOrder(replicas)
    expect(peek(a!.document.getSnapshot(), 'values/core/color/nu')).toBeUndefined()
  })

  it('of years ago rank by their dates', () => {
    const replicas = createReplicas({ count: 2, seed: 24 })
    const [a, b] = replicas.all
    a!.document.import(sampleText({ '$metadata/updatedAt': '2024-01-01T00:00:00Z', 'values/light/fg/$value': 'newer' }))
    b!.document.import(sampleText({ '$metadata/updatedAt': '2023-01-01T00:00:00Z', 'values/light/fg/$value': 'older' }))
    meetInEveryOrder(replicas)
    expect(peek(b!.document.getSnapshot(), 'values/light/fg/$value')).toBe('newer')
  })

  it('without the first theme ‖ the second edited, two added: the second with its edit, both new ones', () => {
    const replicas = createReplicas({ count: 3, seed: 25 })
    const [a, b, c] = replicas.all
    a!.document.import(sampleText())
    c!.document.import(sampleText())
    replicas.clock.advance(1_000)
    a!.document.setTheme({ id: 'th2', name: 'Dark A' })
    replicas.clock.advance(1_000)
    b!.document.import(sampleText({ '$themes/0': undefined, '$metadata/updatedAt': savedAt(replicas.clock.now()) }))
    replicas.clock.advance(1_000)
    a!.document.setTheme({ name: 'Ana', selectedTokenSets: { core: 'source' } })
    c!.document.setTheme({ name: 'Bob', selectedTokenSets: { core: 'source' } })
    meetInEveryOrder(replicas)
    const names = a!.document.getSnapshot().$themes.map((theme) => peek(theme, 'name'))
    expect(names[0]).toBe('Dark A')
    expect(names.slice(1).toSorted()).toEqual(['Ana', 'Bob'])
  })

  it('two under one client id: each is copied by whoever has it, and everybody has both', () => {
    const withMore = sampleText({
      'values/more': { t: { $value: 1, $type: 'number' } },
      '$metadata/updatedAt': '2026-01-01T06:00:00Z',
    })
    const replicas = createReplicas({ count: 2, seed: 26 })
    for (const [i, file] of [sampleText(), withMore].entries()) {
      const source = createReplicas({ count: 1, seed: 27, file })
      const [name, entries] = [...readRoots(source.all[0]!.ydoc)].find(([root]) => root.startsWith('v1/seed/'))!
      const ydoc = new Y.Doc()
      ydoc.clientID = 2 ** 31 + 7
      ydoc.getArray(name).push(entries)
      replicas.all[i]!.receive(Y.encodeStateAsUpdate(ydoc))
    }
    replicas.sync()
    // Yjs takes the second for the first: no state vector tells that something is missing.
    expect(replicas.all[0]!.document.toText()).not.toBe(replicas.all[1]!.document.toText())
    const names = replicas.all.map(({ document }) => factAccessOf(document).wholeSeeds())
    for (const [i, { document }] of replicas.all.entries())
      for (const name of names[i]!) if (!names[1 - i]!.includes(name)) factAccessOf(document).copySeed(name)
    meetInEveryOrder(replicas)
    expect(replicas.all[0]!.document.setNames()).toEqual(['core', 'light', 'dark', 'extra', 'more'])
  })
})

describe('roots that are none of ours', () => {
  it('a lane called like the rank of files is not read', () => {
    const document = readFacts(['aaaaaaaa', '/values/light/fg/$value', 'v', '"A"', factNow])
    const before = document.toText()
    for (const root of [
      'v1/lane/*',
      'v1/lane/short',
      'v1/lane/',
      'v1/lane/UPPERCASE',
      'v1/seed/*',
      'v1/note/aaaaaaaa',
      'v1/lane',
    ])
      document.ydoc.getArray(root).push([['/values/core', 'v', '{}', factNow + 1]])
    expect(document.toText()).toBe(before)
    document.update('core', 'color.red', { $value: 'B' })
    expect(shownAt(document, 'core/color/red/$value')).toBe('B')
    expect([...readRoots(document.ydoc).keys()]).toContain('v1/lane/*')
  })
})

describe('structure changed on both sides', () => {
  it('an array replaced by an object ‖ an entry edited: the object', () => {
    concurrently({
      actors: [
        (document) => document.set('core', 'shadow.md', { $value: { x: 0, blur: '9' }, $type: 'boxShadow' }),
        (document) =>
          document.update('core', 'shadow.md', {
            $value: [
              { x: 0, y: 1, blur: '2px', color: '#000' },
              { x: 0, y: 4, blur: 'B', color: '#333' },
            ],
          }),
      ],
      check: ({ json }) => {
        const value = peek(json, 'values/core/shadow/md/$value') as Record<string, unknown>
        expect(value).toMatchObject({ x: 0, blur: '9' })
        expect(Array.isArray(value)).toBe(false)
      },
    })
  })

  it('a group moved into a group that is renamed, and that moved on: everything once, at the newest places', () => {
    concurrently({
      actors: [
        rename('core', 'space', 'spacing'),
        (document) => document.move('core', 'color.brand', 'core', 'space.brand'),
        (document) => document.move('core', 'space', 'core', 'color.space'),
      ],
      check: ({ json }) => {
        expect(namesAt(json, 'values/core')).toEqual(['color', 'type', 'shadow'])
        const moved = namesAt(json, 'values/core/color').filter((name) => name.startsWith('spac'))
        expect(moved.length).toBe(1)
        expect(namesAt(json, `values/core/color/${moved[0]}`).toSorted()).toEqual(['brand', 'l', 'm', 's'])
        expect(peek(json, 'values/core/color/brand')).toBeUndefined()
      },
    })
  })

  it('a group moved back to where it was born ‖ that place deleted: deleted, and the move is told', () => {
    concurrently({
      before: (document) => document.move('core', 'color.brand', 'light', 'brand'),
      actors: [
        (document) => document.move('light', 'brand', 'core', 'color.brand'),
        (document) => document.remove('core', 'color'),
      ],
      check: ({ json, document }) => {
        expect(peek(json, 'values/core/color')).toBeUndefined()
        expect(peek(json, 'values/light/brand')).toBeUndefined()
        expect(document.conflicts.map(({ kind, current }) => [kind, current.value])).toEqual([['place', undefined]])
      },
    })
  })

  it('a part edited in a composite that became a reference is hidden, kept and told', () => {
    concurrently({
      actors: [
        update('core', 'type.h1', { $value: '{typo.base}' }),
        (document, step) => {
          step()
          step()
          document.update('core', 'type.h1', { $value: { fontSize: 'B' } })
        },
      ],
      check: ({ json, document, replicas }) => {
        expect(peek(json, 'values/core/type/h1/$value')).toBe('{typo.base}')
        const facts = [...readRoots(replicas[0]!.ydoc).values()].flat() as (readonly unknown[])[]
        expect(facts.some(([id, , text]) => id === '/values/core/type/h1/$value/fontSize' && text === '"B"')).toBe(true)
        // Whoever replaced the whole may have seen what is older.
        const times = facts
          .filter(([id]) => String(id).startsWith('/values/core/type/h1/$value'))
          .map(([id, , , t]) => [id, t] as const)
        const isNewer =
          Number(times.find(([id]) => String(id).endsWith('fontSize'))?.[1]) >=
          Number(times.find(([id]) => String(id).endsWith('$value'))?.[1])
        expect(document.conflicts.length).toBe(isNewer ? 1 : 0)
      },
    })
  })
})

describe('a newer file, and what it could not know', () => {
  it('a value in a newer file than the deletion knew is covered, and told', () => {
    const replicas = createReplicas({ count: 2, seed: 28 })
    const [a, b] = replicas.all
    a!.document.import(sampleText())
    replicas.clock.advance(10_000)
    const between = savedAt(replicas.clock.now())
    replicas.clock.advance(10_000)
    a!.document.remove('core', 'color.red')
    b!.document.import(sampleText({ 'values/core/color/red/$value': 'V2', '$metadata/updatedAt': between }))
    meetInEveryOrder(replicas)
    expect(red(a!.document.getSnapshot())).toBeUndefined()
    expect(a!.document.conflicts).toMatchObject([
      { kind: 'value', path: ['color', 'red'], others: [{ value: { $value: 'V2' } }] },
    ])
  })

  it('an older edit of a token that a newer file renamed is hidden, and told', () => {
    const replicas = createReplicas({ count: 2, seed: 29 })
    const [a, b] = replicas.all
    a!.document.import(sampleText())
    replicas.clock.advance(10_000)
    a!.document.update('core', 'color.red', { $value: 'offline' })
    replicas.clock.advance(10_000)
    b!.document.import(
      sampleText({
        'values/core/color/red': undefined,
        'values/core/color/crimson': { $value: '#f00', $type: 'color' },
        '$metadata/updatedAt': savedAt(replicas.clock.now()),
      }),
    )
    meetInEveryOrder(replicas)
    const json = a!.document.getSnapshot()
    expect(red(json)).toBeUndefined()
    expect(peek(json, 'values/core/color/crimson/$value')).toBe('#f00')
    expect(a!.document.conflicts.flatMap(({ others }) => others.map(({ value }) => value))).toContain('offline')
  })

  it('facts older than the file they are about lose to it, in one register and as a whole', () => {
    const document = readFacts(
      ['aaaaaaaa', '/values/light/fg/$value', 'v', '"before"', seedTime - 1],
      ['aaaaaaaa', '/values/dark/bg', 'v', '{"$value":"before"}', seedTime - 1],
    )
    expect(shownAt(document, 'light/fg/$value')).toBe('#222')
    expect(shownAt(document, 'dark/bg/$value')).toBe('#000')
  })
})
