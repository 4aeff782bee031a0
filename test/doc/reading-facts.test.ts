import { describe, expect, it } from 'vitest'
import { namesAt } from '../support/generated-tokens-sample.ts'
import { documentOf, factNow, type PlacedFact, readFacts, seedTime, shownAt } from '../support/replicas-reading.ts'

/**
 * `document-model.md` 2.1 and 5: which facts count, which one wins, what a value voids and a deletion covers. The facts are written past the
 * interface; `readFacts` reads them in several orders and groupings, all of which must give the same.
 */

const red = '/values/core/color/red'
const untouched = documentOf([]).toText()

describe('a fact counts only', () => {
  const ignored: Readonly<Record<string, PlacedFact>> = {
    'with an id that starts with a slash': ['aaaaaaaa', 'values/core/color/red/$value', 'v', '"X"', factNow],
    'not on the roof, "" ': ['aaaaaaaa', '', 'v', '{}', factNow],
    'not on the roof, "/"': ['aaaaaaaa', '/', 'x', '{}', factNow],
    'not on the roof, "/values"': ['aaaaaaaa', '/values', 'x', '{}', factNow],
    'with at most 8192 characters of id': [
      'aaaaaaaa',
      `/values/core/${'k'.repeat(8_192)}`,
      'c',
      '{"$value":1}',
      factNow,
    ],
    'with at most 512 segments': ['aaaaaaaa', `/values/core${'/a'.repeat(512)}`, 'c', '{"$value":1}', factNow],
    'with a known field': ['aaaaaaaa', `${red}/$value`, 'constructor', '"X"', factNow],
    'with a text': ['aaaaaaaa', `${red}/$value`, 'v', 7, factNow],
    'with JSON where JSON is meant': ['aaaaaaaa', `${red}/$value`, 'v', '{broken', factNow],
    'with JSON at most 512 deep': ['aaaaaaaa', `${red}/$value`, 'v', '['.repeat(600) + ']'.repeat(600), factNow],
    'with an integer time': ['aaaaaaaa', `${red}/$value`, 'v', '"X"', factNow + 0.5],
    'with a time from 0': ['aaaaaaaa', `${red}/$value`, 'v', '"X"', -1],
    'with a time of at most 2^53 - 1': ['aaaaaaaa', `${red}/$value`, 'v', '"X"', 2 ** 53],
    'with a time that is a number': ['aaaaaaaa', `${red}/$value`, 'v', '"X"', String(factNow)],
    'with an order that is a text': ['aaaaaaaa', '/values/core/color/nu', 'c', '{"$value":1}', factNow, 5],
    'with an order of at most 256 characters': [
      'aaaaaaaa',
      '/values/core/color/nu',
      'c',
      '{"$value":1}',
      factNow,
      'a'.repeat(257),
    ],
    'with at most five entries': ['aaaaaaaa', `${red}/$value`, 'v', '"X"', factNow, 'a0', 'more'],
    whole: ['aaaaaaaa', `${red}/$value`, 'v'],
    'in a lane whose id is 8 to 32 of [0-9a-z]: *': ['*', `${red}/$value`, 'v', '"X"', factNow],
    'in a lane whose id is 8 to 32 of [0-9a-z]: short': ['short', `${red}/$value`, 'v', '"X"', factNow],
    'in a lane whose id is 8 to 32 of [0-9a-z]: capital': ['Aaaaaaaa', `${red}/$value`, 'v', '"X"', factNow],
    'in a lane whose id is 8 to 32 of [0-9a-z]: long': ['a'.repeat(33), `${red}/$value`, 'v', '"X"', factNow],
    'as a name of a set, group or token: a field': ['aaaaaaaa', `${red}/$value`, 'n', 'foo', factNow],
    'as a name of a set, group or token: a theme': ['aaaaaaaa', '/$themes/th1', 'n', 'foo', factNow],
    'as a name below a set that is not empty': ['aaaaaaaa', red, 'n', '', factNow],
    'as a name below a set that does not start with $': ['aaaaaaaa', red, 'n', '$value', factNow],
    'as a place of a field': ['aaaaaaaa', `${red}/$value`, 'p', '/values/core/space', factNow, 'a0'],
    'as a place of a theme elsewhere': ['aaaaaaaa', '/$themes/th1', 'p', '/values/core', factNow, 'a0'],
  }
  for (const [rule, placed] of Object.entries(ignored))
    it(`${rule}`, () => {
      expect(readFacts(placed).toText()).toBe(untouched)
      // And what is ignored hinders no edit.
      const document = documentOf([placed])
      document.update('core', 'color.red', { $value: 'edit' })
      expect(shownAt(document, 'core/color/red/$value')).toBe('edit')
    })

  it('up to the limits', () => {
    expect(
      shownAt(
        readFacts(['aaaaaaaa', `${red}/$value`, 'v', '"X"', 0], ['a'.repeat(32), `${red}/$type`, 'v', '"T"', factNow]),
        'core/color/red',
      ),
    ).toMatchObject({ $type: 'T' })
    const deep = '['.repeat(500) + ']'.repeat(500)
    expect(
      JSON.stringify(shownAt(readFacts(['aaaaaaaa', `${red}/$value`, 'v', deep, factNow]), 'core/color/red/$value')),
    ).toBe(deep)
    expect(shownAt(readFacts(['aaaaaaaa', `${red}/$value`, 'v', '"X"', 2 ** 53 - 1]), 'core/color/red/$value')).toBe(
      'X',
    )
    const document = readFacts([
      'aaaaaaaa',
      '/values/core/color/nu',
      'c',
      '{"$value":1}',
      factNow,
      `a${'0'.repeat(254)}V`,
    ])
    expect(shownAt(document, 'core/color/nu')).toEqual({ $value: 1 })
  })
})

describe('the newest of one register is the greatest', () => {
  it('time, then lane id, then text', () => {
    const value = `${red}/$value`
    expect(
      shownAt(
        readFacts(['zzzzzzzz', value, 'v', '"old"', factNow], ['aaaaaaaa', value, 'v', '"new"', factNow + 1]),
        'core/color/red/$value',
      ),
    ).toBe('new')
    expect(
      shownAt(
        readFacts(['aaaaaaaa', value, 'v', '"z"', factNow], ['bbbbbbbb', value, 'v', '"a"', factNow]),
        'core/color/red/$value',
      ),
    ).toBe('a')
    expect(
      shownAt(
        readFacts(['aaaaaaaa', value, 'v', '"a"', factNow], ['aaaaaaaa', value, 'v', '"b"', factNow]),
        'core/color/red/$value',
      ),
    ).toBe('b')
    expect(
      namesAt(
        readFacts(['aaaaaaaa', red, 'n', 'b', factNow], ['aaaaaaaa', red, 'n', 'a', factNow]).getSnapshot(),
        'values/core/color',
      ),
    ).toContain('b')
  })

  it('lane ids and texts compare by UTF-16 units', () => {
    const value = `${red}/$value`
    // U+FFFD is above the surrogates in UTF-16 units and below U+10000 in code points… by units U+FFFD wins.
    expect(
      shownAt(
        readFacts(['aaaaaaaa', value, 'v', '"\uFFFD"', factNow], ['aaaaaaaa', value, 'v', '"\u{10000}"', factNow]),
        'core/color/red/$value',
      ),
    ).toBe('\uFFFD')
    expect(
      shownAt(
        readFacts(['9zzzzzzz', value, 'v', '"digit"', factNow], ['a0000000', value, 'v', '"letter"', factNow]),
        'core/color/red/$value',
      ),
    ).toBe('letter')
  })

  it('a longer lane id ranks above its beginning', () => {
    const value = `${red}/$value`
    expect(
      shownAt(
        readFacts(['aaaaaaaa', value, 'v', '"short"', factNow], ['aaaaaaaaa', value, 'v', '"long"', factNow]),
        'core/color/red/$value',
      ),
    ).toBe('long')
  })

  it('a fact ranks above a seed of its time', () => {
    expect(shownAt(readFacts(['00000000', `${red}/$value`, 'v', '"X"', seedTime]), 'core/color/red/$value')).toBe('X')
  })

  it('a fact older than the seed loses to its value', () => {
    expect(readFacts(['aaaaaaaa', `${red}/$value`, 'v', '"X"', seedTime - 1]).toText()).toBe(untouched)
  })
})

describe('a v voids what is strictly older below it', () => {
  it('not what is newer, and not what is as old', () => {
    for (const [t, size] of [
      [factNow - 1, '9px'],
      [factNow, 'part'],
      [factNow + 1, 'part'],
    ] as const) {
      const document = readFacts(
        ['aaaaaaaa', '/values/core/type/h1/$value', 'v', '{"fontSize":"9px"}', factNow],
        ['bbbbbbbb', '/values/core/type/h1/$value/fontSize', 'v', '"part"', t],
      )
      expect(shownAt(document, 'core/type/h1/$value')).toEqual({ fontSize: size })
    }
  })

  it('a string hides every part, newer ones too', () => {
    const document = readFacts(
      ['aaaaaaaa', '/values/core/type/h1/$value', 'v', '"{a.b}"', factNow],
      ['bbbbbbbb', '/values/core/type/h1/$value/fontSize', 'v', '"part"', factNow + 1],
    )
    expect(shownAt(document, 'core/type/h1/$value')).toBe('{a.b}')
  })

  it('of a set: older edits in it are void, newer stay', () => {
    const document = readFacts(
      ['aaaaaaaa', '/values/light', 'v', '{"bg":{"$value":"file"},"nu":{"$value":1}}', factNow],
      ['bbbbbbbb', '/values/light/fg/$value', 'v', '"old"', factNow - 1],
      ['bbbbbbbb', '/values/light/bg/$value', 'v', '"new"', factNow + 1],
    )
    expect(shownAt(document, 'light')).toEqual({ bg: { $value: 'new' }, nu: { $value: 1 } })
  })

  it('coverage comes first: a covered v voids nothing', () => {
    const document = readFacts(
      ['aaaaaaaa', '/values/light', 'v', '{"bg":{"$value":"gone"}}', factNow],
      ['bbbbbbbb', '/values/light', 'x', `{"aaaaaaaa":${factNow}}`, factNow + 1],
      ['cccccccc', '/values/light/fg/$value', 'v', '"edit"', factNow - 5],
    )
    // c's edit was seen by nobody and brings its token back.
    expect(shownAt(document, 'light/fg/$value')).toBe('edit')
    expect(shownAt(document, 'light/bg')).toBeUndefined()
  })
})

describe('a deletion', () => {
  it('covers a fact up to the time it names for that lane', () => {
    const edit = ['bbbbbbbb', `${red}/$value`, 'v', '"B"', factNow] as const
    expect(
      shownAt(readFacts(edit, ['aaaaaaaa', red, 'x', `{"bbbbbbbb":${factNow}}`, factNow + 1]), 'core/color/red'),
    ).toBeUndefined()
    expect(
      shownAt(readFacts(edit, ['aaaaaaaa', red, 'x', `{"bbbbbbbb":${factNow - 1}}`, factNow + 1]), 'core/color/red'),
    ).toBeDefined()
    expect(shownAt(readFacts(edit, ['aaaaaaaa', red, 'x', '{}', factNow + 1]), 'core/color/red/$value')).toBe('B')
  })

  it('never covers more than up to its own time, however large the number in it', () => {
    const again = ['bbbbbbbb', red, 'c', '{"$value":"again"}', factNow + 2, 'a0'] as const
    const document = readFacts(['aaaaaaaa', red, 'x', `{"bbbbbbbb":${2 ** 53 - 1}}`, factNow + 1], again)
    expect(shownAt(document, 'core/color/red')).toEqual({ $value: 'again' })
  })

  it('covers a seed up to its own time', () => {
    expect(shownAt(readFacts(['aaaaaaaa', red, 'x', '{}', seedTime]), 'core/color/red')).toBeUndefined()
    expect(shownAt(readFacts(['aaaaaaaa', red, 'x', '{}', seedTime - 1]), 'core/color/red')).toBeDefined()
  })

  it('several add up', () => {
    const document = readFacts(
      ['bbbbbbbb', `${red}/$value`, 'v', '"B"', factNow],
      ['cccccccc', `${red}/$description`, 'v', '"C"', factNow],
      ['aaaaaaaa', red, 'x', `{"bbbbbbbb":${factNow}}`, factNow + 1],
      ['dddddddd', red, 'x', `{"cccccccc":${factNow}}`, factNow + 1],
    )
    expect(shownAt(document, 'core/color/red')).toBeUndefined()
  })

  it('of a group and of a token in it add up', () => {
    const document = readFacts(
      ['bbbbbbbb', `${red}/$value`, 'v', '"B"', factNow],
      ['cccccccc', `${red}/$description`, 'v', '"C"', factNow],
      ['aaaaaaaa', '/values/core/color', 'x', `{"bbbbbbbb":${factNow}}`, factNow + 1],
      ['dddddddd', red, 'x', `{"cccccccc":${factNow}}`, factNow + 1],
    )
    expect(shownAt(document, 'core/color')).toBeUndefined()
  })

  it('with a vector that is none covers the seed and no fact', () => {
    for (const vector of ['[]', 'null', '7', '"x"', '{"bbbbbbbb":"9"}', '{"bbbbbbbb":-1}', '{"bbbbbbbb":null}'])
      expect(
        shownAt(
          readFacts(['bbbbbbbb', `${red}/$value`, 'v', '"B"', factNow], ['aaaaaaaa', red, 'x', vector, factNow + 1]),
          'core/color/red',
        ),
      ).toBeDefined()
  })

  it('a re-creation is only what is new', () => {
    const document = readFacts(
      ['aaaaaaaa', red, 'x', '{}', factNow],
      ['aaaaaaaa', red, 'c', '{"$value":"again"}', factNow + 1, 'a0'],
    )
    expect(shownAt(document, 'core/color/red')).toEqual({ $value: 'again' })
  })

  it('a name given before does not name what was created after', () => {
    const document = readFacts(
      ['aaaaaaaa', red, 'n', 'crimson', factNow],
      ['aaaaaaaa', red, 'x', `{"aaaaaaaa":${factNow}}`, factNow + 1],
      ['aaaaaaaa', red, 'c', '{"$value":"again"}', factNow + 2, 'a0'],
    )
    expect(shownAt(document, 'core/color/red')).toEqual({ $value: 'again' })
    expect(shownAt(document, 'core/color/crimson')).toBeUndefined()
  })

  it('a place given before does not place what was created after', () => {
    const document = readFacts(
      ['aaaaaaaa', red, 'p', '/values/extra', factNow, 'a0V'],
      ['aaaaaaaa', red, 'x', `{"aaaaaaaa":${factNow}}`, factNow + 1],
      ['aaaaaaaa', red, 'c', '{"$value":"again"}', factNow + 2, 'a0'],
    )
    expect(shownAt(document, 'core/color/red')).toEqual({ $value: 'again' })
    expect(namesAt(document.getSnapshot(), 'values/extra')).toEqual(['z'])
  })
})
