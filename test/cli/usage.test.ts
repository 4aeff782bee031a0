import { tmpdir } from 'node:os'
import { describe, expect, test } from 'vitest'
import { runInProcess } from '../support/run-cli.ts'

const key = '$2a$10$averysecretkeythatmustnotbeshown'

describe('usage', () => {
  test.each<[string, readonly string[], string]>([
    ['no URL', ['pull'], 'The URL is missing'],
    ['no URL at all', ['pull', 'tokens.json'], 'not an address of tokens'],
    ['--full without a URL', ['pull', 'tokens.json', '--full'], 'not an address of tokens'],
    ['--check without --out', ['pull', 'http://127.0.0.1:9', '--check'], '--check needs --out'],
    ['a header without a colon', ['pull', 'http://127.0.0.1:9', '-H', key], "reads 'Name: value'"],
    ['headers that are no JSON', ['pull', 'http://127.0.0.1:9', '--headers', `{${key}`], 'is not JSON'],
    ['headers in a list', ['pull', 'http://127.0.0.1:9', '--headers', `["${key}"]`], 'must be a JSON object'],
    [
      'a header that is an object',
      ['pull', 'http://127.0.0.1:9', '--headers', `{"X":{"a":"${key}"}}`],
      '"X" must be text',
    ],
    ['a header that cannot be sent', ['pull', 'http://127.0.0.1:9', '-H', `X Y: ${key}`], "reads 'Name: value'"],
    ['a header value that cannot be sent', ['pull', 'http://127.0.0.1:9', '-H', `X-Y: ${key}€`], 'Latin-1'],
    ['a time that is none', ['pull', 'http://127.0.0.1:9', '--timeout', 'soon'], 'such as 10s'],
    ['retries that are no number', ['pull', 'http://127.0.0.1:9', '--retries', '-1'], 'whole number'],
    ['an unknown flag', ['pull', 'http://127.0.0.1:9', '--nope'], "unknown option '--nope'"],
    ['an unknown command', ['pul'], 'Did you mean pull?'],
    ['no command', [], 'Usage: y-tokens'],
    ['a folder that is not there', ['pull', 'http://127.0.0.1:9', '--out', '/nowhere/tokens.json'], 'does not exist'],
    ['a folder for a file', ['pull', 'http://127.0.0.1:9', '--out', tmpdir()], 'is a folder'],
  ])('%s', async (_, args, words) => {
    const { code, stderr, stdout } = await runInProcess(args)
    expect(stderr).toContain(words)
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).not.toContain(key)
  })

  test.each<[string, string, string]>([
    ['Y_TOKENS_TIMEOUT', key, 'Y_TOKENS_TIMEOUT does not fit. Give a time'],
    ['Y_TOKENS_CHECK', key, 'Y_TOKENS_CHECK must be 1 or 0'],
    ['Y_TOKENS_HEADERS', key, 'is not JSON'],
    ['Y_TOKENS_HEADER', key, "reads 'Name: value'"],
  ])('a bad %s', async (name, value, words) => {
    const { code, stderr } = await runInProcess(['pull', 'http://127.0.0.1:9'], { [name]: value })
    expect(code).toBe(2)
    expect(stderr).toContain(words)
    expect(stderr).not.toContain(key)
  })

  test('with --json a report goes to stdout too, also where the variable asked for it', async () => {
    for (const [args, environment] of [
      [['pull', '--json'], {}],
      [['pull'], { Y_TOKENS_JSON: '1' }],
    ] as const) {
      const { stdout } = await runInProcess(args, environment)
      expect(JSON.parse(stdout)).toEqual({
        ok: false,
        exitCode: 2,
        error: { code: 'usage', message: 'The URL is missing. Give it as the argument, or set Y_TOKENS_URL.' },
      })
    }
    expect((await runInProcess(['pull'], { Y_TOKENS_JSON: '0' })).stdout).toBe('')
  })

  test('help and version are no errors, and name the variables and exit codes', async () => {
    const help = await runInProcess(['pull', '--help'])
    expect(help.code).toBe(0)
    expect(help.stdout).toContain('Y_TOKENS_HEADERS')
    expect(help.stdout).toContain('6 drift')
    expect(await runInProcess(['--version'])).toEqual({ code: 0, stdout: '0.1.0\n', stderr: '' })
  })
})
