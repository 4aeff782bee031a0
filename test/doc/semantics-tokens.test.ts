import { describe, expect, it } from 'vitest'
import type { Snapshot } from '../../src/doc/index.ts'
import { tokenPlaces } from '../support/generated-tokens.ts'
import { namesAt, peek, sampleText } from '../support/generated-tokens-sample.ts'
import { fact, rename, update } from '../support/replicas-actors.ts'
import { type Actor, concurrently, meetInEveryOrder } from '../support/replicas-concurrent.ts'
import { putFacts, toFactTime } from '../support/replicas-facts.ts'
import { createReplicas } from '../support/replicas.ts'

/**
 * `document-model.md` 4, row by row: one token or group with two authors: fields, parts, creation, places. `A ‖ B`: neither knew of the
 * other. `concurrently` runs a row in every order of time and of delivery, with random client ids and lanes.
 */

const sampleCount = tokenPlaces(JSON.parse(sampleText()) as Snapshot).length
const count = (json: Snapshot): number => tokenPlaces(json).length

describe('one token, two authors', () => {
  it('1 two tokens: both edits', () => {
    concurrently({
      actors: [update('core', 'color.red', { $value: 'A' }), update('core', 'color.blue', { $value: 'B' })],
      check: ({ json }) => {
        expect(peek(json, 'values/core/color/red/$value')).toBe('A')
        expect(peek(json, 'values/core/color/blue/$value')).toBe('B')
        expect(count(json)).toBe(sampleCount)
      },
    })
  })

  it('2 $value ‖ $description: both', () => {
    concurrently({
      actors: [update('core', 'color.red', { $value: 'A' }), update('core', 'color.red', { $description: 'B' })],
      check: ({ json }) =>
        expect(peek(json, 'values/core/color/red')).toEqual({ $value: 'A', $type: 'color', $description: 'B' }),
    })
  })

  it('2 same field: the newer, whole', () => {
    concurrently({
      actors: [
        update('core', 'color.red', { $value: 'A' }),
        update('core', 'color.red', { $value: 'B' }),
        update('core', 'color.red', { $value: 'C' }),
      ],
      check: ({ json, newest }) =>
        expect(peek(json, 'values/core/color/red')).toEqual({
          $value: 'ABC'[newest],
          $type: 'color',
          $description: 'brand red',
        }),
    })
  })

  it('3 fontSize ‖ lineHeight: both, other parts kept', () => {
    concurrently({
      actors: [
        update('core', 'type.h1', { $value: { fontSize: 'A' } }),
        update('core', 'type.h1', { $value: { lineHeight: 'B' } }),
      ],
      check: ({ json }) =>
        expect(peek(json, 'values/core/type/h1/$value')).toEqual({
          fontFamily: 'Inter',
          fontWeight: 700,
          fontSize: 'A',
          lineHeight: 'B',
        }),
    })
  })

  it('3b shadow[0] ‖ shadow[1]: both, array of 2', () => {
    const layers = [
      { x: 0, y: 1, blur: '2px', color: '#000' },
      { x: 0, y: 4, blur: '8px', color: '#333' },
    ] as const
    concurrently({
      actors: [
        update('core', 'shadow.md', { $value: [{ ...layers[0], color: 'A' }, layers[1]] }),
        update('core', 'shadow.md', { $value: [layers[0], { ...layers[1], blur: 'B' }] }),
      ],
      check: ({ json }) =>
        expect(peek(json, 'values/core/shadow/md/$value')).toEqual([
          { ...layers[0], color: 'A' },
          { ...layers[1], blur: 'B' },
        ]),
    })
  })

  it('4 ‖ "4": the newer, its type kept', () => {
    concurrently({
      actors: [update('core', 'space.l', { $value: 4 }), update('core', 'space.l', { $value: '4' })],
      check: ({ json, newest }) => expect(peek(json, 'values/core/space/l/$value')).toBe(newest === 0 ? 4 : '4'),
    })
  })

  it('null is a value', () => {
    concurrently({
      actors: [update('core', 'space.l', { $value: null }), update('core', 'space.l', { $description: 'B' })],
      check: ({ json }) =>
        expect(peek(json, 'values/core/space/l')).toEqual({ $value: null, $type: 'dimension', $description: 'B' }),
    })
  })

  for (const [what, value] of [
    ['string', '{typo.base}'],
    ['number', 3],
    ['array', [1, 2]],
  ] as const)
    it(`composite replaced by a ${what} ‖ edit of a part: the replacement, whatever the times`, () => {
      concurrently({
        actors: [
          update('core', 'type.h1', { $value: value }),
          update('core', 'type.h1', { $value: { fontSize: 'B' } }),
        ],
        check: ({ json }) => expect(peek(json, 'values/core/type/h1/$value')).toEqual(value),
      })
    })

  it('composite replaced by an object ‖ edit of a part: the object, with the part if that is newer', () => {
    concurrently({
      actors: [
        (document) =>
          document.set('core', 'type.h1', { $value: { fontFamily: 'X', fontSize: '9px' }, $type: 'typography' }),
        update('core', 'type.h1', { $value: { fontSize: 'B' } }),
      ],
      check: ({ json, newest }) =>
        expect(peek(json, 'values/core/type/h1/$value')).toEqual({
          fontFamily: 'X',
          fontSize: newest === 1 ? 'B' : '9px',
        }),
    })
  })

  it('value ‖ $value: both keys stay, and stand in conflicts', () => {
    concurrently({
      file: sampleText({ 'values/core/color/old': { value: '1', type: 'color' } }),
      actors: [fact('/values/core/color/old/value', 'v', '"A"'), fact('/values/core/color/old/$value', 'v', '"B"')],
      check: ({ json, document }) => {
        expect(peek(json, 'values/core/color/old')).toEqual({ value: 'A', type: 'color', $value: 'B' })
        expect(document.conflicts).toMatchObject([{ kind: 'mixed-format', set: 'core', path: ['color', 'old'] }])
      },
    })
  })

  it('the write interface keeps the spelling a token has', () => {
    concurrently({
      file: sampleText({ 'values/core/color/old': { value: '1', type: 'color' } }),
      actors: [update('core', 'color.old', { $value: 'A' }), update('core', 'color.old', { $description: 'B' })],
      check: ({ json }) =>
        expect(peek(json, 'values/core/color/old')).toEqual({ value: 'A', type: 'color', description: 'B' }),
    })
  })
})

describe('creation', () => {
  it('11 create ‖ create one path: one token, fields of both, the newer $value', () => {
    concurrently({
      actors: [
        (document) => document.set('core', 'color.nu', { $value: 'A', $type: 'color', $extensions: { x: 1 } }),
        (document) => document.set('core', 'color.nu', { $value: 'B', $type: 'color', $description: 'B' }),
      ],
      check: ({ json, newest }) => {
        expect(peek(json, 'values/core/color/nu')).toEqual({
          $value: newest === 0 ? 'A' : 'B',
          $type: 'color',
          $description: 'B',
          $extensions: { x: 1 },
        })
        expect(count(json)).toBe(sampleCount + 1)
      },
    })
  })

  it('11 … edited afterwards by one of them: the edit on top', () => {
    concurrently({
      actors: [
        (document, step) => {
          document.set('core', 'color.nu', { $value: 'A', $type: 'color' })
          step()
          document.update('core', 'color.nu', { $extensions: { x: 1 } })
        },
        (document) => document.set('core', 'color.nu', { $value: 'B', $type: 'color', $description: 'B' }),
      ],
      check: ({ json }) => {
        const token = peek(json, 'values/core/color/nu') as Record<string, unknown>
        expect(token).toMatchObject({ $type: 'color', $description: 'B', $extensions: { x: 1 } })
        expect(['A', 'B']).toContain(token['$value'])
        expect(count(json)).toBe(sampleCount + 1)
      },
    })
  })

  it('11b create one group, other children: one group, all children', () => {
    concurrently({
      actors: [
        (document) => document.set('core', 'neu.x', { $value: 'A', $type: 'color' }),
        (document) => document.set('core', 'neu.y', { $value: 'B', $type: 'color' }),
        (document) => document.set('core', 'neu.sub.z', { $value: 'C', $type: 'color' }),
      ],
      check: ({ json }) => {
        expect(namesAt(json, 'values/core/neu').toSorted()).toEqual(['sub', 'x', 'y'])
        expect(peek(json, 'values/core/neu/sub/z/$value')).toBe('C')
        expect(peek(json, 'values/core/neu-2')).toBeUndefined()
      },
    })
  })

  it('group made token ‖ child added later: a token with children', () => {
    const replicas = createReplicas({ count: 3, seed: 1, file: sampleText() })
    const [a, b] = replicas.all
    putFacts(a!.ydoc, a!.lane, [
      '/values/core/color/brand',
      'v',
      '{"$value":"#1","$type":"color"}',
      toFactTime(replicas.clock.now()),
    ])
    replicas.clock.advance(1_000)
    b!.document.set('core', 'color.brand.neu', { $value: 'N', $type: 'color' })
    meetInEveryOrder(replicas)
    const json = a!.document.getSnapshot()
    expect(json).toEqual(b!.document.getSnapshot())
    expect(peek(json, 'values/core/color/brand')).toEqual({
      $value: '#1',
      $type: 'color',
      neu: { $value: 'N', $type: 'color' },
    })
  })

  it('token made group ‖ $value edited later: a token with children', () => {
    const replicas = createReplicas({ count: 3, seed: 1, file: sampleText() })
    const [a, b] = replicas.all
    putFacts(a!.ydoc, a!.lane, [
      '/values/core/color/red',
      'v',
      '{"dark":{"$value":"#1","$type":"color"}}',
      toFactTime(replicas.clock.now()),
    ])
    replicas.clock.advance(1_000)
    b!.document.update('core', 'color.red', { $value: 'B' })
    meetInEveryOrder(replicas)
    const json = a!.document.getSnapshot()
    expect(json).toEqual(b!.document.getSnapshot())
    expect(peek(json, 'values/core/color/red')).toEqual({ $value: 'B', dark: { $value: '#1', $type: 'color' } })
  })
})

describe('insert and order', () => {
  it('7b … two who insert several at one place: each one’s stay together, in their order', () => {
    const insert =
      (names: readonly string[]): Actor =>
      (document, step) => {
        for (const [i, name] of names.entries()) {
          const after = i === 0 ? 'red' : (names[i - 1] as string)
          document.set('core', `color.${name}`, { $value: name, $type: 'color' }, { after })
          step()
        }
      }
    const runs = [
      ['a0', 'a1', 'a2', 'a3'],
      ['b0', 'b1', 'b2', 'b3'],
    ] as const
    concurrently({
      actors: runs.map(insert),
      check: ({ json }) => {
        const names = Object.keys(peek(json, 'values/core/color') as object)
        const between = names.slice(names.indexOf('red') + 1, names.indexOf('blue')).join(' ')
        const [a, b] = runs.map((run) => run.join(' '))
        expect([`${a} ${b}`, `${b} ${a}`]).toContain(between)
      },
    })
  })

  it('7b insert after red ‖ edit: red, mid, blue', () => {
    concurrently({
      actors: [
        (document) => document.set('core', 'color.mid', { $value: '1', $type: 'color' }, { after: 'red' }),
        update('core', 'color.blue', { $value: 'B' }),
      ],
      check: ({ json }) => {
        expect(namesAt(json, 'values/core/color')).toEqual(['$type', '$description', 'red', 'mid', 'blue', 'brand'])
        expect(peek(json, 'values/core/color/blue/$value')).toBe('B')
      },
    })
  })

  it('two inserts at one place: both, in one order everywhere', () => {
    concurrently({
      actors: [
        (document) => document.set('core', 'color.m1', { $value: '1', $type: 'color' }, { after: 'red' }),
        (document) => document.set('core', 'color.m2', { $value: '2', $type: 'color' }, { after: 'red' }),
      ],
      check: ({ json }) => {
        const names = namesAt(json, 'values/core/color')
        expect(names.slice(0, 3)).toEqual(['$type', '$description', 'red'])
        expect(names.slice(3, 5).toSorted()).toEqual(['m1', 'm2'])
        expect(names.slice(5)).toEqual(['blue', 'brand'])
      },
    })
  })

  it('reorder ‖ edit ‖ rename of the same token: all', () => {
    concurrently({
      actors: [
        (document) => document.reorder('core', 'space.l', { before: 's' }),
        update('core', 'space.l', { $value: 'B' }),
        rename('core', 'space.l', 'space.large'),
      ],
      check: ({ json }) => {
        expect(namesAt(json, 'values/core/space')).toEqual(['large', 's', 'm'])
        expect(peek(json, 'values/core/space/large/$value')).toBe('B')
      },
    })
  })
})
