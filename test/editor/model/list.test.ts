import { describe, expect, it } from 'vitest'
import { listAction, type ListKey } from '../../../editor/model/list-keys.ts'
import { keepCurrent, matchRows, placeAfter, rowId, treeRows } from '../../../editor/model/list-rows.ts'
import { createListState } from '../../../editor/model/list-state.ts'
import { rowWindow, scrollTopFor, windowIndexes } from '../../../editor/model/row-window.ts'
import { searchSets, searchWords } from '../../../editor/model/search.ts'
import { rowsOfOutline, type SetRow } from '../../../editor/model/set-rows.ts'
import { createTokenDocument, type TokenChange, type TokenDocument } from '../../../src/doc/index.ts'

const token = (value: string): object => ({ $value: value })

function documentOf(values: object): TokenDocument {
  const document = createTokenDocument()
  document.import(JSON.stringify({ values }))
  return document
}

const core = {
  color: { $type: 'color', brand: { '100': token('#111'), '500': token('#555') }, red: token('#f00') },
  size: { $type: 'sizing', s: token('4px'), $description: 'none of these is a row' },
}

const rowsOf = (document: TokenDocument, set = 'core'): readonly SetRow[] => rowsOfOutline(document.outline(set))

describe('the rows of a set', () => {
  const rows = rowsOf(documentOf({ core }))

  it('are its tree, with levels, places and counts', () => {
    expect(
      rows.map(({ name, level, position, siblings, tokens, end, parent }) => [
        name,
        level,
        position,
        siblings,
        tokens,
        end,
        parent,
      ]),
    ).toEqual([
      ['color', 1, 1, 2, 3, 5, -1],
      ['color.brand', 2, 1, 2, 2, 4, 0],
      ['color.brand.100', 3, 1, 2, 1, 3, 1],
      ['color.brand.500', 3, 2, 2, 1, 4, 1],
      ['color.red', 2, 2, 2, 1, 5, 0],
      ['size', 1, 2, 2, 1, 7, -1],
      ['size.s', 2, 1, 1, 1, 7, 5],
    ])
  })

  it('inherit the type of their groups', () => {
    expect(rows.filter(({ kind }) => kind === 'token').map(({ type }) => type)).toEqual([
      'color',
      'color',
      'color',
      'sizing',
    ])
  })

  it('are made once for one outline', () => {
    const document = documentOf({ core })
    expect(rowsOf(document)).toBe(rowsOf(document))
  })

  it('know a name with a dot from a group', () => {
    const dotted = rowsOf(documentOf({ core: { 'a.b': token('1'), a: { b: token('2') } } }))
    expect(new Set(dotted.map(({ key }) => key)).size).toBe(3)
  })

  it('hide what is folded', () => {
    const shown = treeRows('core', rows, new Set([rows[1]?.key as string]))
    expect(shown.map((row) => [row.kind === 'set' ? '' : row.row.name, row.unfolded])).toEqual([
      ['color', true],
      ['color.brand', false],
      ['color.red', undefined],
      ['size', true],
      ['size.s', undefined],
    ])
  })
})

describe('keys', () => {
  const rows = treeRows('core', rowsOf(documentOf({ core })), new Set())
  const press = (key: string, at: number, more: Partial<ListKey> = {}): unknown =>
    listAction({ key, ctrl: false, alt: false, shift: false, ...more }, rows, at, 3)

  it.each([
    ['ArrowDown', 0, { kind: 'go', to: 1 }],
    ['ArrowUp', 0, { kind: 'go', to: 0 }],
    ['ArrowDown', 6, { kind: 'go', to: 6 }],
    ['Home', 4, { kind: 'go', to: 0 }],
    ['End', 0, { kind: 'go', to: 6 }],
    ['PageDown', 1, { kind: 'go', to: 4 }],
    ['PageUp', 1, { kind: 'go', to: 0 }],
    ['ArrowRight', 0, { kind: 'go', to: 1 }],
    ['ArrowLeft', 0, { kind: 'fold' }],
    ['ArrowLeft', 3, { kind: 'go', to: 1 }],
    ['ArrowRight', 3, undefined],
    ['Enter', 2, { kind: 'edit' }],
    ['Enter', 1, { kind: 'fold' }],
    ['F2', 2, { kind: 'edit' }],
    ['F2', 1, { kind: 'rename' }],
    ['Delete', 2, { kind: 'remove' }],
    ['Insert', 2, { kind: 'add' }],
    ['ContextMenu', 2, { kind: 'menu' }],
    ['F10', 2, undefined],
    ['x', 2, undefined],
  ])('%s at row %i', (key, at, action) => {
    expect(press(key, at)).toEqual(action)
  })

  it('with Alt, Ctrl and Shift', () => {
    expect(press('ArrowUp', 2, { alt: true })).toEqual({ kind: 'move', by: -1 })
    expect(press('d', 2, { ctrl: true })).toEqual({ kind: 'duplicate' })
    expect(press('z', 2, { ctrl: true })).toBeUndefined()
    expect(press('F10', 2, { shift: true })).toEqual({ kind: 'menu' })
  })
})

const change = (from: readonly string[], path: readonly string[], set = 'core'): TokenChange => ({
  kind: 'group',
  set,
  path,
  field: [],
  before: undefined,
  after: undefined,
  renamedFrom: { set: 'core', path: from },
  who: { lane: 'x' },
  when: 0,
  origin: 'remote',
})

describe('a place after changes', () => {
  const place = { set: 'core', path: ['color', 'brand', '500'] }

  it('follows what is above it', () => {
    expect(placeAfter(place, [change(['color'], ['farbe'])])).toEqual({ set: 'core', path: ['farbe', 'brand', '500'] })
    expect(placeAfter(place, [change(['color', 'brand'], ['accent'], 'other')])).toEqual({
      set: 'other',
      path: ['accent', '500'],
    })
  })

  it('takes the nearest of several, and chains none', () => {
    const both = [
      change(['color', 'brand', '500'], ['main']),
      change(['color'], ['farbe']),
      change(['main'], ['elsewhere']),
    ]
    expect(placeAfter(place, both)).toEqual({ set: 'core', path: ['main'] })
  })

  it('stays where nothing of it is renamed', () => {
    expect(placeAfter(place, [change(['color', 'brandy'], ['x']), change([], [])])).toEqual(place)
  })
})

describe('the current row', () => {
  const document = documentOf({ core })
  const before = treeRows('core', rowsOf(document), new Set())
  const without = (name: string): typeof before => before.filter((row) => row.kind === 'set' || row.row.name !== name)
  const id = (name: string): string => rowId('core', name.split('.'))

  it('stays, moves to its neighbour, and ends with the list', () => {
    expect(keepCurrent(before, without('color.brand.100'), id('color.red'))).toBe(id('color.red'))
    expect(keepCurrent(before, without('color.red'), id('color.red'))).toBe(id('size'))
    expect(keepCurrent(before, without('size.s'), id('size.s'))).toBe(id('size'))
    expect(keepCurrent(before, [], id('size.s'))).toBeUndefined()
  })

  it('is kept per set, and found again after a search', () => {
    const two = documentOf({ core, other: { a: token('1') } })
    const list = createListState()
    const show = (set: string, words: readonly string[] = []): string | undefined => {
      const sets = two.setNames().map((name) => ({ set: name, rows: rowsOf(two, name) }))
      list.refresh({ document: two, set, matches: words.length > 0 ? searchSets(sets, words) : null }, [])
      const row = list.rows[list.current]
      return row?.kind === 'set' ? row.set : row?.row.name
    }
    expect(show('core')).toBe('color')
    list.goTo(3)
    expect(show('core')).toBe('color.brand.500')
    expect(show('other')).toBe('a')
    expect(show('core')).toBe('color.brand.500')
    show('core', ['size'])
    expect(show('core')).toBe('color.brand.500')
  })

  it('is revealed from a folded group', () => {
    const list = createListState()
    const source = { document, set: 'core', matches: null }
    list.refresh(source, [])
    list.foldAll(source, true)
    list.refresh(source, [])
    expect(list.rows).toHaveLength(2)
    list.reveal('core', ['color', 'brand', '500'])
    list.refresh(source, [])
    expect(list.rows.map((row) => (row.kind === 'set' ? '' : row.row.name))).toEqual([
      'color',
      'color.brand',
      'color.brand.100',
      'color.brand.500',
      'color.red',
      'size',
    ])
    expect(list.current).toBe(3)
  })
})

describe('search', () => {
  const document = documentOf({ core, 'theme/red': { x: token('{color.red}') }, empty: {} })
  const sets = document.setNames().map((set) => ({ set, rows: rowsOf(document, set) }))
  const find = (query: string): unknown =>
    searchSets(sets, searchWords(query)).map(({ set, nameMatches, tokens }) => [
      set,
      nameMatches,
      tokens.map(({ name }) => name),
    ])

  it('looks at names, values, types and set names; every word counts', () => {
    expect(find('RED')).toEqual([
      ['core', false, ['color.red']],
      ['theme/red', true, ['x']],
    ])
    expect(find('sizing')).toEqual([['core', false, ['size.s']]])
    expect(find('brand 500')).toEqual([['core', false, ['color.brand.500']]])
    expect(find('brand nothing')).toEqual([])
    expect(find('  ')).toEqual([])
  })

  it('shows a heading per set with something found', () => {
    const rows = matchRows(searchSets(sets, ['red']))
    expect(rows.map(({ kind, level, position, siblings }) => [kind, level, position, siblings])).toEqual([
      ['set', 1, 1, 2],
      ['token', 2, 1, 1],
      ['set', 1, 2, 2],
      ['token', 2, 1, 1],
    ])
  })
})

describe('the window of rows', () => {
  it('is what is in view and some around', () => {
    expect(rowWindow({ scrollTop: 3_200, height: 320, rowHeight: 32, count: 10_000 })).toEqual({ start: 92, end: 119 })
    expect(rowWindow({ scrollTop: 0, height: 320, rowHeight: 32, count: 5 })).toEqual({ start: 0, end: 5 })
    expect(rowWindow({ scrollTop: 99_999, height: 320, rowHeight: 32, count: 20 })).toEqual({ start: 11, end: 20 })
    expect(rowWindow({ scrollTop: 0, height: 320, rowHeight: 0, count: 500 })).toEqual({ start: 0, end: 50 })
  })

  it('keeps the current row also outside', () => {
    expect(windowIndexes({ start: 5, end: 7 }, 2)).toEqual([2, 5, 6])
    expect(windowIndexes({ start: 5, end: 7 }, 6)).toEqual([5, 6])
    expect(windowIndexes({ start: 5, end: 7 }, 9)).toEqual([5, 6, 9])
    expect(windowIndexes({ start: 5, end: 7 }, -1)).toEqual([5, 6])
  })

  it('scrolls no further than it must', () => {
    const view = { scrollTop: 100, height: 200, rowHeight: 20, count: 100 }
    expect(scrollTopFor(2, view)).toBe(40)
    expect(scrollTopFor(6, view)).toBeUndefined()
    expect(scrollTopFor(20, view)).toBe(220)
    expect(scrollTopFor(14, view, 30)).toBe(130)
  })
})
