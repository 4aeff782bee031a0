import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const here = new URL('.', import.meta.url)
const rulePattern = /\bBR\d+\b/g

function rulesOf(text: string, pattern = rulePattern): Set<string> {
  return new Set(text.match(pattern))
}

describe('SPEC.md', () => {
  const spec = readFileSync(new URL('../../src/bridge/SPEC.md', here), 'utf8')
  const stated = rulesOf(
    spec.replaceAll(/^\|[^|]*\|/gm, (cell) => cell),
    /^\| BR\d+ \|/gm,
  )
  const rules = new Set([...stated].flatMap((cell) => [...rulesOf(cell)]))
  const tests = readdirSync(here)
    .filter((name) => name.endsWith('.test.ts') && name !== 'spec.test.ts')
    .map((name) => readFileSync(new URL(name, here), 'utf8'))
    .join('\n')
  const quoted = rulesOf([...(tests.match(/it\([^\n]*\[BR[^\n]*/g) ?? [])].join('\n'))

  it('states rules', () => {
    expect(rules.size).toBeGreaterThan(50)
  })

  it('has a test for every rule', () => {
    expect([...rules].filter((rule) => !quoted.has(rule))).toEqual([])
  })

  it('knows every rule that a test quotes', () => {
    expect([...quoted].filter((rule) => !rules.has(rule))).toEqual([])
  })

  it('has a test that names each invariant of the protocol', () => {
    const names = [
      ...Array.from({ length: 14 }, (_, at) => `I${at + 1}`),
      ...Array.from({ length: 5 }, (_, at) => `L${at + 1}`),
    ]
    const titles = [...tests.matchAll(/it\([`'"]([IL]\d+) /g)].map(([, name]) => name)
    expect(names.filter((name) => !titles.includes(name))).toEqual([])
  })
})
