import { describe, expect, it } from 'vitest'
import { type Fault, type FaultArea, rulesWithoutFault, switchOff, wrongFaults } from './fault.ts'
import { formatTable, keyOf, putTable, readTable } from './table.ts'

const fault: Fault = { rule: 'R1', title: 'a | b', file: 'src/a.ts', find: 'x', replace: 'y', tests: [] }
const area: FaultArea = {
  name: 'sample',
  rules: ['R1', 'R2', 'R3'],
  faults: [fault, { ...fault, title: 'c' }, { ...fault, rule: 'R2', title: 'd' }],
  suite: [],
  exclude: [],
  tableFile: 'README.md',
}

describe('a list of faults', () => {
  const wrong = (changes: Partial<Fault>, text: string | undefined): readonly string[] =>
    wrongFaults(area, [{ ...fault, ...changes }], () => text)

  it('names rules that nothing switches off', () => {
    expect(rulesWithoutFault(area)).toEqual(['R3'])
  })

  it('fits the source only where each text stands there exactly once', () => {
    expect(wrong({}, 'a x b')).toEqual([])
    expect(wrong({}, 'a b')).toEqual(['R1, a | b: src/a.ts has 0 times: x'])
    expect(wrong({}, 'x x')).toEqual(['R1, a | b: src/a.ts has 2 times: x'])
    expect(wrong({}, undefined)).toEqual(['R1, a | b: there is no file src/a.ts'])
    expect(wrong({ replace: 'x' }, 'x')).toEqual(['R1, a | b: replaced by itself'])
    expect(wrong({ rule: 'R9' }, 'x')).toHaveLength(1)
    expect(wrong({ also: { file: 'src/a.ts', find: 'z', replace: '' } }, 'x')).toHaveLength(1)
  })

  it('takes what it puts in literally', () => {
    expect(switchOff('a x b', [{ file: '', find: 'x', replace: '$&$1' }])).toBe('a $&$1 b')
  })
})

describe('the table', () => {
  const document = '# Title\n\n<!-- faults: written by npm run test:faults -->\n<!-- /faults -->\n\nEnd\n'

  it('is read back as it was written, and keeps what is not tried again', () => {
    const outcomes = new Map([
      [keyOf(fault), 'doc/a.test.ts > a | b > c'],
      [keyOf({ rule: 'R1', title: 'c' }), null],
    ])
    const written = putTable(document, formatTable(area, outcomes))
    expect(written).toContain('| R2 | d | not tried yet |')
    expect(written).toContain('| R3 |  | **nothing switches it off** |')
    expect(written.endsWith('<!-- /faults -->\n\nEnd\n')).toBe(true)
    expect(putTable(written, formatTable(area, readTable(written)))).toBe(written)
  })

  it('needs its place', () => {
    expect(() => putTable('# Title\n', '')).toThrow('no place for the table')
  })
})
