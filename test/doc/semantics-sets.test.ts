import { describe, expect, it } from 'vitest'
import { createTokenDocument, type Snapshot } from '../../src/doc/index.ts'
import { tokenPlaces } from '../support/generated-tokens.ts'
import { peek, sampleText } from '../support/generated-tokens-sample.ts'
import { removeSet, renameSet, reorderSets, setTheme, update } from '../support/replicas-actors.ts'
import { concurrently } from '../support/replicas-concurrent.ts'

/**
 * `document-model.md` 4, row by row: sets and themes. `A ‖ B`: neither knew of the
 * other. `concurrently` runs a row in every order of time and of delivery, with random client ids and lanes.
 */

const sampleCount = tokenPlaces(JSON.parse(sampleText()) as Snapshot).length
const count = (json: Snapshot): number => tokenPlaces(json).length
const order = (json: Snapshot): readonly string[] => json.$metadata.tokenSetOrder
const selected = (json: Snapshot, theme: number): unknown => peek(json, `$themes/${theme}/selectedTokenSets`)

describe('sets', () => {
  it('5 rename set ‖ edit, add in it: both in it, once in the order', () => {
    concurrently({
      actors: [
        renameSet('light', 'day'),
        (document, step) => {
          document.update('light', 'bg', { $value: 'B' })
          step()
          document.set('light', 'nu', { $value: 'N', $type: 'color' })
        },
      ],
      check: ({ json }) => {
        expect(json.values['day']).toEqual({
          bg: { $value: 'B', $type: 'color' },
          fg: { $value: '#222', $type: 'color' },
          nu: { $value: 'N', $type: 'color' },
        })
        expect(order(json)).toEqual(['core', 'day', 'dark', 'extra'])
        expect(Object.keys(json.values)).toEqual(['core', 'day', 'dark', 'extra'])
        expect(selected(json, 0)).toEqual({ core: 'source', day: 'enabled' })
      },
    })
  })

  it('an entry of the order that names no set stands for the set that is called so later, which has one place', () => {
    const listed = sampleText({ '$metadata/tokenSetOrder': ['core', 'gone', 'light', 'dark'] })
    for (const [set, expected] of [
      ['dark', ['core', 'light', 'gone']],
      ['extra', ['core', 'gone', 'light', 'dark']],
    ] as const) {
      const document = createTokenDocument()
      document.import(listed)
      document.renameSet(set, 'gone')
      expect(document.getSnapshot().$metadata.tokenSetOrder).toEqual(expected)
      expect(document.setNames().toSorted()).toEqual(
        ['core', 'light', 'dark', 'extra', 'gone'].filter((name) => name !== set).toSorted(),
      )
      document.undo()
      expect(document.getSnapshot().$metadata.tokenSetOrder).toEqual(['core', 'gone', 'light', 'dark'])
    }
  })

  it('6a two sets reordered: both applied', () => {
    concurrently({
      actors: [reorderSets('extra', 'core', 'light', 'dark'), reorderSets('core', 'dark', 'light', 'extra')],
      check: ({ json }) => expect(order(json)).toEqual(['extra', 'core', 'dark', 'light']),
    })
  })

  it('6b one set moved twice: once, at the newer place', () => {
    concurrently({
      actors: [reorderSets('extra', 'core', 'light', 'dark'), reorderSets('core', 'extra', 'light', 'dark')],
      check: ({ json, newest }) =>
        expect(order(json)).toEqual(
          newest === 0 ? ['extra', 'core', 'light', 'dark'] : ['core', 'extra', 'light', 'dark'],
        ),
    })
  })

  it('6c reorder ‖ add ‖ delete of sets: all three, no duplicate', () => {
    concurrently({
      actors: [
        reorderSets('extra', 'core', 'light', 'dark'),
        (document) => document.addSet('nu', { t: { $value: 1, $type: 'number' } }, { after: 'core' }),
        removeSet('dark'),
      ],
      check: ({ json }) => {
        expect(order(json)).toEqual(['extra', 'core', 'nu', 'light'])
        expect(Object.keys(json.values)).toEqual(['extra', 'core', 'nu', 'light'])
        expect(json.values['nu']).toEqual({ t: { $value: 1, $type: 'number' } })
        expect(selected(json, 1)).toEqual({ core: 'source' })
      },
    })
  })

  it('6d reorder X ‖ delete X: deleted, also in the order', () => {
    concurrently({
      actors: [reorderSets('dark', 'core', 'light', 'extra'), removeSet('dark')],
      check: ({ json }) => {
        expect(order(json)).toEqual(['core', 'light', 'extra'])
        expect(Object.keys(json.values)).toEqual(['core', 'light', 'extra'])
      },
    })
  })

  it('12 two sets renamed alike: theme, theme-2, no token lost', () => {
    concurrently({
      actors: [renameSet('light', 'theme'), renameSet('dark', 'theme')],
      check: ({ json }) => {
        expect([...order(json)].toSorted()).toEqual(['core', 'extra', 'theme', 'theme-2'])
        expect(Object.keys(json.values)).toEqual(order(json))
        expect(count(json)).toBe(sampleCount)
        // Each theme still switches the set it switched before.
        const of = (theme: number): string =>
          Object.keys(selected(json, theme) as object).find((name) => name !== 'core') as string
        expect(Object.keys(json.values[of(0)] as object)).toEqual(['bg', 'fg'])
        expect(Object.keys(json.values[of(1)] as object)).toEqual(['bg'])
      },
    })
  })

  it('set names swapped: order and themes follow the sets', () => {
    concurrently({
      actors: [
        (document, step) => {
          document.renameSet('light', 'tmp')
          step()
          document.renameSet('dark', 'light')
          step()
          document.renameSet('tmp', 'dark')
        },
        update('light', 'bg', { $value: 'B' }),
      ],
      check: ({ json }) => {
        expect(order(json)).toEqual(['core', 'dark', 'light', 'extra'])
        expect(peek(json, 'values/dark/bg/$value')).toBe('B')
        expect(peek(json, 'values/light/bg/$value')).toBe('#000')
        expect(selected(json, 0)).toEqual({ core: 'source', dark: 'enabled' })
        expect(selected(json, 1)).toEqual({ core: 'source', light: 'enabled' })
      },
    })
  })

  it('set name reused by a new set: order and themes follow the sets', () => {
    concurrently({
      actors: [
        (document, step) => {
          document.renameSet('light', 'day')
          step()
          document.addSet('light', { q: { $value: 1, $type: 'number' } })
        },
        update('light', 'bg', { $value: 'B' }),
      ],
      check: ({ json }) => {
        expect(order(json)).toEqual(['core', 'day', 'dark', 'extra', 'light'])
        expect(peek(json, 'values/day/bg/$value')).toBe('B')
        expect(json.values['light']).toEqual({ q: { $value: 1, $type: 'number' } })
        expect(selected(json, 0)).toEqual({ core: 'source', day: 'enabled' })
      },
    })
  })

  it('delete set ‖ edit in it: lives with the edited token', () => {
    concurrently({
      actors: [removeSet('light'), update('light', 'bg', { $value: 'B' })],
      check: ({ json }) => {
        expect(json.values['light']).toEqual({ bg: { $value: 'B', $type: 'color' } })
        expect(order(json)).toEqual(['core', 'light', 'dark', 'extra'])
        expect(selected(json, 0)).toEqual({ core: 'source', light: 'enabled' })
      },
    })
  })

  it('delete set ‖ rename it: deleted, also in order and themes', () => {
    concurrently({
      actors: [removeSet('light'), renameSet('light', 'day')],
      check: ({ json }) => {
        expect(Object.keys(json.values)).toEqual(['core', 'dark', 'extra'])
        expect(order(json)).toEqual(['core', 'dark', 'extra'])
        expect(selected(json, 0)).toEqual({ core: 'source' })
      },
    })
  })

  it('one set added by two: one set, tokens of both', () => {
    concurrently({
      actors: [
        (document) => document.addSet('nu', { a: { $value: 'A' } }),
        (document) => document.addSet('nu', { b: { $value: 'B' } }),
      ],
      check: ({ json }) => {
        expect(Object.keys(json.values['nu'] as object).toSorted()).toEqual(['a', 'b'])
        expect(order(json)).toEqual(['core', 'light', 'dark', 'extra', 'nu'])
      },
    })
  })
})

describe('themes', () => {
  it('theme reordered ‖ edited ‖ one of its sets renamed: all', () => {
    concurrently({
      actors: [
        (document) => document.reorderThemes(['th2', 'th1']),
        setTheme({ id: 'th2', name: 'Night' }),
        renameSet('dark', 'night'),
      ],
      check: ({ json }) => {
        expect(json.$themes.map((theme) => peek(theme, 'id'))).toEqual(['th2', 'th1'])
        expect(json.$themes[0]).toEqual({
          id: 'th2',
          name: 'Night',
          selectedTokenSets: { core: 'source', night: 'enabled' },
        })
      },
    })
  })

  it('theme deleted ‖ edited: lives, whole', () => {
    concurrently({
      actors: [(document) => document.removeTheme('th2'), setTheme({ id: 'th2', name: 'Night' })],
      check: ({ json }) =>
        expect(json.$themes[1]).toEqual({
          id: 'th2',
          name: 'Night',
          selectedTokenSets: { core: 'source', dark: 'enabled' },
        }),
    })
  })

  it('one theme switched on two sets: both statuses', () => {
    concurrently({
      actors: [
        setTheme({ id: 'th1', selectedTokenSets: { dark: 'enabled' } }),
        setTheme({ id: 'th1', selectedTokenSets: { extra: 'source' } }),
      ],
      check: ({ json }) =>
        expect(selected(json, 0)).toEqual({ core: 'source', light: 'enabled', dark: 'enabled', extra: 'source' }),
    })
  })

  it('two themes added at one place: both', () => {
    concurrently({
      actors: [
        setTheme({ name: 'Ana', selectedTokenSets: { core: 'source' } }),
        setTheme({ name: 'Bob', selectedTokenSets: { core: 'source' } }),
      ],
      check: ({ json }) => {
        const names = json.$themes.map((theme) => peek(theme, 'name'))
        expect(names.slice(0, 2)).toEqual(['Light', 'Dark'])
        expect(names.slice(2).toSorted()).toEqual(['Ana', 'Bob'])
      },
    })
  })

  it('the first theme removed ‖ the second edited: the second with its edit', () => {
    concurrently({
      actors: [(document) => document.removeTheme('th1'), setTheme({ id: 'th2', name: 'Night' })],
      check: ({ json }) =>
        expect(json.$themes.map((theme) => [peek(theme, 'id'), peek(theme, 'name')])).toEqual([['th2', 'Night']]),
    })
  })
})
