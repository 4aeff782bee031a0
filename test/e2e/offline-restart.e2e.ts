/** Edits made offline survive the browser and reach relay and bin by themselves. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createProfile } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { createLedger } from '../support/ledger.ts'
import { openPage } from '../support/page-user.ts'
import { type Cable, layCable } from '../support/product-cable.ts'
import { createPicker, teamFile } from '../support/product-file.ts'
import { readSnapshot, tokensIn, untilBinEquals } from '../support/product-readers.ts'
import { createFolder, type Product, startProduct } from '../support/product.ts'

const folder = createFolder()
const profile = createProfile()
const file = teamFile(folder.path)
let product: Product
let cable: Cable

beforeAll(async () => {
  product = await startProduct({ file: file.path, dataDir: `${folder.path}/data` })
  cable = await layCable(product.urls.editor)
}, 60_000)
afterAll(async () => {
  await cable?.close()
  await product?.kill()
  profile.remove()
  folder.remove()
})

test('offline edits are there after the browser was closed, still offline, and arrive when it is online', async () => {
  const pick = createPicker(file.text)
  const ledger = createLedger(file.text)
  const address = `http://${cable.host}/?room=tokens`
  const [changed, deleted, kept] = [pick.line(), pick.line(), pick.line()]

  const first = await profile.open()
  const before = await openPage(first, address)
  await before.untilPill('Saved')
  cable.pull()
  await before.untilPill('Offline')
  await before.edit(changed.name, 'Value', '#0f0f0f', changed.set)
  await before.edit(kept.name, 'Description', 'written on a train', kept.set)
  await before.deleteToken(deleted.name)
  ledger.typed('Ana', ledger.token(changed.set, changed.path), 'value', '#0f0f0f', changed.value)
  ledger.typed('Ana', ledger.token(kept.set, kept.path), 'description', 'written on a train', kept.description)
  for (const field of ['value', 'type', 'description'] as const) {
    if (deleted[field] !== undefined)
      ledger.typed('Ana', ledger.token(deleted.set, deleted.path), field, undefined, deleted[field])
  }
  await eventually(async () => expect(await before.details()).toContain('Everything is stored on this device'))
  const text = await before.text()
  ledger.check({ text, journal: [] })
  await first.close()
  expect(await readSnapshot(product)).not.toContain('#0f0f0f')

  // The page itself has to come from somewhere; everything else stays cut off.
  cable.plugIn({ sockets: false })
  const second = await profile.open()
  const after = await openPage(second, address)
  await after.untilPill(/^Offline/)
  expect(await after.text()).toBe(text)
  expect(await after.shownRow(changed.name)).toContain('#0f0f0f')
  expect(await after.shownRow(deleted.name)).toBeUndefined()
  expect(await readSnapshot(product)).not.toContain('#0f0f0f')

  cable.plugIn()
  await after.untilPill('Saved', 30_000)
  await untilBinEquals(product, after.text, 10_000)
  expect(tokensIn(await readSnapshot(product))).toEqual(tokensIn(text))
  ledger.check({ text: await after.text(), journal: [] })
  expect([...before.faults, ...after.faults]).toEqual([])
  await second.close()
}, 120_000)
