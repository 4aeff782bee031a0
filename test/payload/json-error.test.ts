import { expect, test } from 'vitest'
import { locateJsonError } from '../../src/payload/json-error.ts'

test.each([
  ['{"a":1,\n "b" 2}', 2, 6, '":" is expected after the name'],
  ['{"a":1,}', 1, 8, 'a name in double quotes is expected'],
  ['[1,]', 1, 4, 'a value is expected'],
  ['[1 2]', 1, 4, '"," or "]" is expected'],
  ['{"a":1 "b":2}', 1, 8, '"," or "}" is expected'],
  ['{"a":01}', 1, 7, '"," or "}" is expected'],
  ['{}x', 1, 3, 'nothing may follow the end of the JSON'],
  ['{"a":tru}', 1, 6, 'a value is expected'],
  ["{'a':1}", 1, 2, 'a name in double quotes is expected'],
])('%s breaks off at line %i, column %i', (text, line, column, reason) => {
  expect(locateJsonError(text)).toEqual({ line, column, reason })
})

test.each(['', '  ', '{', '{"a', '{"a":', '{"a":1', '[', '[[1],', '"x'])('%s ends too early', (text) => {
  expect(locateJsonError(text)?.reason).toMatch(/^the text ends too early: /)
})

test('an open text is found where it breaks', () => {
  expect(locateJsonError('{"a\nb":1}')).toMatchObject({
    line: 1,
    column: 4,
    reason: expect.stringContaining('line break'),
  })
  expect(locateJsonError('["x\\q"]')).toMatchObject({ column: 4, reason: expect.stringContaining('bad escape') })
})

test('agrees with the engine on every small damage to a text', () => {
  const text = '{"a":[1,[],-2.5e3,"x\\u00e9\\n",true,null,{"b":{}}],"c":"é"}'
  for (let at = 0; at <= text.length; at++) {
    for (const char of ['', '"', '}', ',', '0', '\\', '\n', ' ', 'x', '1', '-', '[', ':']) {
      for (const removed of [0, 1]) {
        const damaged = text.slice(0, at) + char + text.slice(at + removed)
        expect([damaged, locateJsonError(damaged) === null]).toEqual([damaged, isJson(damaged)])
      }
    }
  }
})

test('does not recurse', () => {
  expect(locateJsonError('['.repeat(200_000))).toMatchObject({ column: 200_001 })
})

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
