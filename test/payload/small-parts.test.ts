import { expect, test } from 'vitest'
import { parseTokenFile } from '../../src/payload/file-form.ts'
import { escapeSegment, pointerOf, segmentsOf } from '../../src/payload/json-pointer.ts'
import { type JsonObject, parseJson } from '../../src/payload/ordered-json.ts'
import { countBySet, countTokens, findPayloadError } from '../../src/payload/payload.ts'
import { inEngineOrder, orderSets, tokenSetOrderOf } from '../../src/payload/set-order.ts'
import { byteLength, largestSets } from '../../src/payload/set-sizes.ts'
import { isSetStatus, themeIds, themesOf } from '../../src/payload/themes.ts'
import { isTokenError, TokenError } from '../../src/payload/token-error.ts'
import { pluginType } from '../../src/payload/token-type.ts'

const parse = (text: string): JsonObject => parseJson(text) as JsonObject

test('JSON pointers', () => {
  for (const segments of [[], ['a'], [''], ['a/b', 'c~d', '~1', '~0~1', 'ü']]) {
    expect(segmentsOf(pointerOf(segments))).toEqual(segments)
  }
  expect(pointerOf(['a/b', '~'])).toBe('/a~1b/~0')
  expect(escapeSegment('a.b')).toBe('a.b')
})

test('sets in tokenSetOrder, the unlisted behind in the order of the file', () => {
  expect(orderSets(['a', 'b', 'c', 'd'], ['c', 'gone', 'a', 'c'])).toEqual(['c', 'a', 'b', 'd'])
  expect(orderSets(new Map([['x', 1]]).keys(), [])).toEqual(['x'])
  expect(tokenSetOrderOf(parse('{"$metadata":{"tokenSetOrder":["a",5,"gone"]}}'))).toEqual(['a', 'gone'])
  expect(tokenSetOrderOf(parse('{"$metadata":{"tokenSetOrder":"a"}}'))).toEqual([])
  expect(tokenSetOrderOf(parse('{"$metadata":[]}'))).toEqual([])
})

test('the order of engines is that of Object.keys', () => {
  const names = ['b', '10', 'a', '9', '01']
  expect(inEngineOrder(names)).toEqual(Object.keys(Object.fromEntries(names.map((name) => [name, 1]))))
  expect(inEngineOrder(['b', 'a'])).toEqual(['b', 'a'])
})

test('the largest sets, in bytes of UTF-8', () => {
  const file = parse('{"values":{"s":{},"m":{"a":"ü"},"l":{"a":"xxxxxx"}}}')
  expect(largestSets(file, 2)).toEqual([
    { name: 'l', bytes: 14 },
    { name: 'm', bytes: 10 },
  ])
  expect(byteLength(file)).toBe(53)
  expect(largestSets({}, 3)).toEqual([])
})

test('every theme gets an id of its own, the same each time', () => {
  const themes = themesOf(
    parse(
      '{"$themes":[{"name":"A"},{"id":"x","name":"B"},{"name":"A"},5,{"id":"x"},{"id":1},{"id":"x-2","name":"C"}]}',
    ),
  )
  const ids = themeIds(themes)
  expect(ids).toEqual(themeIds(themes))
  expect(ids[0]).toBe('559aead08264d5795d3909718cdd05abd49572e8')
  expect(ids[1]).toBe('x')
  expect(ids[2]).toBe(`${ids[0]}-2`)
  expect(ids[3]).toBeUndefined()
  expect(ids[4]).toBe('x-3')
  expect(ids[6]).toBe('x-2')
  expect(new Set(ids).size).toBe(7)
  expect(themesOf({ $themes: {} })).toEqual([])
})

test('a set in a theme is enabled, source or disabled', () => {
  expect(['enabled', 'source', 'disabled'].every(isSetStatus)).toBe(true)
  expect([null, undefined, 'on', 1].some((value) => isSetStatus(value))).toBe(false)
})

test.each([
  ['space', 'spacing'],
  ['SIZE', 'sizing'],
  ['radius', 'borderRadius'],
  ['width', 'borderWidth'],
  ['shadow', 'boxShadow'],
  ['fontFamily', 'fontFamilies'],
  ['fontweight', 'fontWeights'],
  ['lineHeight', 'lineHeights'],
  ['fontSize', 'fontSizes'],
  ['LETTERSPACING', 'letterSpacing'],
  ['paragraphspacing', 'paragraphSpacing'],
  ['ParagraphIndent', 'paragraphIndent'],
  ['Color', 'Color'],
  ['duration', 'duration'],
  ['gradient', 'gradient'],
  ['constructor', 'constructor'],
])('the plugin makes %s into %s, and leaves that', (type, expected) => {
  expect(pluginType(type)).toBe(expected)
  expect(pluginType(expected)).toBe(expected)
})

test('counts tokens of every set, inner ones too', () => {
  const file = parseTokenFile('{"values":{"a":{"x":{"$value":1,"kid":{"value":2}},"g":{"y":{"$value":3}}},"b":{}}}')
  expect([...countBySet(file)]).toEqual([
    ['a', 3],
    ['b', 0],
  ])
  expect(countTokens(file)).toBe(3)
})

test.each([
  ['{"values":{"a":{}},"$themes":[{}],"$metadata":{"tokenSetOrder":["a"],"x":1},"y":5}', null],
  ['{"values":{}}', null],
  ['{"values":{},"$metadata":{}}', null],
  ['{}', 'values'],
  ['{"values":[]}', 'values'],
  ['{"values":{"a":{},"b":"x"}}', 'values.b'],
  ['{"values":{},"$themes":{}}', '$themes'],
  ['{"values":{},"$themes":[1]}', '$themes'],
  ['{"values":{},"$metadata":"x"}', '$metadata'],
  ['{"values":{},"$metadata":{"tokenSetOrder":[1]}}', '$metadata.tokenSetOrder'],
])('%s: %s', (text, wrong) => {
  expect(findPayloadError(parse(text))).toBe(wrong)
})

test('a TokenError is known across copies of the package', () => {
  const error = new TokenError('not-found', 'gone', { path: 'a' })
  expect(isTokenError(error)).toBe(true)
  expect(isTokenError(Object.assign(new Error('x'), { name: 'TokenError', code: 'not-found' }))).toBe(true)
  expect(isTokenError(Object.assign(new Error('x'), { name: 'TokenError' }))).toBe(false)
  expect(isTokenError(new Error('x'))).toBe(false)
  expect(isTokenError('TokenError')).toBe(false)
  expect(new TokenError('closed', 'x').details).toEqual({})
})
