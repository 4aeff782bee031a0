/** The history in the started product, without a bridge: what one person did, another one sees, compares and takes back. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createProfile } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { openPage, type PageUser } from '../support/page-user.ts'
import { createPicker, teamFile } from '../support/product-file.ts'
import { cli, createFolder, type Product, startProduct } from '../support/product.ts'

const folder = createFolder()
const [first, second] = [createProfile(), createProfile()]
const file = teamFile(folder.path)
let product: Product

beforeAll(async () => {
  product = await startProduct({ file: file.path, dataDir: `${folder.path}/data`, args: ['--no-bridge'] })
}, 60_000)
afterAll(async () => {
  await product?.kill()
  first.remove()
  second.remove()
  folder.remove()
})

async function openVersions({ page }: PageUser): Promise<void> {
  await page.getByRole('button', { name: 'More', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Versions' }).click()
  await page.getByRole('dialog', { name: 'Versions' }).waitFor()
}

test('the day’s first edits are put aside, seen by a teammate, and taken back token by token', async () => {
  const pick = createPicker(file.text)
  const [wrong, right] = [pick.line(), pick.line()]
  const [ana, ben] = [await first.open(), await second.open()]
  const anaPage = await openPage(ana, product.urls.editor)
  await anaPage.untilPill('Saved')
  await anaPage.edit(wrong.name, 'Value', '#010203', wrong.set)
  await anaPage.edit(right.name, 'Value', '#040506', right.set)
  await anaPage.untilPill('Saved')

  const benPage = await openPage(ben, product.urls.editor)
  await benPage.untilPill('Saved')
  await openVersions(benPage)
  const { page } = benPage
  await page.getByRole('button', { name: /^Compare Before the edits of .* with the tokens as they are$/ }).click()
  await page.getByText('2 tokens: 2 changed.').waitFor()
  await page.getByRole('checkbox', { name: wrong.name, exact: true }).check()
  await page.getByRole('button', { name: 'Restore the chosen 1' }).click()
  await eventually(async () => {
    const text = await anaPage.text()
    expect([text.includes('#010203'), text.includes('#040506')]).toEqual([false, true])
  })
  await anaPage.untilPill('Saved')
  await benPage.untilPill('Saved')

  const report = await cli(['inspect', product.room, '--relay', product.relayUrl, '--json'])
  expect(JSON.parse(report.stdout)).toMatchObject({ state: 'whole', history: { versions: 2 }, conflicts: [] })
  await page.getByRole('status').getByRole('button', { name: 'Undo' }).click()
  await eventually(async () => expect(await anaPage.text()).toContain('#010203'))
  expect([...anaPage.faults, ...benPage.faults]).toEqual([])
  await Promise.all([ana.close(), ben.close()])
}, 120_000)
