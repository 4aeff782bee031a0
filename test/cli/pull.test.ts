import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, type AnswerServer, startAnswerServer } from '../support/answer-server.ts'
import { runCli } from '../support/run-cli.ts'

const payload = {
  values: {
    core: { red: { $type: 'color', $value: '#f00' }, '50': { $type: 'color', $value: '#eee' } },
    dark: { bg: { $value: 1 } },
  },
  $themes: [],
  $metadata: { tokenSetOrder: ['core', 'dark'], updatedAt: '2026-01-01T00:00:00.000Z' },
}
/** In an order that no plain object keeps. */
const served =
  '{"values":{"core":{"red":{"$type":"color","$value":"#f00"},"50":{"$type":"color","$value":"#eee"}},"dark":{"bg":{"$value":1}}},"$themes":[],"$metadata":{"tokenSetOrder":["core","dark"],"updatedAt":"2026-01-01T00:00:00.000Z"}}'
const key = '$2a$10$averysecretkeythatmustnotbeshown'

// Each run is a process of its own, and takes its time on a busy machine.
describe('y-tokens pull', { timeout: 60_000 }, () => {
  let server: AnswerServer
  let folder: string
  let count = 0
  const answers = new Map<string, Answer>()

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'y-tokens-pull-'))
    // One server for all: each test has a path of its own.
    server = await startAnswerServer((request, response) => {
      const answer = answers.get(new URL(request.url ?? '', 'http://x').pathname) ?? { status: 404 }
      if (typeof answer === 'function') {
        answer(request, response)
        return
      }
      response.writeHead(answer.status ?? 200, answer.headers)
      response.end(typeof answer.body === 'object' ? JSON.stringify(answer.body) : answer.body)
    })
  })
  afterAll(async () => {
    await server.close()
    await rm(folder, { recursive: true })
  })

  interface Place {
    readonly url: string
    readonly out: string
    readonly path: string
    /** The requests to this place. */
    readonly requests: () => AnswerServer['requests']
    /** What lies in the folder of `out`. */
    readonly files: () => Promise<string[]>
  }
  /** A URL with this answer and a file in a folder of its own. */
  const place = async (answer: Answer, old?: string): Promise<Place> => {
    const path = `/tokens-${++count}`
    answers.set(path, answer)
    const own = join(folder, String(count))
    await mkdir(own)
    const out = join(own, 'tokens.json')
    if (old !== undefined) await writeFile(out, old)
    return {
      url: server.url + path,
      out,
      path,
      requests: () => server.requests.filter(({ url }) => url.startsWith(path)),
      files: () => readdir(own),
    }
  }

  describe('writes', () => {
    test('a new file, indented, in the order of the server, and says what is in it', async () => {
      const { url, out, files } = await place({ body: served })
      const { code, stdout, stderr } = await runCli(['pull', url, '--out', out])
      expect([code, stdout]).toEqual([0, ''])
      expect(stderr).toBe(`ok: wrote ${out}: 3 tokens in 2 sets\n`)
      const text = await readFile(out, 'utf8')
      expect(text.replaceAll(/\n\s*/g, '').replaceAll('": ', '":')).toBe(served)
      expect(text).toMatch(/^\{\n {2}"values": \{\n {4}"core": \{\n {6}"red"/)
      expect(text.endsWith('}\n')).toBe(true)
      expect(await files()).toEqual(['tokens.json'])
    })

    test('over an old file, with the difference; mode and link stay', async () => {
      const old = JSON.stringify({
        values: { core: { red: { $type: 'color', $value: '#e00' } }, dark: { fg: { $value: 2 } } },
      })
      const { url, out, files } = await place({ body: served }, old)
      await chmod(out, 0o640)
      const link = join(out, '..', 'link.json')
      await symlink('tokens.json', link)
      const { code, stderr } = await runCli(['pull', url, '-o', link])
      expect(code).toBe(0)
      expect(stderr.split('\n').slice(0, -1)).toEqual([
        '  ~ core: red "#e00" → "#f00"',
        '  + core: 50 "#eee"',
        '  + dark: bg 1',
        '  - dark: fg 2',
        `ok: wrote ${link}: 3 tokens in 2 sets (+2 -1 ~1)`,
      ])
      expect(JSON.parse(await readFile(out, 'utf8'))).toEqual(payload)
      expect((await stat(out)).mode & 0o777).toBe(0o640)
      expect((await lstat(link)).isSymbolicLink()).toBe(true)
      expect((await files()).toSorted()).toEqual(['link.json', 'tokens.json'])
    })

    test('nothing where nothing changed, however the file is indented or dated', async () => {
      const old = JSON.stringify(JSON.parse(served.replace('2026', '2020')), null, 7).replace(/"50": \{[^}]*\},\s*/, '')
      const reordered = served.replace('2026', '2020').replaceAll(',', ' ,\n')
      expect(old).not.toBe(reordered)
      const { url, out } = await place({ body: served }, reordered)
      const { code, stderr } = await runCli(['pull', url, '--out', out])
      expect([code, stderr]).toEqual([0, `ok: ${out} is up to date: 3 tokens in 2 sets\n`])
      expect(await readFile(out, 'utf8')).toBe(reordered)
    })

    test('to stdout without --out, and nothing else there', async () => {
      const { url } = await place({ body: { record: payload, metadata: { id: 'x' } } })
      const { code, stdout, stderr } = await runCli(['pull', url])
      expect([code, stderr]).toEqual([0, ''])
      expect(JSON.parse(stdout)).toEqual(payload)
    })

    test('a report as JSON', async () => {
      const { url, out } = await place(
        { body: served },
        '{"values":{"core":{"red":{"$type":"color","$value":"#f00"}}}}',
      )
      const { code, stdout } = await runCli(['pull', url, '--out', out, '--json'])
      expect([code, JSON.parse(stdout)]).toEqual([
        0,
        { ok: true, exitCode: 0, out, changed: true, tokens: 3, sets: 2, added: 2, removed: 0, changedTokens: 0 },
      ])
      const toStdout = await runCli(['pull', url], { Y_TOKENS_JSON: 'yes' })
      expect(JSON.parse(toStdout.stdout)).toEqual({ ok: true, exitCode: 0, tokens: 3, sets: 2, content: payload })
    })

    test('says so where no token differs', async () => {
      const { url, out } = await place({ body: served }, served.replace('"$themes":[]', '"$themes":[{"id":"x"}]'))
      const { stderr } = await runCli(['pull', url, '--out', out])
      expect(stderr).toContain('3 tokens in 2 sets (no token differs, but sets, groups, themes or their order do)')
    })

    test('lists the first ten differences, and shortens long values', async () => {
      const tokens = Object.fromEntries(
        Array.from({ length: 14 }, (_, i) => [`t${i}`, { $value: 'x'.repeat(100), $description: 'a' }]),
      )
      const before = JSON.stringify({ values: { core: tokens } })
      const { url, out } = await place(
        { body: { values: { core: { ...tokens, t0: { ...tokens['t0'], $description: 'b' }, t1: {} } } } },
        before,
      )
      const one = await runCli(['pull', url, '--out', out, '--check'])
      expect(one.stderr).toContain(`  ~ core: t0 "${'x'.repeat(38)}… (other fields)`)
      expect(one.stderr).toContain('  - core: t1 "xxx')
      const all = await place({ body: { values: { core: { a: { value: 1 } } } } }, before)
      const many = await runCli(['pull', all.url, '--out', all.out])
      expect(many.stderr).toContain('  … 5 more\n')
    })
  })

  describe('headers and address', () => {
    test('from flags and from the environment; a flag wins', async () => {
      const { url, out, requests } = await place({ body: served })
      const environment = {
        Y_TOKENS_HEADERS: JSON.stringify({ 'x-access-key': 'old', 'X-Bin-Meta': false, 'X-N': 1 }),
        Y_TOKENS_OUT: out,
      }
      const { code } = await runCli(
        ['pull', url, '-H', `X-Access-Key: ${key}`, '--header', 'X-Colon:a: b'],
        environment,
      )
      expect(code).toBe(0)
      expect(requests()[0]?.headers).toMatchObject({
        'x-access-key': key,
        'x-bin-meta': 'false',
        'x-n': '1',
        'x-colon': 'a: b',
      })
      expect(JSON.parse(await readFile(out, 'utf8'))).toEqual(payload)
    })
    test('--full asks a relay for the full form, keeping the query', async () => {
      const { url, path, requests } = await place({ body: served })
      expect((await runCli(['pull', `${url}?a=1`, '--full'])).code).toBe(0)
      expect(requests()[0]?.url).toBe(`${path}?a=1&form=full`)
      expect((await runCli(['pull'], { Y_TOKENS_URL: url, Y_TOKENS_FULL: '0' })).code).toBe(0)
      expect(requests()[1]?.url).toBe(path)
    })
  })

  describe('--check', () => {
    test('finds no drift, and drift, and writes nothing', async () => {
      const same = await place({ body: served }, served)
      expect((await runCli(['pull', same.url, '--out', same.out, '--check'])).code).toBe(0)
      const old = served.replace('#f00', '#e00')
      const other = await place({ body: served }, old)
      const { code, stderr, stdout } = await runCli(['pull', other.url, '--out', other.out, '--check', '--json'])
      expect(code).toBe(6)
      expect(stderr).toContain('  ~ core: red "#e00" → "#f00"')
      expect(stderr).toContain(
        `error: ${other.out} differs from what ${other.url} has (+0 -0 ~1). Run the same without --check`,
      )
      expect(JSON.parse(stdout)).toMatchObject({
        ok: false,
        exitCode: 6,
        error: { code: 'drift' },
        changed: true,
        changedTokens: 1,
      })
      expect(await readFile(other.out, 'utf8')).toBe(old)
    })
    test('a file that is not there is drift', async () => {
      const { url, out, files } = await place({ body: served })
      const { code, stderr } = await runCli(['pull', url, '--out', out, '--check'])
      expect([code, await files()]).toEqual([6, []])
      expect(stderr).toContain('is not there')
    })
  })

  describe('fails closed: the old file stays, no key is shown', () => {
    test.each<[string, Answer, number, string]>([
      ['401', { status: 401, body: { message: `bad ${key}` } }, 4, 'unauthorized'],
      ['403', { status: 403, body: { message: 'no' } }, 4, 'forbidden'],
      ['quota used up', { status: 403, body: { message: 'Requests exhausted' } }, 4, 'quota-exhausted'],
      ['404', { status: 404, body: { message: 'Bin not found' } }, 4, 'not-found'],
      ['429', { status: 429 }, 3, 'rate-limited'],
      ['500 with a web page', { status: 500, body: '<html>' }, 3, 'unavailable'],
      ['a cut connection', (request) => request.socket.destroy(), 3, 'unavailable'],
      [
        'a truncated body',
        (_, response) => {
          response.writeHead(200, { 'Content-Length': '999' }).write('{"values":')
          setImmediate(() => response.destroy())
        },
        3,
        'unavailable',
      ],
      ['no answer', () => undefined, 3, 'timeout'],
      ['a web page', { body: '<!doctype html>' }, 5, 'invalid'],
      ['half a file', { body: served.slice(0, 90) }, 5, 'invalid'],
      ['a list', { body: '[]' }, 5, 'invalid'],
      ['a broken set', { body: { values: { core: { t: { value: 1 } }, b: [] } } }, 5, 'invalid'],
      ['nothing', { body: '' }, 5, 'empty'],
      ['no sets', { body: { values: {} } }, 5, 'empty'],
      ['no tokens', { body: { values: { options: {} } } }, 5, 'empty'],
      ['a redirect elsewhere', { status: 302, headers: { Location: 'http://127.0.0.1:9/x' } }, 2, 'bad-url'],
    ])('%s', async (_, answer, exitCode, errorCode) => {
      const { url, out, files } = await place(answer, served)
      const args = [
        'pull',
        `${url}?key=hidden`,
        '--out',
        out,
        '-H',
        `X-Access-Key: ${key}`,
        '--retries',
        '0',
        '--timeout',
        '2s',
      ]
      const { code, stderr, stdout } = await runCli([...args, '--json'])
      expect(code).toBe(exitCode)
      expect(JSON.parse(stdout)).toMatchObject({ ok: false, exitCode, error: { code: errorCode } })
      expect(stderr).toMatch(/^error: .+\n$/)
      expect(stdout + stderr).not.toContain(key)
      expect(stdout + stderr).not.toContain('hidden')
      expect(await readFile(out, 'utf8')).toBe(served)
      expect(await files()).toEqual(['tokens.json'])
    })

    test('a folder that cannot be written to', async () => {
      const { url, out, files } = await place({ body: served }, '{"a":{"t":{"value":1}}}')
      // A folder in the way of the temporary file would do as well; root may write anywhere, so the name is made too long.
      const long = join(out, '..', `${'x'.repeat(250)}.json`)
      const { code, stderr } = await runCli(['pull', url, '--out', long])
      expect(code).toBe(1)
      expect(stderr).toContain('could not be written (ENAMETOOLONG)')
      expect(await files()).toEqual(['tokens.json'])
    })
  })

  describe('usage', () => {
    test('a file that is there and is no token file is left alone, before anything is asked', async () => {
      const { url, out, requests } = await place({ body: served }, '{"name":"my-app","scripts":{}}')
      const { code, stderr } = await runCli(['pull', url, '--out', out])
      expect(code).toBe(2)
      expect(stderr).toContain('is no token file, and is left alone')
      expect(requests()).toEqual([])
      expect(await readFile(out, 'utf8')).toBe('{"name":"my-app","scripts":{}}')
      await writeFile(out, '  \n')
      expect((await runCli(['pull', url, '--out', out])).code).toBe(0)
    })
  })
})
