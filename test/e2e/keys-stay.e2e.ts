/** Keys stay on the device they were typed on: they are searched for in everything that leaves it, and in what is stored of it. */
import { readdirSync, readFileSync, statSync, writeFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as Y from 'yjs'
import { createProfile } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { openPage } from '../support/page-user.ts'
import { createPicker, teamFile } from '../support/product-file.ts'
import { readBin, untilBinEquals } from '../support/product-readers.ts'
import { cli, createFolder, type Product, startProduct } from '../support/product.ts'
import { openRawClient } from '../support/raw-wire-client.ts'

const folder = createFolder()
const profile = createProfile()
const file = teamFile(folder.path)
const dataDir = join(folder.path, 'data')
const masterKey = '$2b$10$recognisable.master.key.that.must.stay.where.it.was.typed'
const secret = 'a recognisable secret of the relay, of 32 bytes and more'
/** What people typed, which must be found: else the search proves nothing. */
const typedValue = '#c0ffee'
let product: Product

beforeAll(async () => {
  mkdirSync(dataDir)
  writeFileSync(join(dataDir, 'bins.key'), masterKey, { mode: 0o600 })
  product = await startProduct({
    file: file.path,
    dataDir,
    args: ['--no-bridge'],
    env: { Y_TOKENS_KEY_SECRET: secret },
  })
}, 60_000)
afterAll(async () => {
  await product?.kill()
  profile.remove()
  folder.remove()
})

/** Bytes that may hold a key, under the name of where they were. */
type Evidence = Map<string, Buffer[]>

function note(evidence: Evidence, where: string, bytes: string | Uint8Array): void {
  const more = typeof bytes === 'string' ? Buffer.from(bytes) : Buffer.from(bytes)
  evidence.set(where, [...(evidence.get(where) ?? []), more])
}

/** Where the text stands, in any of the ways a program may have written it. */
function placesOf(text: string, evidence: Evidence): string[] {
  const needles = [
    Buffer.from(text, 'utf8'),
    Buffer.from(text, 'utf16le'),
    Buffer.from(Buffer.from(text).toString('base64').slice(0, -4)),
    Buffer.from(Buffer.from(text).toString('hex')),
    Buffer.from(encodeURIComponent(text)),
  ]
  return [...evidence]
    .filter(([, all]) => all.some((bytes) => needles.some((needle) => bytes.includes(needle))))
    .map(([where]) => where)
}

/** Everything in every IndexedDB database of the page, as bytes and as text. */
async function databasesOf(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const parts: string[] = []
    const asText = (value: unknown): void => {
      if (value instanceof Uint8Array || value instanceof ArrayBuffer) {
        parts.push(new TextDecoder('latin1').decode(value), new TextDecoder('utf-16le').decode(value))
      } else if (typeof value === 'object' && value !== null) {
        parts.push(...Object.keys(value))
        for (const each of Object.values(value)) asText(each)
      } else parts.push(String(value))
    }
    const settled = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error as Error)
      })
    for (const { name = '' } of await indexedDB.databases()) {
      parts.push(name)
      const database = await settled(indexedDB.open(name))
      for (const store of database.objectStoreNames) {
        const objects = database.transaction(store).objectStore(store)
        for (const found of [await settled(objects.getAllKeys()), await settled(objects.getAll())])
          found.forEach(asText)
      }
      database.close()
    }
    return parts.join('\n')
  })
}

function filesBelow(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path).flatMap((name) => filesBelow(join(path, name)))
}

test('neither the master key nor the room key is found in anything that leaves the device', async () => {
  const { code, stdout } = await cli(['key', '--room', product.room, '--role', 'writer', '--name', 'Ana'], {
    Y_TOKENS_KEY_SECRET: secret,
  })
  expect(code).toBe(0)
  const roomKey = stdout.trim()
  const keys = { masterKey, roomKey, signature: roomKey.split('.')[2] ?? '' }
  expect(product.urls.masterKey).toBe(masterKey)

  const evidence: Evidence = new Map()
  const handshakes: string[] = []
  const context = await profile.open()
  const page = context.pages()[0] ?? (await context.newPage())
  page.on('websocket', (socket) => {
    handshakes.push(socket.url())
    note(evidence, 'a WebSocket address', socket.url())
    socket.on('framesent', ({ payload }) => note(evidence, 'WebSocket frames sent', payload))
    socket.on('framereceived', ({ payload }) => note(evidence, 'WebSocket frames received', payload))
  })
  page.on('request', (request) => {
    note(evidence, 'addresses of requests', request.url())
    note(evidence, 'bodies of requests', request.postData() ?? '')
    for (const [name, value] of Object.entries(request.headers()))
      if (name !== 'x-master-key') note(evidence, 'headers of requests', `${name}: ${value}`)
      else expect(new URL(request.url()).origin).toBe(new URL(product.urls.editor).origin)
  })
  page.on('console', (message) => note(evidence, 'the console', message.text()))

  const ana = await openPage(context, product.urls.editor, { name: 'Guest', room: 'refused' })
  await ana.enterRoomKey(roomKey)
  await ana.enterBinKey(
    file.path
      .split('/')
      .at(-1)
      ?.replace(/\.json$/, '') ?? '',
    masterKey,
  )
  const { name, set } = createPicker(file.text).line()
  await ana.edit(name, 'Value', typedValue, set)
  await untilBinEquals(product, ana.text, 10_000)
  // Whatever is written with the bin and about it: a pause, a merge, a saved version.
  const before = await readBin(product)
  const foreign = JSON.parse(before) as { $metadata: Record<string, unknown> }
  delete foreign.$metadata['y-tokens']
  const text = JSON.stringify(foreign).replace(`"${typedValue}"`, '"#facade"')
  const put = await fetch((product.urls.bin?.url ?? '').replace(/\/latest$/, ''), {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json', 'X-Master-Key': masterKey },
    body: text,
  })
  expect(put.status).toBe(200)
  await ana.pull()
  await eventually(async () => expect(await ana.shownRow(name)).toContain('#facade'), { timeoutMs: 15_000 })
  expect((await ana.journal()).length).toBe(1)
  await ana.switchUpdates(false)
  await ana.switchUpdates(true)
  await untilBinEquals(product, ana.text, 15_000)
  await ana.untilPill('Saved')

  // Another member of the room gets all that is shared: both documents and everybody's awareness.
  const another = await cli(['key', '--room', product.room, '--role', 'writer', '--name', 'Ben'], {
    Y_TOKENS_KEY_SECRET: secret,
  })
  for (const room of [product.room, `${product.room}~history`]) {
    const wire = await openRawClient(`${product.relayUrl}/${room}`, {
      protocols: ['y-tokens.1', `key.${another.stdout.trim()}`],
    })
    wire.sendStep1()
    note(evidence, `document ${room}`, await wire.step2())
    note(
      evidence,
      `document ${room}`,
      JSON.stringify([...wire.doc.share.keys()].map((root) => wire.doc.getArray(root).toJSON())),
    )
    note(evidence, `document ${room}`, Y.encodeStateAsUpdate(wire.doc))
    if (room === product.room)
      note(
        evidence,
        'awareness',
        JSON.stringify(await wire.next((message) => (message.kind === 'awareness' ? message.entries : undefined))),
      )
    await wire.close()
  }

  note(evidence, 'IndexedDB', await databasesOf(page))
  note(evidence, 'the body of the bin', await readBin(product))
  await context.close()
  for (const path of filesBelow(profile.folder))
    if (path.includes('/IndexedDB/')) note(evidence, 'IndexedDB on disk', readFileSync(path))

  const printedKey = JSON.stringify(product.urls.masterKey)
  expect(await product.stop()).toBe(0)
  note(evidence, 'what the server printed', product.stdout().replace(printedKey, '') + product.stderr())
  for (const path of filesBelow(dataDir)) {
    if (/relay\.sqlite/.test(path)) note(evidence, 'relay.sqlite', readFileSync(path))
  }

  const places = ['WebSocket frames sent', `document ${product.room}`, 'IndexedDB', 'relay.sqlite']
  expect(placesOf(typedValue, evidence)).toEqual(
    expect.arrayContaining([...places, 'bodies of requests', `document ${product.room}~history`]),
  )
  expect(placesOf('tokenSetOrder', evidence)).toContain('WebSocket frames received')
  expect([...evidence.keys()]).toEqual(
    expect.arrayContaining(['awareness', 'the body of the bin', 'IndexedDB on disk', 'what the server printed']),
  )
  expect(handshakes.length).toBeGreaterThan(1)
  for (const [what, key] of Object.entries(keys)) {
    expect(key.length, what).toBeGreaterThan(20)
    expect(placesOf(key, evidence), what).toEqual([])
  }
  expect(placesOf(secret, evidence)).toEqual([])
  expect(ana.faults).toEqual([])
}, 120_000)
