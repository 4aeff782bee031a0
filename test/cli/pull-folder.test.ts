import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AnswerServer, startAnswerServer } from '../support/answer-server.ts'
import { type CliResult, runInProcess } from '../support/run-cli.ts'

/** `ecosystem.md` 4.1: `pull --layout files` writes a folder as Tokens Studio's multi-file sync does. */

const red = { red: { $type: 'color', $value: '#f00' } }
const pretty = (value: unknown): string => JSON.stringify(value, null, 2)

describe('y-tokens pull --layout files', () => {
  let server: AnswerServer
  let folder: string
  let served = ''
  let count = 0

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'y-tokens-folder-'))
    server = await startAnswerServer((_, response) => response.end(served))
  })
  afterAll(async () => {
    await server.close()
    await rm(folder, { recursive: true })
  })

  const serve = (file: unknown): void => {
    served = typeof file === 'string' ? file : JSON.stringify(file)
  }
  const pull = (out: string, ...flags: readonly string[]): Promise<CliResult> =>
    runInProcess(['pull', server.url, '--out', out, '--layout', 'files', ...flags])
  const fresh = (): string => join(folder, `tokens-${++count}`)
  const put = async (out: string, files: Readonly<Record<string, string>>): Promise<void> => {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(out, path)), { recursive: true })
      await writeFile(join(out, path), text)
    }
  }
  const filesIn = async (out: string): Promise<Record<string, string>> => {
    const entries = await readdir(out, { recursive: true, withFileTypes: true })
    const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
    const files = await Promise.all(
      paths.map(async (path) => [path.slice(out.length + 1), await readFile(path, 'utf8')]),
    )
    return Object.fromEntries(files) as Record<string, string>
  }
  const payload = {
    values: { core: { ...red, '50': { $value: 1 } }, 'brand/dark': {} },
    $themes: [{ id: 't', name: 'T', selectedTokenSets: {} }],
    $metadata: { tokenSetOrder: ['core', 'brand/dark'] },
  }

  test('writes one file for each set, themes and settings, indented, in the order of the server', async () => {
    serve(
      '{"values":{"core":{"red":{"$value":1},"50":{"$value":2}},"brand/dark":{}},"$themes":[],"$metadata":{"tokenSetOrder":["core","brand/dark"]}}',
    )
    const out = fresh()
    const { code, stderr } = await pull(out)
    expect([code, stderr]).toEqual([0, `ok: wrote ${out}: 2 tokens in 2 sets\n`])
    expect(await filesIn(out)).toEqual({
      'core.json': '{\n  "red": {\n    "$value": 1\n  },\n  "50": {\n    "$value": 2\n  }\n}',
      'brand/dark.json': '{}',
      '$themes.json': '[]',
      '$metadata.json': pretty({ tokenSetOrder: ['core', 'brand/dark'] }),
    })
    expect(await pull(out, '--check')).toMatchObject({ code: 0 })
  })

  test('keeps the order of sets of a file that says none', async () => {
    serve({ z: red, a: red })
    const out = fresh()
    expect((await pull(out)).code).toBe(0)
    expect((await filesIn(out))['$metadata.json']).toBe(pretty({ tokenSetOrder: ['z', 'a'] }))
    expect((await pull(out)).stderr).toBe(`ok: ${out} is up to date: 2 tokens in 2 sets\n`)
  })

  test('deletes sets that are gone, and nothing that the folder does not list', async () => {
    const out = fresh()
    await put(out, {
      '$metadata.json': pretty({ tokenSetOrder: ['core', 'old/one', 'old/two'] }),
      'core.json': pretty({ red: { $type: 'color', $value: '#e00' } }),
      'old/one.json': pretty({ x: { $value: 1 } }),
      'old/two.json': '{}',
      'old/note.md': 'mine',
      'package.json': '{"name":"mine"}',
      'unlisted.json': pretty({ t: { $value: 3 } }),
    })
    serve(payload)
    const checked = await pull(out, '--check')
    expect(checked.code).toBe(6)
    expect(Object.keys(await filesIn(out))).toContain('old/one.json')
    const { code, stderr } = await pull(out)
    expect(code).toBe(0)
    expect(stderr.split('\n')).toEqual(
      expect.arrayContaining(['  ~ core: red "#e00" → "#f00"', '  - old/one: x 1', '  + core: 50 1']),
    )
    expect(Object.keys(await filesIn(out)).toSorted()).toEqual([
      '$metadata.json',
      '$themes.json',
      'brand/dark.json',
      'core.json',
      'old/note.md',
      'package.json',
      'unlisted.json',
    ])
    serve({ ...payload, values: { core: red }, $metadata: { tokenSetOrder: ['core'] } })
    expect((await pull(out)).code).toBe(0)
    expect(await readdir(out)).not.toContain('brand')
  })

  test('a folder that is not there is drift, and is not made by --check', async () => {
    serve(payload)
    const out = fresh()
    expect((await pull(out, '--check')).stderr).toContain('is not there')
    expect(await readdir(folder)).not.toContain(out.split('/').at(-1))
  })

  test('leaves a folder alone whose files it would replace and cannot read', async () => {
    serve(payload)
    const out = fresh()
    for (const files of [{ 'core.json': '{"name":"something else"}' }, { '$metadata.json': '{' }]) {
      await put(out, files)
      const before = await filesIn(out)
      const { code, stderr } = await pull(out)
      expect(code).toBe(2)
      expect(stderr).toContain('is left alone')
      expect(await filesIn(out)).toEqual(before)
    }
  })

  test('writes nothing where the disk refuses one of the files', async () => {
    const out = fresh()
    await put(out, { 'core.json': pretty(red), 'in-the-way.json/x': '' })
    for (const set of ['in-the-way', 'x'.repeat(300)]) {
      serve({ values: { core: { blue: { $value: 1 } }, [set]: red } })
      const before = await filesIn(out)
      const { code, stderr } = await pull(out)
      expect(code).toBe(1)
      expect(stderr).toMatch(/could not be written \((?:EISDIR|ENAMETOOLONG)\) and stays as it was/)
      expect(await filesIn(out)).toEqual(before)
      expect(await readdir(out)).toEqual(['core.json', 'in-the-way.json'])
    }
  })

  test('says what is needed', async () => {
    serve(payload)
    const file = join(folder, 'file.json')
    await writeFile(file, '{}')
    expect(await pull(file)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is a file. Give --out a folder'),
    })
    expect(await runInProcess(['pull', server.url, '--layout', 'files'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--layout files needs --out'),
    })
    expect(await runInProcess(['pull', server.url, '--layout', 'x', '--out', file])).toMatchObject({ code: 2 })
    expect(await runInProcess(['pull', server.url, '--out', folder])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is a folder. Give --out a file, or write a folder of files with --layout files'),
    })
    expect(await pull(join(folder, 'no', 'such'))).toMatchObject({ code: 2 })
  })

  test('sets whose names lead elsewhere stay in the folder', async () => {
    serve(JSON.stringify({ values: { '../../x': red, '/etc/y': red, $themes: red, core: {} } }))
    const out = fresh()
    expect((await pull(out)).code).toBe(0)
    expect(Object.keys(await filesIn(out)).toSorted()).toEqual([
      '$metadata.json',
      '%24themes.json',
      '%2E./%2E./x.json',
      '%2Fetc/y.json',
      'core.json',
    ])
    expect((await pull(out, '--check')).code).toBe(0)
  })
})
