import { describe, expect, it } from 'vitest'
import { rowsToFile, textToRows } from '../../src/bridge/version-content.ts'
import type { FlatMap } from '../../src/bridge/snapshot-content.ts'
import { parseJson, stringifyJson } from '../../src/payload/ordered-json.ts'
import { parseTokenFile } from '../../src/payload/file-form.ts'
import { corpusFiles } from '../support/corpora.ts'
import { nastyFiles } from '../support/corpora-nasty.ts'
import { generateTokenFile } from '../support/generated-tokens.ts'

function rowsOf(text: string): FlatMap {
  const rows = textToRows(text)
  if (!rows) throw new Error('No version')
  return rows
}

function rowsToText(rows: FlatMap): string {
  return stringifyJson(rowsToFile(rows))
}

const token = '{"$value":"1"}'

describe('the content of a version', () => {
  it('[BR140] gives every file back as it is, key order included', () => {
    const files = [...corpusFiles(), ...nastyFiles(), { name: 'generated', text: generateTokenFile({ tokens: 2_000 }) }]
    for (const { name, text } of files) {
      const rows = textToRows(text)
      // Without tokens there is nothing to put aside.
      if (!rows) expect([name, text.includes('alue"')]).toEqual([name, false])
      else expect(rowsToText(rows) === stringifyJson(parseJson(text)), name).toBe(true)
    }
  })

  it.each([
    `{"values":{"values":{"t":${token}}}}`,
    `{"values":{"$value":"1"},"core":{"t":${token}}}`,
    `{"values":{"core":{"t":${token}},"not a set":1,"a/b~":{"":${token},"__proto__":${token}}}}`,
    `{"core":{"t":${token},"empty":{}},"text":"x","$themes":[]}`,
  ])('[BR140] gives %s back', (text) => {
    expect(rowsToText(rowsOf(text))).toBe(text)
    expect(parseTokenFile(text).sets.size).toBeGreaterThan(0)
  })

  it('[BR140] holds what is long in rows of its own, so that an edit changes little', () => {
    const flat = Array.from({ length: 2_000 }, (_, i) => `"t${i}":{"$value":"#${100_000 + i}"}`)
    for (const text of [generateTokenFile({ tokens: 2_000 }), `{"values":{"core":{${flat.join(',')}}}}`]) {
      const before = rowsOf(text)
      const at = text.indexOf('"#', text.length / 2)
      const after = rowsOf(`${text.slice(0, at)}"#9abcde${text.slice(at + 8)}`)
      const changed = [...after].filter(([key, row]) => before.get(key) !== row)
      expect(changed).toHaveLength(1)
      expect(String(changed[0]?.[1]).length).toBeLessThan(8_000)
      expect(rowsToText(before)).toBe(text)
    }
  })

  it('[BR140] reads what was put aside with a row for each set', () => {
    const rows = new Map([
      ['', '{"values":{"a/b":{},"core":{}},"$themes":[]}'],
      ['/a~1b', `{"t":${token}}`],
      ['/core', `{"g":{"t":${token}}}`],
    ])
    expect(rowsToText(rows)).toBe(`{"values":{"a/b":{"t":${token}},"core":{"g":{"t":${token}}}},"$themes":[]}`)
  })

  it('[BR140] refuses rows that are none', () => {
    for (const rows of [
      new Map(),
      new Map([['', '[]']]),
      new Map([
        ['', '{"core":{}}'],
        ['/core', '{'],
      ]),
    ])
      expect(() => rowsToText(rows)).toThrow(SyntaxError)
  })

  it('[BR140] is nothing for what has no tokens', () => {
    expect([textToRows('{}'), textToRows('no json'), textToRows('{"values":{"core":{"group":{}}}}')]).toEqual([
      null,
      null,
      null,
    ])
  })
})
