import { describe, expect, it } from 'vitest'
import { parseTokenFile, toSingleForm } from '../../src/payload/file-form.ts'
import { parseJson, stringifyJson } from '../../src/payload/ordered-json.ts'
import { joinFiles, splitFile } from '../../src/payload/token-files.ts'
import { isTokenError, type TokenError } from '../../src/payload/token-error.ts'

/** `tokens-studio-format.md` 1.3: a folder of files, one for each set. */

const red = '{"red":{"$value":"#f00"}}'
const pretty = (text: string): string => stringifyJson(parseJson(text), 2)

function joined(files: Readonly<Record<string, string>>): string {
  return stringifyJson(joinFiles(new Map(Object.entries(files))).root)
}

function split(text: string): Record<string, string> {
  const files = splitFile(parseTokenFile(text), 0)
  return Object.fromEntries(files)
}

function refusal(files: Readonly<Record<string, string>>): TokenError {
  try {
    joined(files)
  } catch (error) {
    if (isTokenError(error)) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('files', () => {
  it('of a folder become one file, and come out as they were', () => {
    const folder = new Map([
      ['$themes.json', pretty('[{"id":"t","name":"T","selectedTokenSets":{"core":"source"}}]')],
      [
        '$metadata.json',
        pretty('{"tokenSetOrder":["core","brand/dark","50"],"version":"2.11.10","unknown":{"9":1,"1":2}}'),
      ],
      ['$other.json', '7'],
      ['brand/dark.json', '{}'],
      ['core.json', pretty('{"900":{"$value":1},"50":{"$value":2},"x":{"$value":3}}')],
      ['50.json', pretty(red)],
      ['40.json', pretty(red)],
      ['$strange/x.json', pretty(red)],
      ['list.json', '[]'],
    ])
    const file = joinFiles(folder)
    expect(file.form).toBe('single')
    // As listed, then by name.
    expect([...file.sets.keys()]).toEqual(['core', 'brand/dark', '50', '$strange/x', '40'])
    expect(stringifyJson(file.root)).toMatch(/^\{"values":\{"core":\{"900":\{"\$value":1\},"50":/)
    expect(splitFile(file)).toEqual(folder)
    // Whatever order they are listed in.
    expect(stringifyJson(joinFiles(new Map([...folder].toReversed())).root)).toBe(stringifyJson(file.root))
  })

  it('say the order of the sets where nothing else would', () => {
    expect(split(`{"values":{"b":${red},"a":{}}}`)).toEqual({
      'b.json': red,
      'a.json': '{}',
      '$metadata.json': '{"tokenSetOrder":["b","a"]}',
    })
    expect(split(`{"b":${red},"a":{},"$metadata":{"x":1}}`)['$metadata.json']).toBe('{"x":1,"tokenSetOrder":["b","a"]}')
    expect(split(`{"values":{"a":{},"b":${red}}}`)).not.toHaveProperty(['$metadata.json'])
    // What is no list, and what is no object, is left as it is.
    for (const metadata of ['{"tokenSetOrder":5}', '7'])
      expect(split(`{"values":{"b":${red},"a":{}},"$metadata":${metadata}}`)['$metadata.json']).toBe(metadata)
  })

  it('are made of a single file, members without a place of their own together', () => {
    const text = `{"version":"1","values":{"core":${red},"n":5},"$themes":[],"updatedAt":"x","$a/b":1,"$metadata":{}}`
    expect(split(text)).toEqual({
      '$y-tokens.json': '{"version":"1","updatedAt":"x","$a/b":1}',
      'core.json': red,
      'n.json': '5',
      '$themes.json': '[]',
      '$metadata.json': '{}',
    })
    expect(parseJson(joined(split(text)))).toEqual(parseJson(text))
  })

  it('keep a member that has the name of that file', () => {
    const text = `{"version":"1","values":{"core":${red}},"$y-tokens":{"version":2}}`
    expect(parseJson(joined(split(text)))).toEqual(parseJson(text))
    expect(joined({ 'core.json': red, '$y-tokens.json': '7' })).toBe(`{"values":{"core":${red}},"$y-tokens":7}`)
  })

  it('may hold what looks like a whole file, beside what tells the folder', () => {
    const files = { '$metadata.json': '{}', 'core.json': red, 'odd.json': `{"values":{"a":${red}},"$themes":[]}` }
    expect(split(joined(files))).toEqual(files)
  })

  it('are made of a file without values, whose other form is the single one', () => {
    const text = `{"core":${red},"dark":{},"count":3,"$schema":"s","$metadata":{"tokenSetOrder":["dark","core"]}}`
    const file = parseTokenFile(text)
    expect(file.form).toBe('sets')
    expect(split(text)).toEqual({
      'core.json': red,
      'dark.json': '{}',
      'count.json': '3',
      '$schema.json': '"s"',
      '$metadata.json': '{"tokenSetOrder":["dark","core"]}',
    })
    expect(parseTokenFile(joined(split(text))).sets).toEqual(parseTokenFile(stringifyJson(toSingleForm(file))).sets)
  })
})

describe('names that are no paths', () => {
  const names = [
    '',
    '/',
    '/etc/x',
    '../x',
    'a/../../x',
    '..',
    './x',
    '.',
    'a//b',
    'a/',
    'a\\b',
    'a\u0000b',
    '%',
    '%2F',
    '%252F',
    '50%',
    '%24themes',
    '$themes',
    '$metadata',
    '$y-tokens',
    '$x',
    '$a/b',
    '__proto__',
    'a.json',
    'größe 😀',
    '\ud800',
  ]
  it.each(names)('%j is written so that it stays in its folder, and read again', (name) => {
    for (const order of [[], [name]]) {
      const text = stringifyJson(
        parseJson(
          `{"values":{${JSON.stringify(name)}:${red}},"$metadata":${JSON.stringify({ tokenSetOrder: order })},"$x":{"no":"set"}}`,
        ),
      )
      const files = splitFile(parseTokenFile(text), 0)
      for (const path of files.keys()) {
        expect(path).toMatch(/^(?!\/)[^\\\p{Cc}]*\.json$/u)
        expect(path.split('/').slice(0, -1)).not.toContain('..')
        expect(path.split('/').slice(0, -1)).not.toContain('')
      }
      expect(parseJson(stringifyJson(joinFiles(files).root))).toEqual(parseJson(text))
    }
  })

  it('a set that Tokens Studio calls $x is one where the order lists it', () => {
    const listed = { '$metadata.json': '{"tokenSetOrder":["$x"]}', '$x.json': red }
    expect(joined(listed)).toBe(`{"values":{"$x":${red}},"$metadata":{"tokenSetOrder":["$x"]}}`)
    expect(split(joined(listed))).toEqual(listed)
    expect(refusal({ '$x.json': red }).details).toEqual({ reason: 'no-sets' })
  })

  it('all at once do not get into each other’s way', () => {
    const members = names.map((name) => `${JSON.stringify(name)}:${red}`).join(',')
    const text = `{"values":{${members}},"$metadata":${JSON.stringify({ tokenSetOrder: names })}}`
    const files = splitFile(parseTokenFile(text))
    expect(files.size).toBe(names.length + 1)
    expect(stringifyJson(joinFiles(files).root)).toBe(stringifyJson(parseJson(text)))
  })
})

describe('refuses, and names the file', () => {
  it.each([
    [
      'not-json',
      { 'core.json': red, 'brand/dark.json': '{\n"a":}' },
      'brand/dark.json',
      /^brand\/dark\.json: .*line 2, column 5/,
    ],
    ['not-json', { 'core.json': '  ' }, 'core.json', /^core\.json: This file is empty/],
    ['html', { 'core.json': '<html>' }, 'core.json', /^core\.json: .*web page/],
    ['too-deep', { 'core.json': '['.repeat(511) + ']'.repeat(511) }, 'core.json', /^core\.json: .*deeper/],
    ['bad-path', { 'core.json': red, 'readme.md': 'x' }, 'readme.md', /Leave it out/],
    ['bad-path', { '../core.json': red }, '../core.json', /below the folder/],
    ['bad-path', { '/core.json': red }, '/core.json', /below the folder/],
    ['bad-path', { 'a/./core.json': red }, 'a/./core.json', /below the folder/],
    ['bad-path', { 'a\\core.json': red }, 'a\\core.json', /"\/" between folders/],
    ['whole-file', { 'tokens.json': `{"values":{"core":${red}},"$themes":[]}` }, 'tokens.json', /Take it in alone/],
    [
      'two-files',
      { '%24x.json': red, '$x.json': red, '$metadata.json': '{"tokenSetOrder":["$x"]}' },
      '%24x.json',
      /"\$x" once more/,
    ],
    [
      'two-files',
      { 'core.json': red, '$themes.json': '[]', '$y-tokens.json': '{"$themes":[]}' },
      '$y-tokens.json',
      /Leave out/,
    ],
  ] as const)('%s', (reason, files, file, message) => {
    const error = refusal(files)
    expect(error.code).toBe('invalid-file')
    expect(error.details).toMatchObject({ reason, file })
    expect(error.message).toMatch(message)
  })

  it('files without a set, or without a token', () => {
    expect(refusal({}).details).toEqual({ reason: 'no-sets' })
    expect(refusal({ '$themes.json': '[]' }).details).toEqual({ reason: 'no-sets' })
    expect(refusal({ 'package.json': '{"name":"x"}' }).details).toEqual({ reason: 'no-tokens' })
    expect(joined({ 'core.json': '{}', '$metadata.json': '{}' })).toBe('{"values":{"core":{}},"$metadata":{}}')
  })

  it('more text than is read', () => {
    const half = ' '.repeat(33 * 1024 * 1024)
    expect(refusal({ 'a.json': half, 'b.json': half }).code).toBe('too-large')
  })
})
