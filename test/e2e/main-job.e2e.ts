/** A team edits a real token file in two browsers, the bin follows, consumers read it. */
import { basename } from 'node:path'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { launchBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { createLedger, type Ledger } from '../support/ledger.ts'
import { openPage, type PageUser } from '../support/page-user.ts'
import { type Cable, layCable } from '../support/product-cable.ts'
import { createPicker, teamFile } from '../support/product-file.ts'
import { pullFile, readBin, readSnapshot, tokensIn, untilBinEquals } from '../support/product-readers.ts'
import { cli, createFolder, type Product, type ProductEvent, startProduct } from '../support/product.ts'
import { openRawClient } from '../support/raw-wire-client.ts'

const folder = createFolder()
const file = teamFile(folder.path)
const secret = 'the secret of the end-to-end tests, 32 bytes and more'
const binName = basename(file.path, '.json')
/** How soon the bin must say what was edited. */
const binDelayMs = 5_000

let browser: Browser
beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser.close()
  folder.remove()
})

async function mintKey(role: 'reader' | 'writer', name: string): Promise<string> {
  const { code, stdout, stderr } = await cli(['key', '--room', 'tokens', '--role', role, '--name', name], {
    Y_TOKENS_KEY_SECRET: secret,
  })
  if (code !== 0) throw new Error(stderr)
  return stdout.trim()
}

describe(`a team with room keys works on ${file.label}`, () => {
  const pick = createPicker(file.text)
  let ledger: Ledger
  let product: Product
  let cable: Cable
  let ana: PageUser
  let ben: PageUser
  let readerKey: string
  let writerKey: string

  beforeAll(async () => {
    const keys = [mintKey('writer', 'Ana'), mintKey('writer', 'Ben'), mintKey('reader', 'Rae')] as const
    const started = startProduct({
      file: file.path,
      dataDir: `${folder.path}/team`,
      env: { Y_TOKENS_KEY_SECRET: secret },
    })
    const [anasKey, bensKey, raesKey] = await Promise.all(keys)
    readerKey = raesKey
    writerKey = bensKey
    product = await started
    cable = await layCable(product.urls.editor)
    const [anas, bens] = await Promise.all([browser.newContext(), browser.newContext()])
    ana = await openPage(anas, `http://${cable.host}/?room=tokens#key=${anasKey}`)
    ben = await openPage(bens, `${product.urls.editor}#key=${bensKey}`)
    // What the room shows at the start is the file, untouched.
    expect(tokensIn(await ana.text())).toEqual(tokensIn(file.text))
    ledger = createLedger(file.text)
  }, 60_000)
  afterAll(async () => {
    await cable?.close()
    await product?.kill()
  })

  async function allEqual(): Promise<void> {
    await eventually(async () => expect(await ana.text()).toBe(await ben.text()), { what: 'both pages equal' })
    const ms = await untilBinEquals(product, ben.text, binDelayMs)
    process.stderr.write(`bin equal after ${Math.round(ms)} ms\n`)
    ledger.check({ text: await ben.text(), journal: [] })
  }

  test('two people save different fields of one token at the same moment', async () => {
    const { set, path, name, value, description } = pick.line()
    const token = ledger.token(set, path)
    const [anas, bens] = await Promise.all([ana.openToken(name, set), ben.openToken(name, set)])
    await Promise.all([anas.set('Value', '#123456'), bens.set('Description', 'Ben was here')])
    await Promise.all([anas.save(), bens.save()])
    ledger.typed('Ana', token, 'value', '#123456', value)
    ledger.typed('Ben', token, 'description', 'Ben was here', description)
    await allEqual()
  }, 60_000)

  test('one works offline for a while: on another field of a token, inside a group that is renamed meanwhile', async () => {
    const line = pick.line()
    const type = pick.typography()
    const group = pick.group(3)
    const [inner] = group.tokens
    if (!inner) throw new Error('no token in the group')
    const typographyToken = ledger.token(type.set, type.path)
    const innerToken = ledger.token(inner.set, inner.path)
    const size = (type.value as { readonly fontSize?: unknown }).fontSize
    const weight = (type.value as { readonly fontWeight?: unknown }).fontWeight

    cable.pull()
    await ana.untilPill('Offline')
    await ana.edit(line.name, 'Value', '#0ff1ce', line.set)
    await ana.edit(type.name, 'Font size', '77px', type.set)
    await ana.edit(inner.name, 'Value', '#abcdef', inner.set)
    expect(await ana.pill()).toBe('Offline: 3 changes on this device')

    const groupName = group.path.join('.')
    const renamed = [...group.path.slice(0, -1), 'renamed']
    await ben.edit(line.name, 'Description', 'while Ana was away', line.set)
    await ben.edit(type.name, 'Font weight', '650', type.set)
    await ben.renameGroup(group.set, groupName, renamed.join('.'))
    await ben.untilPill('Saved')
    expect(await ana.shownRow(`${renamed.join('.')}.${inner.path.at(-1)}`)).toBeUndefined()

    ledger.typed('Ana', ledger.token(line.set, line.path), 'value', '#0ff1ce', line.value)
    ledger.typed('Ben', ledger.token(line.set, line.path), 'description', 'while Ana was away', line.description)
    ledger.typed('Ana', typographyToken, 'value.fontSize', '77px', size)
    ledger.typed('Ben', typographyToken, 'value.fontWeight', '650', weight)
    ledger.typed('Ana', innerToken, 'value', '#abcdef', inner.value)
    ledger.renamedGroup(group.set, group.path, renamed)

    cable.plugIn()
    await ana.untilPill('Saved', 15_000)
    await allEqual()
    for (const user of [ana, ben])
      expect(await user.shownRow(`${renamed.join('.')}.${inner.path.at(-1)}`)).toContain('#abcdef')
  }, 90_000)

  test('pull writes the same tokens, from the bin and from the relay', async () => {
    const { bin, readHeaders, snapshot } = product.urls
    const fromBin = await pullFile(bin?.url ?? '', readHeaders, folder.path)
    expect(tokensIn(fromBin)).toEqual(tokensIn(await ana.text()))
    const fromRelay = await pullFile(snapshot, { Authorization: `Bearer ${readerKey}` }, folder.path)
    expect(tokensIn(fromRelay)).toEqual(tokensIn(await ana.text()))
  }, 60_000)

  test('while updates are paused, edits reach teammates but not the bin, until they go on', async () => {
    const { set, path, name, value } = pick.line()
    const before = await readBin(product)
    await ana.switchUpdates(false)
    await eventually(() => product.bridge()?.kind === 'paused', { what: 'the bridge paused' })
    await ben.untilPill('Bin paused')
    await ben.edit(name, 'Value', '#bada55', set)
    ledger.typed('Ben', ledger.token(set, path), 'value', '#bada55', value)
    await eventually(async () => expect(await ana.text()).toBe(await ben.text()))
    // Longer than the bridge waits after an edit, and than its longest wait would be after a first one.
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    expect(await readBin(product)).toBe(before)

    await ben.switchUpdates(true)
    await ana.untilPill('Saved')
    await allEqual()
  }, 60_000)

  test('a reader sees everything and can change nothing, also with raw frames', async () => {
    const context = await browser.newContext()
    const rae = await openPage(context, product.urls.editor, { name: 'Guest', room: 'refused' })
    await rae.enterRoomKey(readerKey)
    await rae.untilPill('Read-only')
    await eventually(async () => expect(await rae.text()).toBe(await ben.text()), { what: 'the reader sees it all' })
    const { page } = rae
    expect(await page.getByRole('button', { name: 'Add token', exact: true }).isDisabled()).toBe(true)
    expect(await page.getByRole('button', { name: 'Add set', exact: true }).isDisabled()).toBe(true)
    expect(await page.getByRole('switch', { name: 'Update remote' }).isDisabled()).toBe(true)
    const { name, set } = pick.line()
    expect(await rae.viewToken(name, set)).toEqual(['Close', 'Close'])
    expect(rae.faults).toEqual([])
    await context.close()

    // The page might be another one: with the same key, straight onto the wire.
    const before = await ben.text()
    const wire = await openRawClient(product.urls.webSocket, { protocols: ['y-tokens.1', `key.${readerKey}`] })
    wire.hello()
    wire.sendStep1()
    expect((await wire.relay('welcome')).role).toBe('reader')
    await wire.step2()
    const forged = new Y.Doc()
    Y.applyUpdate(forged, Y.encodeStateAsUpdate(wire.doc))
    forged.getArray('v1/lane/readers0').push([['/values', 'x', '{}', Date.now() * 1024]])
    const update = Y.encodeStateAsUpdate(forged, Y.encodeStateVector(wire.doc))
    wire.sendUpdate(update)
    wire.sendStep2(update)
    wire.sendStep2(Y.encodeStateAsUpdate(forged))
    expect((await wire.relay('rejected')).code).toBe('read-only')
    await wire.close()

    const history = await openRawClient(`${product.urls.webSocket}~history`, {
      protocols: ['y-tokens.1', `key.${readerKey}`],
    })
    expect((await history.untilClosed()).code).toBe(4403)

    const witness = await openRawClient(product.urls.webSocket, { protocols: ['y-tokens.1', `key.${writerKey}`] })
    witness.sendStep1()
    await witness.step2()
    expect(witness.doc.share.has('v1/lane/readers0')).toBe(false)
    await witness.close()
    expect(await ben.text()).toBe(before)
  }, 60_000)

  test('nothing typed was lost, and no page had a fault', async () => {
    await allEqual()
    const verdict = ledger.check({ text: await ana.text(), journal: [] })
    expect(verdict).toMatchObject({ journalled: 0 })
    expect(tokensIn(await readSnapshot(product, readerKey))).toEqual(tokensIn(await ana.text()))
    expect([...ana.faults, ...ben.faults]).toEqual([])
    expect(await product.stop('SIGTERM')).toBe(0)
  }, 60_000)
})

describe('without the built-in bridge, a page with the key keeps the bin in step', () => {
  const pick = createPicker(file.text)
  const ledger = createLedger(file.text)
  let product: Product
  let ana: PageUser
  let ben: PageUser
  const contexts: BrowserContext[] = []

  beforeAll(async () => {
    product = await startProduct({ file: file.path, dataDir: `${folder.path}/keyed`, args: ['--no-bridge'] })
    contexts.push(...(await Promise.all([browser.newContext(), browser.newContext()])))
    const [anas, bens] = contexts as [BrowserContext, BrowserContext]
    ana = await openPage(anas, product.urls.editor, { name: 'Ana' })
    ben = await openPage(bens, product.urls.editor, { name: 'Ben' })
  }, 60_000)
  afterAll(async () => {
    await product?.kill()
    for (const context of contexts) await context.close()
  })

  async function editAs(user: PageUser, value: string): Promise<void> {
    const { set, path, name, value: saw } = pick.line()
    await user.edit(name, 'Value', value, set)
    ledger.typed(user.name, ledger.token(set, path), 'value', value, saw)
  }

  test('nobody has the key yet: editing goes on, the bin stays as it was', async () => {
    const before = await readBin(product)
    await editAs(ana, '#100001')
    await eventually(async () => expect(await ben.text()).toBe(await ana.text()))
    expect(await ana.details()).toContain('No key here')
    expect(await readBin(product)).toBe(before)
  }, 60_000)

  test('with the key in the bins panel the page writes what had waited, and what teammates edit', async () => {
    await ana.enterBinKey(binName, product.urls.masterKey)
    await untilBinEquals(product, ana.text, binDelayMs)
    await editAs(ben, '#200002')
    await eventually(async () => expect(await ana.text()).toBe(await ben.text()))
    await untilBinEquals(product, ben.text, binDelayMs)
    await eventually(async () => expect(await ben.details()).toContain('Ana looks after the bin'))
  }, 60_000)

  test('when that page closes, another one with the key goes on', async () => {
    await contexts[0]?.close()
    await editAs(ben, '#300003')
    await ben.enterBinKey(binName, product.urls.masterKey)
    // The lease of a page that closed without a word runs out by itself.
    await untilBinEquals(product, ben.text, 20_000)
    expect(ledger.check({ text: await ben.text(), journal: [] }).current).toBe(3)
    expect([...ana.faults, ...ben.faults]).toEqual([])
  }, 60_000)
})

describe('tokens that outgrow their bin', () => {
  const pick = createPicker(file.text)
  const limit = 100 * 1024
  let product: Product
  let ana: PageUser

  beforeAll(async () => {
    product = await startProduct({
      file: file.path,
      dataDir: `${folder.path}/small`,
      args: ['--bin-limit', '100kb'],
    })
    ana = await openPage(await browser.newContext(), product.urls.editor, { name: 'Ana' })
  }, 60_000)
  afterAll(async () => {
    await product?.kill()
  })

  test('the bridge says how large they are, what the bin takes, and which sets take the room', async () => {
    const blocked = await eventually(
      () => {
        const state = product.bridge()
        if (state?.kind !== 'blocked') throw new Error(`the bridge is ${state?.kind}`)
        return state
      },
      { timeoutMs: 10_000, what: 'the block' },
    )
    expect(blocked.reason).toBe('too-large')
    expect(blocked.size?.limit).toBe(limit)
    expect(blocked.size?.bytes).toBeGreaterThan(limit)
    const sets = largestSets(file.text).slice(0, 3)
    expect(blocked.size?.largestSets.map(({ name }) => name)).toEqual(sets)
    await ana.untilPill('Action needed')
    const details = await ana.details()
    for (const words of ['Stopped', '102 kB', 'all themes', ...sets]) expect(details).toContain(words)
  }, 60_000)

  test('meanwhile editing, the snapshot and pull from the relay go on, and the bin stays as it is', async () => {
    const before = await readBin(product)
    const { name, set } = pick.line()
    await ana.edit(name, 'Value', '#b16b16', set)
    await eventually(async () => expect(tokensIn(await readSnapshot(product))).toEqual(tokensIn(await ana.text())))
    const pulled = await pullFile(product.urls.snapshot, {}, folder.path)
    expect(tokensIn(pulled)).toEqual(tokensIn(await ana.text()))
    expect(await readBin(product)).toBe(before)
  }, 60_000)

  test('deleting themes and sets until it fits is enough', async () => {
    const { bytes: before = 0 } = product.bridge()?.size ?? {}
    await ana.deleteThemes()
    await eventually(() => expect(product.bridge()?.size?.bytes).toBeLessThan(before - 1), { timeoutMs: 10_000 })
    for (const set of largestSets(file.text)) {
      if (Buffer.byteLength(await ana.text()) < limit - 2_000) break
      expect(product.bridge()?.kind).toBe('blocked')
      await ana.deleteSet(set)
    }
    await untilBinEquals(product, ana.text, 15_000)
    await ana.untilPill('Saved')
    expect(product.bridge()?.kind).not.toBe('blocked')
    expect(ana.faults).toEqual([])
  }, 60_000)

  test('with the old bin too large already, it stays unchanged in the same way', async () => {
    expect(await product.stop()).toBe(0)
    const whole = await startProduct({ file: file.path, dataDir: `${folder.path}/shrunk` })
    await whole.stop()
    const { size } = await startSmall()
    expect(size?.limit).toBe(limit)
  }, 60_000)

  /** The bin holds everything; then the account's limit is smaller than that. */
  async function startSmall(): Promise<ProductEvent> {
    product = await startProduct({ dataDir: `${folder.path}/shrunk`, args: ['--bin-limit', '100kb'] })
    const before = await readBin(product)
    const ben = await openPage(await browser.newContext(), product.urls.editor, { name: 'Ben' })
    await ben.edit(pick.line().name, 'Value', '#5a5a5a')
    const state = await eventually(
      () => {
        const now = product.bridge()
        if (now?.reason !== 'too-large') throw new Error(`the bridge is ${now?.kind}`)
        return now
      },
      { timeoutMs: 10_000, what: 'the block' },
    )
    expect(await readBin(product)).toBe(before)
    return state
  }
})

/** Names of sets, the one with the longest JSON first. */
function largestSets(text: string): readonly string[] {
  const { values } = JSON.parse(text) as { readonly values: Readonly<Record<string, unknown>> }
  return Object.entries(values)
    .toSorted(([, a], [, b]) => JSON.stringify(b).length - JSON.stringify(a).length)
    .map(([name]) => name)
}
