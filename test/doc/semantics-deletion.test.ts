import { describe, expect, it } from 'vitest'
import type { Snapshot, TokenDocument } from '../../src/doc/index.ts'
import { tokenPlaces } from '../support/generated-tokens.ts'
import { namesAt, peek, sampleText } from '../support/generated-tokens-sample.ts'
import { move, remove, rename, update } from '../support/replicas-actors.ts'
import { concurrently } from '../support/replicas-concurrent.ts'
import { createReplicas } from '../support/replicas.ts'

/**
 * `document-model.md` 4, row by row: deletions beside everything else. `A ‖ B`: neither knew of the
 * other. `concurrently` runs a row in every order of time and of delivery, with random client ids and lanes.
 */

const sampleCount = tokenPlaces(JSON.parse(sampleText()) as Snapshot).length
const count = (json: Snapshot): number => tokenPlaces(json).length

describe('deletion', () => {
  const withGroupFields = sampleText({ 'values/core/color/brand/$description': 'house colours' })

  it('10a delete group ‖ edit inside: edited token whole, sibling gone, group fields kept', () => {
    concurrently({
      file: withGroupFields,
      actors: [remove('core', 'color.brand'), update('core', 'color.brand.dark', { $value: 'B' })],
      check: ({ json }) => {
        expect(peek(json, 'values/core/color/brand')).toEqual({
          $description: 'house colours',
          dark: { $value: 'B', $type: 'color', $description: 'd' },
        })
        expect(count(json)).toBe(sampleCount - 1)
      },
    })
  })

  it('10a … two levels up, part of a composite', () => {
    concurrently({
      actors: [remove('core', 'type'), update('core', 'type.h1', { $value: { fontSize: 'B' } })],
      check: ({ json }) =>
        expect(peek(json, 'values/core/type/h1')).toEqual({
          $value: { fontFamily: 'Inter', fontWeight: 700, fontSize: 'B', lineHeight: '120%' },
          $type: 'typography',
        }),
    })
  })

  it('10b delete group ‖ add inside: only the added token', () => {
    concurrently({
      actors: [
        remove('core', 'color.brand'),
        (document) => document.set('core', 'color.brand.neu', { $value: 'N', $type: 'color' }),
      ],
      check: ({ json }) =>
        expect(peek(json, 'values/core/color/brand')).toEqual({ neu: { $value: 'N', $type: 'color' } }),
    })
  })

  it('10c delete token ‖ edit: whole token with the edit', () => {
    concurrently({
      actors: [remove('core', 'color.red'), update('core', 'color.red', { $value: 'B' })],
      check: ({ json }) => {
        expect(peek(json, 'values/core/color/red')).toEqual({
          $value: 'B',
          $type: 'color',
          $description: 'brand red',
        })
        expect(namesAt(json, 'values/core/color')).toEqual(['$type', '$description', 'red', 'blue', 'brand'])
      },
    })
  })

  it('10d A edits and deletes ‖ B deletes: deleted', () => {
    concurrently({
      actors: [
        (document, step) => {
          document.update('core', 'color.red', { $value: 'A' })
          step()
          document.remove('core', 'color.red')
        },
        remove('core', 'color.red'),
      ],
      check: ({ json }) => expect(peek(json, 'values/core/color/red')).toBeUndefined(),
    })
  })

  it('10d … coverages of several deletions add up', () => {
    // c's edit was seen by a only, a2's edit by b only; each deletes what it saw.
    const replicas = createReplicas({ count: 4, seed: 3, file: sampleText() })
    const [a, b, c, d] = replicas.all
    c!.document.update('core', 'color.red', { $value: 'C' })
    d!.document.update('core', 'color.red', { $description: 'D' })
    replicas.clock.advance(1_000)
    replicas.sync(a!, c!)
    replicas.sync(b!, d!)
    a!.document.remove('core', 'color.red')
    b!.document.remove('core', 'color.red')
    replicas.sync()
    for (const { document } of replicas.all) expect(document.get('core', 'color.red')).toBeUndefined()
  })

  it('a deletion that has seen a deletion takes in what that one had seen', () => {
    const replicas = createReplicas({ count: 3, seed: 5, file: sampleText() })
    const [a, b, c] = replicas.all
    c!.document.update('core', 'color.red', { $value: 'C' })
    replicas.clock.advance(1_000)
    replicas.sync(a!, c!)
    a!.document.remove('core', 'color.red')
    replicas.clock.advance(1_000)
    // b learns a's deletion and then deletes the group; a's own fact is erased meanwhile by nobody.
    replicas.sync(a!, b!)
    b!.document.remove('core', 'color')
    replicas.sync()
    for (const { document } of replicas.all) expect(document.get('core', 'color')).toBeUndefined()
  })

  for (const [what, act] of [
    ['rename', rename('core', 'color.brand', 'color.corp')],
    ['move', move('core', 'color.brand', 'extra', 'brand')],
    ['reorder', (document: TokenDocument) => document.reorder('core', 'color.brand', { before: 'red' })],
  ] as const)
    it(`delete group ‖ ${what} it: deleted`, () => {
      concurrently({
        actors: [remove('core', 'color.brand'), act],
        check: ({ json }) => {
          expect(count(json)).toBe(sampleCount - 2)
          expect(namesAt(json, 'values/core/color')).toEqual(['$type', '$description', 'red', 'blue'])
          expect(namesAt(json, 'values/extra')).toEqual(['z'])
        },
      })
    })

  it('delete token ‖ rename it: lives, renamed', () => {
    concurrently({
      actors: [remove('core', 'color.red'), rename('core', 'color.red', 'color.crimson')],
      check: ({ json }) => {
        expect(peek(json, 'values/core/color/crimson')).toEqual({
          $value: '#f00',
          $type: 'color',
          $description: 'brand red',
        })
        expect(peek(json, 'values/core/color/red')).toBeUndefined()
      },
    })
  })

  it('delete token ‖ move it: lives, moved', () => {
    concurrently({
      actors: [remove('core', 'color.red'), move('core', 'color.red', 'extra', 'red')],
      check: ({ json }) => {
        expect(peek(json, 'values/extra/red')).toEqual({ $value: '#f00', $type: 'color', $description: 'brand red' })
        expect(peek(json, 'values/core/color/red')).toBeUndefined()
      },
    })
  })

  it('delete H ‖ move a token into H: H lives with it', () => {
    concurrently({
      actors: [remove('core', 'space'), move('core', 'color.red', 'core', 'space.red')],
      check: ({ json }) => {
        expect(peek(json, 'values/core/space')).toEqual({
          red: { $value: '#f00', $type: 'color', $description: 'brand red' },
        })
        expect(count(json)).toBe(sampleCount - 3)
      },
    })
  })

  it('delete H ‖ move a group into H: H lives with the whole group', () => {
    concurrently({
      actors: [remove('core', 'space'), move('core', 'color.brand', 'core', 'space.brand')],
      check: ({ json }) => {
        expect(peek(json, 'values/core/space')).toEqual({
          brand: {
            light: { $value: '#eee', $type: 'color', $description: 'l' },
            dark: { $value: '#111', $type: 'color', $description: 'd' },
          },
        })
        expect(count(json)).toBe(sampleCount - 3)
      },
    })
  })

  it('delete H ‖ move a token, a group out of H: the moved nodes live', () => {
    concurrently({
      actors: [
        remove('core', 'color'),
        move('core', 'color.brand', 'extra', 'brand'),
        move('core', 'color.red', 'light', 'red'),
      ],
      check: ({ json }) => {
        expect(namesAt(json, 'values/extra/brand')).toEqual(['light', 'dark'])
        expect(peek(json, 'values/light/red/$value')).toBe('#f00')
        expect(peek(json, 'values/core/color')).toBeUndefined()
        expect(count(json)).toBe(sampleCount - 1)
      },
    })
  })

  it('delete, re-create ‖ edit the old: one token, new content plus that field', () => {
    concurrently({
      actors: [
        (document, step) => {
          document.remove('core', 'color.red')
          step()
          document.set('core', 'color.red', { $value: 'NEW', $type: 'color' })
        },
        update('core', 'color.red', { $description: 'B' }),
      ],
      check: ({ json }) => {
        expect(peek(json, 'values/core/color/red')).toEqual({ $value: 'NEW', $type: 'color', $description: 'B' })
        expect(count(json)).toBe(sampleCount)
      },
    })
  })

  it('delete, re-create ‖ move the old: one token, new content, at the moved place', () => {
    concurrently({
      actors: [
        (document, step) => {
          document.remove('core', 'color.red')
          step()
          document.set('core', 'color.red', { $value: 'NEW', $type: 'color' })
        },
        move('core', 'color.red', 'extra', 'red'),
      ],
      check: ({ json }) => {
        expect(peek(json, 'values/extra/red/$value')).toBe('NEW')
        expect(peek(json, 'values/core/color/red')).toBeUndefined()
        expect(count(json)).toBe(sampleCount)
      },
    })
  })

  it('moved into a new group, deleted with that, created anew where it was born: only what is new', () => {
    const file = JSON.stringify({ values: { a: {}, z: {} }, $metadata: { tokenSetOrder: ['a', 'z'] } })
    const token = { $value: 1 }
    for (const [inside, to, top] of [
      ['b.c', 'b.c', 'b'],
      ['b.c.x', 'b.c', 'b'],
      ['b.c.x', 'q.r', 'q'],
    ] as const)
      concurrently({
        file,
        before: (document, step) => {
          document.set('a', inside, { $value: 'old' })
          step()
          document.move('a', 'b', 'z', to)
          step()
          document.remove('z', top)
        },
        actors: [(document) => document.set('a', inside, token), (document) => document.set('z', 'other', token)],
        check: ({ json, document }) => {
          expect(json.values).toEqual({
            a: inside === 'b.c' ? { b: { c: token } } : { b: { c: { x: token } } },
            z: { other: token },
          })
          expect(document.conflicts).toEqual([])
        },
      })
  })

  it('rename onto a deleted name ‖ edit the deleted: old one back, renamed one -2', () => {
    concurrently({
      actors: [
        (document, step) => {
          document.remove('core', 'color.red')
          step()
          document.rename('core', 'color.blue', 'color.red')
        },
        update('core', 'color.red', { $value: 'B' }),
      ],
      check: ({ json }) => {
        expect(peek(json, 'values/core/color/red/$value')).toBe('B')
        expect(peek(json, 'values/core/color/red-2/$value')).toBe('#00f')
        expect(count(json)).toBe(sampleCount)
      },
    })
  })

  it('a field removed ‖ another field edited: both', () => {
    concurrently({
      actors: [update('core', 'color.red', { $description: undefined }), update('core', 'color.red', { $value: 'B' })],
      check: ({ json }) => expect(peek(json, 'values/core/color/red')).toEqual({ $value: 'B', $type: 'color' }),
    })
  })

  it('a field removed ‖ the same field edited: the edit stays', () => {
    concurrently({
      actors: [
        update('core', 'color.red', { $description: undefined }),
        update('core', 'color.red', { $description: 'B' }),
      ],
      check: ({ json }) =>
        expect(peek(json, 'values/core/color/red')).toEqual({ $value: '#f00', $type: 'color', $description: 'B' }),
    })
  })
})
