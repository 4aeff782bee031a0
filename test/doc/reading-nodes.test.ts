import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { createTokenDocument, type TokenDocument } from '../../src/doc/index.ts'
import { namesAt, peek, sampleText } from '../support/generated-tokens-sample.ts'
import { putFacts } from '../support/replicas-facts.ts'
import { documentOf, factNow, readFacts, shownAt } from '../support/replicas-reading.ts'
import { testEpoch } from '../support/virtual-clock.ts'

/**
 * `document-model.md` 3 and 5: where nodes stand and what they are called; arrays, themes, order. The facts are written past the
 * interface; `readFacts` reads them in several orders and groupings, all of which must give the same.
 */

const red = '/values/core/color/red'
const untouched = documentOf([]).toText()

describe('a move', () => {
  const moveRed = (to: string): readonly unknown[] => ['aaaaaaaa', red, 'p', to, factNow, 'a0']
  for (const [what, to] of [
    ['itself', red],
    ['a field', `${red}/$value`],
    ['another token', '/values/core/color/blue'],
    ['a part of a token', '/values/core/type/h1/$value'],
    ['nowhere', '/values/core/nowhere'],
    ['another tree', '/$themes'],
    ['the sets', '/values'],
    ['the roof', ''],
    ['a theme', '/$themes/th1'],
    ['the metadata', '/$metadata'],
    ['no id', 'core'],
  ] as const)
    it(`of a token into ${what} is not applied`, () => {
      expect(readFacts(moveRed(to)).toText()).toBe(untouched)
    })

  it('of a group into itself or below itself is not applied', () => {
    for (const to of ['/values/core/color', '/values/core/color/brand', '/values/core/color/brand/light'])
      expect(readFacts(['aaaaaaaa', '/values/core/color', 'p', to, factNow, 'a0']).toText()).toBe(untouched)
  })

  it('of a set into a group is not applied', () => {
    expect(readFacts(['aaaaaaaa', '/values/dark', 'p', '/values/core', factNow, 'a0']).toText()).toBe(untouched)
  })

  it('into a deleted group brings it to life', () => {
    const document = readFacts(
      ['aaaaaaaa', '/values/core/space', 'x', '{}', factNow - 1],
      moveRed('/values/core/space'),
    )
    expect(namesAt(document.getSnapshot(), 'values/core/space')).toEqual(['red'])
  })

  it('applies in the order of time, so that the later of a ring is skipped', () => {
    const document = readFacts(
      ['aaaaaaaa', '/values/core/color', 'p', '/values/core/space', factNow, 'a0'],
      ['bbbbbbbb', '/values/core/space', 'p', '/values/core/color', factNow + 1, 'a0'],
    )
    expect(namesAt(document.getSnapshot(), 'values/core')).toEqual(['type', 'shadow', 'space'])
    expect(namesAt(document.getSnapshot(), 'values/core/space')).toContain('color')
  })

  it('away takes deletions of the old place with it only if they cover it', () => {
    const move = ['aaaaaaaa', red, 'p', '/values/extra', factNow, 'b0'] as const
    const seen = readFacts(move, ['bbbbbbbb', '/values/extra', 'x', `{"aaaaaaaa":${factNow}}`, factNow + 1])
    expect(shownAt(seen, 'extra')).toBeUndefined()
    const unseen = readFacts(move, ['bbbbbbbb', '/values/extra', 'x', '{}', factNow + 1])
    expect(shownAt(unseen, 'extra')).toEqual({ red: { $value: '#f00', $type: 'color', $description: 'brand red' } })
  })
})

describe('names and places', () => {
  it('a node known only by v comes last, by id', () => {
    const document = readFacts(
      ['aaaaaaaa', '/values/core/color/zz', 'v', '{"$value":1}', factNow + 1],
      ['aaaaaaaa', '/values/core/color/aa', 'v', '{"$value":2}', factNow + 2],
      ['bbbbbbbb', '/values/core/color/red/zz', 'v', '1', factNow + 1],
      ['bbbbbbbb', '/values/core/color/red/aa', 'v', '2', factNow + 2],
    )
    expect(namesAt(document.getSnapshot(), 'values/core/color')).toEqual([
      '$type',
      '$description',
      'red',
      'blue',
      'brand',
      'aa',
      'zz',
    ])
    expect(namesAt(document.getSnapshot(), 'values/core/color/red')).toEqual([
      '$value',
      '$type',
      '$description',
      'aa',
      'zz',
    ])
  })

  it('equal order keys stand by id', () => {
    const document = readFacts(
      ['aaaaaaaa', '/values/extra/n2', 'c', '{"$value":1}', factNow, 'a0V'],
      ['bbbbbbbb', '/values/extra/n1', 'c', '{"$value":2}', factNow + 1, 'a0V'],
    )
    expect(namesAt(document.getSnapshot(), 'values/extra')).toEqual(['z', 'n1', 'n2'])
  })

  it('a reserved segment is never shown', () => {
    for (const segment of ['~', '~2', '~x', '~y', '~uzz', '~u12', '~:', '~:x', 'a~', 'a~9b'])
      expect(
        readFacts(['aaaaaaaa', `/values/core/color/${segment}`, 'c', '{"$value":1}', factNow, 'a0']).toText(),
      ).toBe(untouched)
  })

  it('escapes are read back', () => {
    const document = readFacts(
      ['aaaaaaaa', '/values/core/color/a~0b~1c', 'c', '{"$value":1}', factNow, 'b0'],
      ['aaaaaaaa', '/values/core/color/~ud800', 'c', '{"$value":2}', factNow, 'b1'],
    )
    expect(namesAt(document.getSnapshot(), 'values/core/color').slice(-2)).toEqual(['a~b/c', '\ud800'])
  })

  it('the k-th node of a name has that name and inherits nothing from files', () => {
    const document = readFacts(
      ['aaaaaaaa', red, 'n', 'crimson', factNow],
      ['bbbbbbbb', `${red}~:1`, 'c', '{"$value":"second"}', factNow + 1, 'a2V'],
    )
    expect(shownAt(document, 'core/color/red')).toEqual({ $value: 'second' })
    expect(shownAt(document, 'core/color/crimson')).toMatchObject({ $value: '#f00' })
    expect(namesAt(document.getSnapshot(), 'values/core/color')).toEqual([
      '$type',
      '$description',
      'crimson',
      'red',
      'blue',
      'brand',
    ])
  })

  it('prototype names are names', () => {
    const document = readFacts(
      ['aaaaaaaa', '/values/core/color/__proto__', 'c', '{"$value":"p"}', factNow, 'b0'],
      ['aaaaaaaa', '/values/core/color/constructor/prototype', 'c', '{"$value":"q"}', factNow, 'b1'],
      ['aaaaaaaa', '/values/core/color/red/__proto__', 'v', '{"polluted":1}', factNow],
    )
    expect(Object.hasOwn(document.getSnapshot().values['core'] as object, '__proto__')).toBe(false)
    expect(shownAt(document, 'core/color/__proto__')).toEqual({ $value: 'p' })
    expect(Object.hasOwn(shownAt(document, 'core/color/red') as object, '__proto__')).toBe(true)
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
    expect((shownAt(document, 'core/color/red') as { polluted?: unknown }).polluted).toBeUndefined()
  })
})

describe('a set', () => {
  it('is a group whatever stands in it', () => {
    const document = readFacts(['aaaaaaaa', '/values/core/$value', 'v', '"odd"', factNow])
    for (const path of ['type.h1', 'color.red', 'space.m']) expect(document.get('core', path)).toBeDefined()
    expect(document.outline('core').map(({ path }) => path.join('.'))).toContain('type.h1')
    document.update('core', 'type.h1', { $description: 'edited' })
    expect(shownAt(document, 'core/type/h1/$description')).toBe('edited')
  })
})

describe('array entries', () => {
  const value = '/values/core/shadow/md/$value'
  const entry = (id: string, text: string, order: string, lane = 'aaaaaaaa'): readonly unknown[] => [
    lane,
    `${value}/${id}`,
    'c',
    text,
    factNow,
    order,
  ]
  const shadows = (document: TokenDocument): unknown => shownAt(document, 'core/shadow/md/$value')
  const first = { x: 0, y: 1, blur: '2px', color: '#000' }
  const second = { x: 0, y: 4, blur: '8px', color: '#333' }

  it('inserted by two at one place: both', () => {
    const document = readFacts(
      entry('~nabc.aaaaaaaa', '{"x":"A"}', 'a0Va', 'aaaaaaaa'),
      entry('~nabc.bbbbbbbb', '{"x":"B"}', 'a0Vb', 'bbbbbbbb'),
    )
    expect(shadows(document)).toEqual([first, { x: 'A' }, { x: 'B' }, second])
  })

  it('removed ‖ edited: removed', () => {
    const document = readFacts(
      ['aaaaaaaa', `${value}/0`, 'x', '{}', factNow],
      ['bbbbbbbb', `${value}/0/blur`, 'v', '"B"', factNow + 1],
      ['bbbbbbbb', `${value}/1/blur`, 'v', '"C"', factNow + 1],
    )
    expect(shadows(document)).toEqual([{ ...second, blur: 'C' }])
  })

  it('moved among each other', () => {
    expect(shadows(readFacts(['aaaaaaaa', `${value}/1`, 'p', value, factNow, 'Zz']))).toEqual([second, first])
  })
})

describe('themes', () => {
  it('are known by id where all ids are distinct texts that are no integers', () => {
    const document = readFacts(['aaaaaaaa', '/$themes/th2/name', 'v', '"Night"', factNow])
    expect(document.getSnapshot().$themes.map((theme) => peek(theme, 'name'))).toEqual(['Light', 'Night'])
  })

  it('stand whatever else somebody wrote in their place earlier', () => {
    for (const text of ['1', '{}', 'null', '"x"', '[]', '[null,7]', '[{"id":"th1"},{"id":"th1"}]'])
      for (const field of ['v', 'c'])
        expect(readFacts(['aaaaaaaa', '/$themes', field, text, 1, 'a0']).getSnapshot().$themes.length).toBe(2)
  })

  it('are else known by their place', () => {
    const ydoc = new Y.Doc()
    const document = createTokenDocument(ydoc, { now: () => testEpoch })
    document.import(sampleText({ '$themes/1/id': 'th1' }))
    putFacts(ydoc, 'aaaaaaaa', ['/$themes/1/name', 'v', '"Night"', factNow])
    expect(document.getSnapshot().$themes.map((theme) => peek(theme, 'name'))).toEqual(['Light', 'Night'])
  })

  it('name their sets by the id of the set', () => {
    const document = readFacts(
      ['aaaaaaaa', '/values/light', 'n', 'day', factNow],
      ['bbbbbbbb', '/$themes/th2/selectedTokenSets/light', 'v', '"source"', factNow + 1],
    )
    expect(document.getSnapshot().$themes.map((theme) => peek(theme, 'selectedTokenSets'))).toEqual([
      { core: 'source', day: 'enabled' },
      { core: 'source', dark: 'enabled', day: 'source' },
    ])
  })
})

describe('tokenSetOrder', () => {
  const order = (document: TokenDocument): readonly string[] => document.getSnapshot().$metadata.tokenSetOrder

  it('follows q, else the place in the file, else the key of the creation', () => {
    const document = readFacts(
      ['aaaaaaaa', '/values/extra', 'q', 'Zz', factNow],
      ['bbbbbbbb', '/values/nu', 'c', '{}', factNow, 'a1V'],
    )
    expect(order(document)).toEqual(['extra', 'core', 'light', 'nu', 'dark'])
  })

  it('keeps names of no set', () => {
    const ydoc = new Y.Doc()
    const document = createTokenDocument(ydoc, { now: () => testEpoch })
    document.import(sampleText({ '$metadata/tokenSetOrder': ['core', 'ghost', 'dark', 'light', 'extra'] }))
    expect(order(document)).toEqual(['core', 'ghost', 'dark', 'light', 'extra'])
    document.renameSet('dark', 'night')
    document.removeSet('light')
    expect(order(document)).toEqual(['core', 'ghost', 'night', 'extra'])
    expect(document.toText()).toContain('"tokenSetOrder":["core","ghost","night","extra"]')
  })
})
