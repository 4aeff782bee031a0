import { describe, expect, it } from 'vitest'
import { parseTokenFile } from '../../src/payload/file-form.ts'
import { stringifyJson } from '../../src/payload/ordered-json.ts'
import { hasPart, type PartsToPutBack, putBack } from '../../src/payload/put-back.ts'

function restored(now: string, then: string, parts: PartsToPutBack): string {
  return stringifyJson(putBack(parseTokenFile(now), parseTokenFile(then), parts))
}

const token = (value: string): string => `{"$value":"${value}"}`

describe('putBack', () => {
  it('puts one token back and leaves its neighbours as they are', () => {
    const then = `{"core":{"a":{"red":${token('1')},"blue":${token('2')}}}}`
    const now = `{"core":{"a":{"red":${token('8')},"blue":${token('9')}}}}`
    expect(restored(now, then, { tokens: [{ set: 'core', path: ['a', 'red'] }] })).toBe(
      `{"core":{"a":{"red":${token('1')},"blue":${token('9')}}}}`,
    )
  })

  it('makes the groups and the set anew where they are gone, with their own fields and in their places', () => {
    const then = `{"values":{"x":{"t":${token('0')}},"core":{"$type":"color","a":{"$description":"A","red":${token('1')},"n":${token('3')}},"z":${token('2')}},"y":{"t":${token('0')}}},"$metadata":{"tokenSetOrder":["x","core","y"]}}`
    const now = `{"values":{"x":{"t":${token('0')}},"y":{"t":${token('0')}}},"$metadata":{"tokenSetOrder":["x","y"]}}`
    expect(restored(now, then, { tokens: [{ set: 'core', path: ['a', 'red'] }] })).toBe(
      `{"values":{"x":{"t":${token('0')}},"core":{"$type":"color","a":{"$description":"A","red":${token('1')}}},"y":{"t":${token('0')}}},"$metadata":{"tokenSetOrder":["x","core","y"]}}`,
    )
  })

  it('puts a token where it stood among its neighbours, integer-like names too', () => {
    const then = `{"core":{"900":${token('9')},"50":${token('5')},"100":${token('1')}}}`
    const now = `{"core":{"100":${token('1')},"900":${token('9')}}}`
    expect(restored(now, then, { tokens: [{ set: 'core', path: ['50'] }] })).toBe(
      `{"core":{"100":${token('1')},"900":${token('9')},"50":${token('5')}}}`,
    )
    const first = `{"core":{"50":${token('5')},"100":${token('1')}}}`
    expect(restored(first, then, { tokens: [{ set: 'core', path: ['900'] }] })).toBe(
      `{"core":{"900":${token('9')},"50":${token('5')},"100":${token('1')}}}`,
    )
  })

  it('takes out what was not there then, with the groups and the set made for it', () => {
    const then = `{"core":{"a":{"red":${token('1')}}}}`
    const now = `{"core":{"a":{"red":${token('1')},"new":${token('2')}},"b":{"c":{"d":${token('3')}}}},"brand":{"t":${token('4')}}}`
    const tokens = [
      { set: 'core', path: ['a', 'new'] },
      { set: 'core', path: ['b', 'c', 'd'] },
      { set: 'brand', path: ['t'] },
    ]
    expect(restored(now, then, { tokens })).toBe(then)
  })

  it('leaves tokens inside a token alone', () => {
    const then = `{"core":{"button":{"$value":"1","hover":${token('2')}}}}`
    const now = `{"core":{"button":{"$value":"8","hover":${token('9')},"focus":${token('7')}}}}`
    expect(restored(now, then, { tokens: [{ set: 'core', path: ['button'] }] })).toBe(
      `{"core":{"button":{"$value":"1","hover":${token('9')},"focus":${token('7')}}}}`,
    )
    const without = `{"core":{"other":${token('0')}}}`
    expect(restored(now, without, { tokens: [{ set: 'core', path: ['button'] }] })).toBe(
      `{"core":{"button":{"hover":${token('9')},"focus":${token('7')}}}}`,
    )
  })

  it('puts a group back with all that it held', () => {
    const then = `{"core":{"a":{"red":${token('1')},"blue":${token('2')}}}}`
    const now = `{"core":{"a":{"red":${token('8')},"new":${token('3')}}}}`
    expect(restored(now, then, { tokens: [{ set: 'core', path: ['a'] }] })).toBe(then)
  })

  it('puts whole sets back, in their order and with their places in the themes', () => {
    const theme = (selected: string): string => `[{"id":"l","name":"Light","selectedTokenSets":{${selected}}}]`
    const then = `{"values":{"core":{"t":${token('1')}},"dark":{"t":${token('2')}}},"$themes":${theme('"dark":"enabled"')},"$metadata":{"tokenSetOrder":["core","dark"]}}`
    const now = `{"values":{"core":{"t":${token('9')}},"new":{"t":${token('3')}}},"$themes":${theme('')},"$metadata":{"tokenSetOrder":["core","new"]}}`
    expect(restored(now, then, { sets: ['dark'] })).toBe(
      `{"values":{"core":{"t":${token('9')}},"dark":{"t":${token('2')}},"new":{"t":${token('3')}}},"$themes":${theme('"dark":"enabled"')},"$metadata":{"tokenSetOrder":["core","dark","new"]}}`,
    )
    expect(restored(now, then, { sets: ['new', 'core'] })).toBe(
      `{"values":{"core":{"t":${token('1')}}},"$themes":${theme('')},"$metadata":{"tokenSetOrder":["core"]}}`,
    )
  })

  it('keeps members of the file that are no sets, and its form', () => {
    const then = `{"core":{"t":${token('1')}},"note":"then"}`
    const now = `{"$themes":[],"core":{"t":${token('2')}},"note":"now"}`
    expect(restored(now, then, { sets: ['core'] })).toBe(`{"$themes":[],"core":{"t":${token('1')}},"note":"now"}`)
    const single = `{"values":{"a":1,"core":{"t":${token('2')}}}}`
    expect(restored(single, then, { sets: ['core'] })).toBe(`{"values":{"a":1,"core":{"t":${token('1')}}}}`)
  })

  it('knows whether a part is there', () => {
    const file = parseTokenFile(`{"core":{"a":{"red":${token('1')}}}}`)
    expect([
      hasPart(file, 'core', []),
      hasPart(file, 'core', ['a', 'red']),
      hasPart(file, 'core', ['a', 'blue']),
      hasPart(file, 'constructor', []),
      hasPart(file, 'core', ['constructor']),
    ]).toEqual([true, true, false, false, false])
  })
})
