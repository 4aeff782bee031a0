import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openTokens } from '../../src/index.ts'
import { eventually } from '../support/eventually.ts'
import { startRelay } from '../support/relay-server.ts'
import { runInProcess } from '../support/run-cli.ts'

it('y-tokens import leaves a version of what it replaced with the room', async () => {
  const relay = await startRelay()
  const folder = await mkdtemp(join(tmpdir(), 'y-tokens-import-'))
  const path = join(folder, 'brand.json')
  const run = (): ReturnType<typeof runInProcess> =>
    runInProcess(['import', path, '--room', 'acme', '--relay', relay.url])
  await writeFile(path, '{"core":{"red":{"$value":"#f00"}}}')
  expect(await run()).toMatchObject({ code: 0 })
  await writeFile(path, '{"core":{"red":{"$value":"#00f"}}}')
  expect(await run()).toMatchObject({ code: 0 })
  // The command has ended: what it did not bring to the relay is gone.
  const tokens = await openTokens({ room: 'acme', relay: { url: relay.url }, storage: 'memory' })
  const { versions } = tokens.document
  await eventually(() => expect(versions.list()).toHaveLength(1))
  expect(versions.list()).toMatchObject([{ name: 'Before importing brand.json', automatic: true }])
  expect(versions.text(versions.list()[0]?.id ?? '')).toContain('#f00')
  await tokens.close()
  await rm(folder, { recursive: true })
})

it('y-tokens import takes a folder of files, and says what it changed', async () => {
  const relay = await startRelay()
  const folder = await mkdtemp(join(tmpdir(), 'y-tokens-import-'))
  const run = (): ReturnType<typeof runInProcess> =>
    runInProcess(['import', folder, '--room', 'acme', '--relay', relay.url])
  await writeFile(join(folder, 'core.json'), '{"red":{"$value":"#f00"}}')
  await writeFile(join(folder, '$metadata.json'), '{"tokenSetOrder":["core"]}')
  expect(await run()).toMatchObject({ code: 0, stderr: 'ok: filled acme: 1 sets\n' })
  await writeFile(join(folder, 'core.json'), '{"red":{"$value":"#e00"},"b\\u001bx":{"$value":1}}')
  const { code, stderr } = await run()
  expect([code, stderr.split('\n').toSorted()]).toEqual([
    0,
    ['', '  Added b\ufffdx in core: 1', '  Changed red in core from "#f00" to "#e00"', 'ok: 2 changes in acme: 1 sets'],
  ])
  await writeFile(join(folder, 'dark.json'), '{')
  expect(await run()).toMatchObject({ code: 5, stderr: expect.stringContaining('dark.json: This is not JSON') })
  await rm(folder, { recursive: true })
})
