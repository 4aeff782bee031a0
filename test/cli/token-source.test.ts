import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { CliError } from '../../cli/cli-error.ts'
import { readTokenSource } from '../../cli/token-source.ts'

const red = '{"red":{"$value":"#f00"}}'
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'y-tokens-source-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function put(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
}

async function refusal(path = folder): Promise<Pick<CliError, 'exitCode' | 'code' | 'message'>> {
  const error: unknown = await readTokenSource(path).then(
    () => 'nothing was refused',
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof CliError)) throw error
  return error
}

describe('a folder', () => {
  test('gives its token files by their paths, and no others', async () => {
    await put({
      'core.json': red,
      'brand/dark.json': '{}',
      '$metadata.json': '{"tokenSetOrder":["core"]}',
      'readme.md': 'x',
      'node_modules/x/package.json': '{}',
      '.git/config.json': '{}',
      '.hidden.json': '{}',
    })
    expect(await readTokenSource(folder)).toEqual(
      new Map([
        ['$metadata.json', '{"tokenSetOrder":["core"]}'],
        ['brand/dark.json', '{}'],
        ['core.json', red],
      ]),
    )
  })

  test('with a broken file is refused by its name', async () => {
    await put({ 'core.json': red, 'brand/dark.json': '{' })
    const { exitCode, code, message } = await refusal()
    expect([exitCode, code]).toEqual([5, 'invalid-file'])
    expect(message).toMatch(/brand\/dark\.json: This is not JSON: at line 1, column 2/)
  })

  test('without any JSON file is wrong usage', async () => {
    expect(await refusal()).toMatchObject({ exitCode: 2, message: expect.stringContaining('no JSON file') })
  })
})

describe('without a single token', () => {
  test.each([
    ['a file', 'tokens.json', '{"values":{"core":{}}}'],
    ['a folder', '', '{}'],
  ])('%s is refused', async (_, path, text) => {
    await put(path === '' ? { 'core.json': text, '$metadata.json': '{}' } : { [path]: text })
    expect(await refusal(join(folder, path))).toMatchObject({
      exitCode: 5,
      code: 'no-tokens',
      message: expect.stringContaining('holds no tokens'),
    })
  })
})

test('a file is given as its text; a missing one is wrong usage', async () => {
  await put({ 'tokens.json': `{"values":{"core":${red}}}` })
  expect(await readTokenSource(join(folder, 'tokens.json'))).toBe(`{"values":{"core":${red}}}`)
  expect(await refusal(join(folder, 'nope.json'))).toMatchObject({
    exitCode: 2,
    message: expect.stringContaining('no such file'),
  })
})
