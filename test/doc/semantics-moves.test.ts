import { describe, expect, it } from 'vitest'
import type { Snapshot } from '../../src/doc/index.ts'
import { tokenPlaces } from '../support/generated-tokens.ts'
import { namesAt, peek, sampleText } from '../support/generated-tokens-sample.ts'
import { move, rename, update } from '../support/replicas-actors.ts'
import { concurrently } from '../support/replicas-concurrent.ts'
import { createReplicas } from '../support/replicas.ts'

/**
 * `document-model.md` 4, row by row: renames and moves beside edits and beside each other. `A ‖ B`: neither knew of the
 * other. `concurrently` runs a row in every order of time and of delivery, with random client ids and lanes.
 */

const sampleCount = tokenPlaces(JSON.parse(sampleText()) as Snapshot).length
const count = (json: Snapshot): number => tokenPlaces(json).length

describe('renames and moves', () => {
  it('4a rename token ‖ edit: new name, new value, old path gone', () => {
    concurrently({
      actors: [rename('core', 'color.red', 'color.crimson'), update('core', 'color.red', { $value: 'B' })],
      check: ({ json }) => {
        expect(peek(json, 'values/core/color/crimson')).toEqual({
          $value: 'B',
          $type: 'color',
          $description: 'brand red',
        })
        expect(peek(json, 'values/core/color/red')).toBeUndefined()
        expect(namesAt(json, 'values/core/color')).toEqual(['$type', '$description', 'crimson', 'blue', 'brand'])
      },
    })
  })

  it('4b rename group ‖ edit in it: new name, new value, old path gone', () => {
    concurrently({
      actors: [rename('core', 'color.brand', 'color.corp'), update('core', 'color.brand.dark', { $value: 'B' })],
      check: ({ json }) => {
        expect(peek(json, 'values/core/color/corp/dark/$value')).toBe('B')
        expect(peek(json, 'values/core/color/brand')).toBeUndefined()
        expect(count(json)).toBe(sampleCount)
      },
    })
  })

  it('4c move token to a set ‖ edit: new place, with the edit', () => {
    concurrently({
      actors: [move('core', 'space.m', 'light', 'm'), update('core', 'space.m', { $value: 'B' })],
      check: ({ json }) => {
        expect(peek(json, 'values/light/m')).toEqual({ $value: 'B', $type: 'dimension' })
        expect(peek(json, 'values/core/space/m')).toBeUndefined()
      },
    })
  })

  it('4d rename ‖ rename: one token, the newer name', () => {
    concurrently({
      actors: [
        rename('core', 'color.red', 'color.r0'),
        rename('core', 'color.red', 'color.r1'),
        rename('core', 'color.red', 'color.r2'),
      ],
      check: ({ json, newest }) =>
        expect(namesAt(json, 'values/core/color')).toEqual(['$type', '$description', `r${newest}`, 'blue', 'brand']),
    })
  })

  it('4e rename ‖ move: one token, new name, new place', () => {
    concurrently({
      actors: [rename('core', 'space.m', 'space.mm'), move('core', 'space.m', 'light', 'm')],
      check: ({ json }) => {
        expect(peek(json, 'values/light/mm/$value')).toBe('8')
        expect(count(json)).toBe(sampleCount)
        expect(namesAt(json, 'values/core/space')).toEqual(['s', 'l'])
      },
    })
  })

  it('4f group A into B ‖ B into A: all tokens stay, the later move is not applied', () => {
    concurrently({
      actors: [move('core', 'color', 'core', 'space.color'), move('core', 'space', 'core', 'color.space')],
      check: ({ json, newest }) => {
        expect(count(json)).toBe(sampleCount)
        const [inner, outer] = newest === 0 ? ['space', 'color'] : ['color', 'space']
        expect(peek(json, `values/core/${outer}/${inner}`)).toBeDefined()
        expect(peek(json, `values/core/${inner}`)).toBeUndefined()
      },
    })
  })

  it('4f three groups in a ring: all tokens stay', () => {
    concurrently({
      actors: [
        move('core', 'color', 'core', 'space.color'),
        move('core', 'space', 'core', 'type.space'),
        move('core', 'type', 'core', 'color.type'),
      ],
      check: ({ json }) => expect(count(json)).toBe(sampleCount),
    })
  })

  it('tokens renamed alike: x, x-2', () => {
    concurrently({
      actors: [rename('core', 'color.red', 'color.x'), rename('core', 'color.blue', 'color.x')],
      check: ({ json }) => {
        expect(namesAt(json, 'values/core/color')).toEqual(
          expect.arrayContaining(['$type', '$description', 'x', 'x-2', 'brand']),
        )
        expect(count(json)).toBe(sampleCount)
      },
    })
  })

  it('tokens renamed alike at different times: the earlier keeps the name', () => {
    const replicas = createReplicas({ count: 2, seed: 4, file: sampleText() })
    const [a, b] = replicas.all
    a!.document.rename('core', 'color.blue', 'color.x')
    replicas.clock.advance(1_000)
    b!.document.rename('core', 'color.red', 'color.x')
    replicas.sync()
    const json = a!.document.getSnapshot()
    expect(peek(json, 'values/core/color/x/$value')).toBe('#00f')
    expect(peek(json, 'values/core/color/x-2/$value')).toBe('#f00')
  })

  it('a token moved beside one that was created there meanwhile: x, x-2', () => {
    concurrently({
      actors: [
        (document) => document.move('core', 'color.red', 'light', 'red'),
        (document) => document.set('light', 'red', { $value: 'new' }),
      ],
      check: ({ json }) => {
        expect(Object.keys(json.values['light'] as object)).toHaveLength(4)
        expect(peek(json, 'values/light/red/$value')).toBe('#f00')
        expect(peek(json, 'values/light/red-2/$value')).toBe('new')
      },
    })
  })

  it('a token called again what a later one is called that was born under its name: x, x-2', () => {
    concurrently({
      before: (document) => document.rename('core', 'color.red', 'color.crimson'),
      actors: [
        (document) => document.rename('core', 'color.crimson', 'color.red'),
        (document) => document.set('core', 'color.red', { $value: 'new' }),
      ],
      check: ({ json }) => {
        const values = ['red', 'red-2'].map((name) => peek(json, `values/core/color/${name}/$value`))
        expect(values.toSorted()).toEqual(['#f00', 'new'])
        expect(peek(json, 'values/core/color/crimson')).toBeUndefined()
      },
    })
  })

  it('suffixes skip names in use', () => {
    concurrently({
      file: sampleText({ 'values/core/color/x-2': { $value: 'mine', $type: 'color' } }),
      actors: [rename('core', 'color.red', 'color.x'), rename('core', 'color.blue', 'color.x')],
      check: ({ json }) => {
        expect(peek(json, 'values/core/color/x-2/$value')).toBe('mine')
        expect(namesAt(json, 'values/core/color')).toEqual(expect.arrayContaining(['x', 'x-2', 'x-3']))
        expect(count(json)).toBe(sampleCount + 1)
      },
    })
  })

  it('groups renamed alike: one group, clashing tokens t, t-2', () => {
    concurrently({
      file: sampleText({
        'values/core/g1': { $description: 'one', t: { $value: 1, $type: 'number' }, only1: { $value: 'a' } },
        'values/core/g2': { $description: 'two', t: { $value: 2, $type: 'number' }, only2: { $value: 'b' } },
      }),
      actors: [rename('core', 'g1', 'g'), rename('core', 'g2', 'g')],
      check: ({ json, newest }) => {
        const group = peek(json, 'values/core/g') as Record<string, { $value: unknown }>
        expect(Object.keys(group).toSorted()).toEqual(['$description', 'only1', 'only2', 't', 't-2'])
        expect([group['t']?.$value, group['t-2']?.$value].toSorted((x, y) => Number(x) - Number(y))).toEqual([1, 2])
        expect(['one', 'two']).toContain(group['$description'])
        expect(newest).toBeGreaterThanOrEqual(0)
        expect(peek(json, 'values/core/g-2')).toBeUndefined()
      },
    })
  })

  it('a group renamed onto a group ‖ edits in both: all edits', () => {
    concurrently({
      actors: [
        rename('core', 'type', 'space'),
        update('core', 'type.h1', { $value: { fontSize: 'B' } }),
        update('core', 'space.m', { $value: 'C' }),
      ],
      check: ({ json }) => {
        expect(peek(json, 'values/core/space/h1/$value/fontSize')).toBe('B')
        expect(peek(json, 'values/core/space/m/$value')).toBe('C')
        expect(count(json)).toBe(sampleCount)
      },
    })
  })
})
