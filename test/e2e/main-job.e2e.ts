/** A team edits a real token file in two browsers, the bin follows, consumers read it. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { launchBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { createLedger, type Ledger } from '../support/ledger.ts'
import { openPage, type PageUser } from '../support/page-user.ts'
import { type Cable, layCable } from '../support/product-cable.ts'
import { createPicker, teamFile } from '../support/product-file.ts'
import { pullFile, readBin, readSnapshot, tokensIn, untilBinEquals } from '../support/product-readers.ts'
import { cli, createFolder, type Product, startProduct } from '../support/product.ts'
import { openRawClient } from '../support/raw-wire-client.ts'

const folder = createFolder()
const file = teamFile(folder.path)
const secret = 'the secret of the end-to-end tests, 32 bytes and more'
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
