import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { createTokenDocument } from '../../src/doc/index.ts'
import { openTokens, type Tokens } from '../../src/index.ts'
import { startRelay, testKeySecret, testRoomKey } from '../support/relay-server.ts'
import { runInProcess } from '../support/run-cli.ts'

const file = JSON.stringify({
  values: {
    core: { color: { red: { $type: 'color', $value: '#f00' }, blue: { $type: 'color', $value: '#00f' } } },
    dark: { bg: { $type: 'color', $value: '{color.blue}' } },
  },
  $themes: [{ id: 't1', name: 'Dark', selectedTokenSets: {} }],
  $metadata: { tokenSetOrder: ['core', 'dark'], updatedAt: '2026-01-01T00:00:00.000Z' },
})

const at = Date.UTC(2026, 10, 24, 12)

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'y-tokens-inspect-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function put(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

/** Edited by Ana, and by somebody whose name tries to break out of its line. */
function stateOfRoom(): Uint8Array {
  const first = new Y.Doc()
  const ana = createTokenDocument(first, { lane: 'anaaaaaa', user: { name: 'Ana' }, app: 'the page', now: () => at })
  ana.import(file)
  const second = new Y.Doc()
  Y.applyUpdate(second, Y.encodeStateAsUpdate(first))
  const name = 'Eve\u001b[31m\nSets\u202e'
  const eve = createTokenDocument(second, { lane: 'eveeeeee', user: { name }, now: () => at + 60_000 })
  ana.update('core', 'color.red', { $value: '#a00' })
  eve.update('core', 'color.red', { $value: '#b00' })
  eve.ydoc.getArray('v1/lane/eveeeeee').push(['nothing'])
  Y.applyUpdate(first, Y.encodeStateAsUpdate(second))
  return Y.encodeStateAsUpdate(first)
}

describe('y-tokens inspect FILE', () => {
  it('shows an encoded document in lines', async () => {
    const { code, stdout, stderr } = await runInProcess(['inspect', await put('room.bin', stateOfRoom())])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout.replace(folder, '').replaceAll(/[\d.]+ (?:bytes|kB)/g, '# bytes')).toMatchInlineSnapshot(`
      "/room.bin: whole
      Tokens      3 tokens in 2 sets, 1 theme
      Size        # bytes: files # bytes, lanes # bytes, bookkeeping # bytes
      Written by  2 lanes in 3 sessions

      Sets
        core  2 tokens  1 group   changed 2026-11-24 12:01 by Eve [31m Sets
        dark  1 token   0 groups  as it came

      Latest changes
        2026-11-24 12:01  Eve [31m Sets  core: color.red

      Conflicts
        value  core: color.red $value  "#b00" by Eve [31m Sets | "#a00" by Ana

      Files taken in
        9bab9028f0494887  saved 2026-01-01 00:00  # bytes  in force

      Lanes
        eveeeeee  Eve [31m Sets  2 facts, 1 ignored  # bytes  last 2026-11-24 12:01
        anaaaaaa  Ana, the page  2 facts             # bytes  last 2026-11-24 12:00

      Ignored entries
        not-a-fact  1
      "
    `)
  })

  it('shows a token file', async () => {
    const { code, stdout } = await runInProcess(['inspect', await put('tokens.json', file), '--limit', '3'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/Tokens +3 tokens in 2 sets, 1 theme\n/)
    expect(stdout).toMatch(/core +2 tokens +1 group +as it came\n/)
  })

  it('gives the whole of it as JSON', async () => {
    const state = stateOfRoom()
    const path = await put('room.bin', state)
    const { code, stdout } = await runInProcess(['inspect', path, '--json', '--limit', '1'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      exitCode: 0,
      source: { kind: 'document', name: path },
      state: 'whole',
      format: 1,
      sets: [
        { name: 'core', tokens: 2, groups: 1, lastChange: { when: at + 60_000 } },
        { name: 'dark', tokens: 1, groups: 0, lastChange: null },
      ],
      themes: 1,
      changes: [{ set: 'core', path: ['color', 'red'] }],
      conflicts: [{ kind: 'value', set: 'core', path: ['color', 'red'], current: { value: '#b00' } }],
      seeds: [{ whole: true, active: true, savedAt: Date.UTC(2026, 0, 1) }],
      lanes: [
        { lane: 'eveeeeee', facts: 2, ignored: 1 },
        { lane: 'anaaaaaa', name: 'Ana', app: 'the page' },
      ],
      ignored: { 'not-a-fact': 1 },
      bytes: { total: state.length },
      roots: { newer: [], other: [] },
      history: null,
    })
  })

  it('cuts long lists, and says how much more there is', async () => {
    const document = createTokenDocument(new Y.Doc(), { lane: 'anaaaaaa' })
    document.import(file)
    for (let i = 0; i < 8; i++) document.set('core', `n${i}`, { $value: `${i}` })
    const path = await put('many.bin', Y.encodeStateAsUpdate(document.ydoc))
    const { stdout } = await runInProcess(['inspect', path, '--limit', '3'])
    expect(stdout.match(/core: n\d/g)).toHaveLength(3)
    const { stdout: none } = await runInProcess(['inspect', path, '--limit', '0'])
    expect(none).not.toContain('Latest changes')
    for (const lane of ['a', 'b', 'c', 'd', 'e'])
      document.ydoc.getArray(`v1/lane/${lane.repeat(8)}`).push([['/values/core/n0', 'v', '{"$value":"1"}', 5]])
    const lanes = await runInProcess([
      'inspect',
      await put('many.bin', Y.encodeStateAsUpdate(document.ydoc)),
      '--limit',
      '3',
    ])
    expect(lanes.stdout).toContain('\n  … 3 more (--limit)\n')
  })

  it('says what a newer version wrote, and what stands there beside tokens', async () => {
    const ydoc = new Y.Doc()
    Y.applyUpdate(ydoc, stateOfRoom())
    ydoc.getArray('v2/lane/aaaaaaaa').push([1])
    ydoc.getMap('others').set('a', 1)
    const { code, stdout } = await runInProcess(['inspect', await put('newer.bin', Y.encodeStateAsUpdate(ydoc))])
    expect(code).toBe(0)
    expect(stdout).toContain('written by a newer version of y-tokens: update this program')
    expect(stdout).toMatch(/Newer parts +v2\/lane\/aaaaaaaa\n/)
    expect(stdout).toMatch(/Other parts +others\n/)
  })

  it.each<[string, string | Uint8Array | null, number, string]>([
    [
      'missing.json',
      null,
      2,
      'There is no such file. Give the path of a token file or of an encoded document; to look into a room',
    ],
    ['broken.json', '{"core": ', 5, 'This is not JSON: at line 1'],
    ['page.html', '<!doctype html>', 5, 'This is a web page (HTML), not JSON.'],
    ['empty', '', 5, 'This file is empty.'],
    [
      'noise.bin',
      Uint8Array.from({ length: 300 }, (_, i) => (i * 37 + 200) % 256),
      5,
      'neither a token file nor an encoded document',
    ],
    ['relay.sqlite', 'SQLite format 3\0 and so on', 5, "This is a database, perhaps a relay's. Start the relay"],
    ['other.bin', otherDocument(), 5, 'neither a token file nor an encoded document'],
  ])('refuses %s', async (name, content, code, words) => {
    const path = content === null ? join(folder, name) : await put(name, content)
    const result = await runInProcess(['inspect', path])
    expect(result.stderr).toContain(`${path}: `)
    expect(result.stderr).toContain(words)
    expect([result.code, result.stdout]).toEqual([code, ''])
  })

  it('reads a document whose first byte is that of a brace', async () => {
    const ydoc = new Y.Doc()
    const document = createTokenDocument(ydoc)
    document.import(file)
    for (let i = 0; i < 122; i++) {
      const other = new Y.Doc()
      other.getArray('v1/lane/stranger').push([i])
      Y.applyUpdate(ydoc, Y.encodeStateAsUpdate(other))
    }
    const bytes = Y.encodeStateAsUpdate(ydoc)
    expect(bytes[0]).toBe('{'.charCodeAt(0))
    const { code, stdout } = await runInProcess(['inspect', await put('brace.bin', bytes)])
    expect(code).toBe(0)
    expect(stdout).toMatch(/not-a-fact +122/)
  })
})

function otherDocument(): Uint8Array {
  const ydoc = new Y.Doc()
  ydoc.getMap('somebody').set('a', 1)
  return Y.encodeStateAsUpdate(ydoc)
}

describe('y-tokens inspect ROOM', () => {
  it('shows a room with its history, and changes nothing', async () => {
    const relay = await startRelay()
    const tokens = await open(relay.url, 'acme')
    tokens.document.import(file)
    tokens.document.versions.save('Release 1')
    tokens.document.update('core', 'color.red', { $value: '#a00' })
    expect(await tokens.whenSaved(10_000)).toBe(true)
    const before = Y.encodeStateAsUpdate(tokens.document.ydoc)
    const { code, stdout, stderr } = await runInProcess(['inspect', 'acme', '--relay', relay.url])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^acme: whole\n/)
    expect(stdout).toMatch(/History +1 version\n/)
    expect(stdout).toMatch(/core +2 tokens +1 group +changed [\d-]+ [\d:]+ by Ana\n/)
    expect(Y.encodeStateAsUpdate(tokens.document.ydoc)).toEqual(before)
    const empty = await runInProcess(['inspect', 'nobody', '--relay', relay.url, '--json'])
    expect(JSON.parse(empty.stdout)).toMatchObject({ ok: true, state: 'empty', sets: [], history: { versions: 0 } })
    await tokens.close()
  })

  it('takes a file for a file, also where a variable names a relay', async () => {
    const relay = await startRelay()
    const path = await put('tokens.json', file)
    const { stdout } = await runInProcess(['inspect', path, '--json'], { Y_TOKENS_RELAY: relay.url })
    expect(JSON.parse(stdout)).toMatchObject({ source: { kind: 'tokens' }, state: 'whole' })
    const room = await runInProcess(['inspect', 'acme', '--json'], { Y_TOKENS_RELAY: relay.url })
    expect(JSON.parse(room.stdout)).toMatchObject({ source: { kind: 'room' }, state: 'empty' })
  })

  it('shows a reader what a reader may see', async () => {
    const relay = await startRelay({ keySecret: testKeySecret })
    const tokens = await open(relay.url, 'acme', await testRoomKey('writer', 'acme'))
    tokens.document.import(file)
    tokens.document.versions.save('Release 1')
    expect(await tokens.whenSaved(10_000)).toBe(true)
    const key = await testRoomKey('reader', 'acme')
    const { code, stdout } = await runInProcess(['inspect', 'acme', '--relay', relay.url], { Y_TOKENS_ROOM_KEY: key })
    expect(code).toBe(0)
    expect(stdout).toMatch(/History +closed to readers\n/)
    await tokens.close()
  })

  it('says why it cannot', async () => {
    const relay = await startRelay({ keySecret: testKeySecret })
    const unreachable = await runInProcess(['inspect', 'acme', '--relay', 'ws://127.0.0.1:9', '--timeout', '300ms'])
    expect([unreachable.code, unreachable.stderr]).toEqual([3, expect.stringContaining('does not answer')])
    const refused = await runInProcess(['inspect', 'acme', '--relay', relay.url, '--json'])
    expect([refused.code, JSON.parse(refused.stdout)]).toMatchObject([4, { ok: false, exitCode: 4 }])
    const invalid = await runInProcess(['inspect', 'Acme Brand', '--relay', relay.url])
    expect([invalid.code, invalid.stderr]).toEqual([2, expect.stringContaining('is no room name')])
    const nothing = await runInProcess(['inspect'])
    expect([nothing.code, nothing.stderr]).toEqual([
      2,
      expect.stringContaining("missing required argument 'file-or-room'"),
    ])
  })
})

function open(url: string, room: string, key?: string): Promise<Tokens> {
  return openTokens({
    room,
    relay: { url, ...(key === undefined ? {} : { key }) },
    storage: 'memory',
    user: { name: 'Ana' },
    bins: { enabled: false },
  })
}
