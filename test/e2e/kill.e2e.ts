/** `kill -9` of everything at once, in the middle of a burst of edits: relay, bins, bridge and page server are one process. */
import { cpSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRelay } from '../../server/relay/index.ts'
import { openTokens, type Tokens } from '../../src/index.ts'
import { launchBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { leavesOf } from '../support/ledger.ts'
import { openPage, type PageUser } from '../support/page-user.ts'
import { type FileToken, teamFile, tokensOf } from '../support/product-file.ts'
import { untilBinEquals } from '../support/product-readers.ts'
import { createFolder, type Product, startProduct } from '../support/product.ts'
import { createRandom } from '../support/random.ts'

const rounds = 3
const editors = 3
const seed = 20_261_124
const folder = createFolder()
const dataDir = join(folder.path, 'data')
const file = teamFile(folder.path)

let browser: Browser
beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser.close()
  folder.remove()
})

interface Editor {
  readonly tokens: Tokens
  readonly own: readonly FileToken[]
  /** Last value typed, and last value seen stored by the relay, by token. */
  readonly typed: Map<FileToken, string>
  readonly acknowledged: Map<FileToken, string>
}

test(`${rounds} kills lose nothing that was acknowledged, and the rest is sent again (seed ${seed})`, async () => {
  const random = createRandom(seed)
  const port = await freePort()
  let product: Product = await startProduct({ file: file.path, dataDir, port })
  const { relayUrl, room } = product
  const all = tokensOf(file.text).filter(({ type, value }) => type === 'color' && typeof value === 'string')
  const team: Editor[] = []
  for (let at = 0; at < editors; at++) {
    const tokens = await openTokens({ room, relay: { url: relayUrl }, storage: 'memory', bins: { enabled: false } })
    team.push({
      tokens,
      own: all.filter((_, index) => index % (editors + 1) === at),
      typed: new Map(),
      acknowledged: new Map(),
    })
  }
  const pagesOwn = all.filter((_, index) => index % (editors + 1) === editors)
  const ana: PageUser = await openPage(await browser.newContext(), product.urls.editor)
  const anasTyped = new Map<FileToken, string>()
  try {
    for (let round = 1; round <= rounds; round++) {
      const page = pagesOwn[round]
      if (!page) throw new Error('too few tokens')
      await ana.edit(page.name, 'Value', hex(round * 7), page.set)
      anasTyped.set(page, hex(round * 7))

      let isOver = false
      const bursts = team.map((editor, at) => burst(editor, round * 1_000 + at * 300, () => isOver))
      await new Promise((resolve) => setTimeout(resolve, 100 + random.int(500)))
      await product.kill()
      isOver = true
      await Promise.all(bursts)
      const acknowledged = team.map((editor) => new Map(editor.acknowledged))
      await expectStored(acknowledged, round)

      product = await startProduct({ file: file.path, dataDir, port })
      for (const { tokens } of team)
        await eventually(() => expect(tokens.status.relay.state.kind).toBe('synced'), {
          timeoutMs: 30_000,
          what: `round ${round}: an editor back by itself`,
        })
    }

    await ana.untilPill('Saved', 30_000)
    await eventually(
      async () => {
        const text = await ana.text()
        for (const { tokens } of team) expect(tokens.document.toText()).toBe(text)
      },
      { timeoutMs: 10_000, what: 'all editors equal' },
    )
    const values = leavesOf(await ana.text())
    for (const typed of [anasTyped, ...team.map((editor) => editor.typed)])
      for (const [token, value] of typed) expect(valueOf(values, token), token.name).toBe(value)
    await untilBinEquals(product, ana.text, 20_000)
    const acknowledgedEdits = team.reduce((sum, editor) => sum + editor.acknowledged.size, 0)
    expect(acknowledgedEdits).toBeGreaterThan(rounds)
    expect(ana.faults).toEqual([])
  } finally {
    for (const { tokens } of team) await tokens.close()
    await product.kill()
  }
}, 180_000)

/** Types as fast as it can until the process dies, and notes what was seen stored before. */
async function burst(editor: Editor, from: number, isOver: () => boolean): Promise<void> {
  const { tokens, own, typed, acknowledged } = editor
  const stop = tokens.subscribeStatus(() => {
    // "Synced" is said of everything that was made until now.
    if (tokens.status.relay.state.kind === 'synced' && tokens.status.relay.unsaved === 0)
      for (const [token, value] of typed) acknowledged.set(token, value)
  })
  for (let count = 0; !isOver() && count < 300; count++) {
    const token = own[(from + count) % own.length]
    if (!token) break
    const value = hex(from + count)
    tokens.document.update(token.set, token.path, { $value: value })
    // Only now: while the edit is being made, "synced" still speaks of those before it.
    typed.set(token, value)
    acknowledged.delete(token)
    await new Promise((resolve) => setTimeout(resolve, 3))
  }
  while (!isOver()) await new Promise((resolve) => setTimeout(resolve, 10))
  stop()
}

/** Looks at what is on disk right after the kill, in a copy, before any editor has sent anything again. */
async function expectStored(acknowledged: readonly ReadonlyMap<FileToken, string>[], round: number): Promise<void> {
  const copy = join(folder.path, `copy-${round}`)
  cpSync(dataDir, copy, { recursive: true })
  for (const name of ['relay.sqlite', 'bins.sqlite']) {
    const database = new DatabaseSync(join(copy, name))
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
    database.close()
  }
  const relay = await createRelay({ port: 0, dataDir: copy })
  try {
    const response = await fetch(`${relay.httpUrl}/rooms/tokens/snapshot?form=full`)
    expect(response.status).toBe(200)
    const values = leavesOf(await response.text())
    for (const each of acknowledged)
      for (const [token, value] of each)
        // A later edit of the same token may have been stored, too, though nobody was told.
        expect(numberOf(valueOf(values, token)), `round ${round}: ${token.name}`).toBeGreaterThanOrEqual(
          numberOf(value),
        )
  } finally {
    await relay.close()
    rmSync(copy, { recursive: true, force: true })
  }
}

function valueOf(values: ReturnType<typeof leavesOf>, { set, path }: FileToken): unknown {
  return values.get(JSON.stringify([set, ...path, 'value']))?.value
}

/** Values that grow, as colours. */
function hex(count: number): string {
  return `#${count.toString(16).padStart(6, '0')}`
}

function numberOf(value: unknown): number {
  return Number.parseInt(String(value).slice(1), 16)
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return port
}
