import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sliceMember } from '../../src/jsonbin/json-slice.ts'

describe('the text of one member', () => {
  it.each([
    ['{"record":{"b":1,"10":2}}', '{"b":1,"10":2}'],
    [' { "a" : "}" , "record" : [ 1.0 , {} ] , "z" : 1 } ', '[ 1.0 , {} ]'],
    ['{"record":1,"record":[2]}', '[2]'],
    ['{"a":{"record":1},"b":["record",{"record":2}],"record":"\\"\\\\"}', '"\\"\\\\"'],
    ['{"rec\\u006frd":{"x":"\\\\"}}', '{"x":"\\\\"}'],
    ['{"other":1}', undefined],
    ['{}', undefined],
  ])('of %s', (text, expected) => {
    expect(sliceMember(text, 'record')).toBe(expected)
  })

  it('parses to what the whole parses to, in any JSON and any spacing', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), fc.nat(3), (others, record, indent) => {
        const envelope = { ...others, record }
        const text = JSON.stringify(envelope, null, indent)
        expect(JSON.parse(sliceMember(text, 'record') ?? '')).toEqual(JSON.parse(JSON.stringify(record)))
      }),
      { seed: 20_260_101, numRuns: 500 },
    )
  })
})
