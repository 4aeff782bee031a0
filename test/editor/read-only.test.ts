import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type EditorHost, type EditorPage, hostEditor, sampleText } from './open-editor.ts'

let host: EditorHost
let editor: EditorPage
let served = sampleText
const asked: Record<string, unknown>[] = []
beforeAll(async () => {
  host = await hostEditor({
    '/bin': (headers) => {
      asked.push({ key: headers['x-access-key'], meta: headers['x-bin-meta'] })
      return headers['x-access-key'] === 'secret-key'
        ? { status: 200, body: served }
        : { status: 401, body: '{"message":"Invalid X-Access-Key provided"}' }
    },
  })
})
afterAll(() => host.close())
beforeEach(async () => {
  asked.length = 0
  served = sampleText
  editor = await host.open(sampleText)
})
afterEach(async () => {
  await editor.close()
  if (editor.troubles.length > 0) throw new Error(editor.troubles.join('\n'))
})

/** Everything that would change tokens is off; everything that shows them is there. */
async function expectNothingEditable(): Promise<void> {
  const { page } = editor
  await page.getByRole('button', { name: 'Sync status: Read-only' }).waitFor()
  for (const name of ['Add token', 'Add set', 'Undo', 'Redo'])
    expect(await page.getByRole('button', { name, exact: true }).isDisabled()).toBe(true)
  const before = await editor.run(({ editor: element }) => element.document.toText())
  await page.getByRole('row', { name: /^color\.brand\.500/ }).click()
  for (const key of ['Delete', 'Insert', 'Alt+ArrowDown', 'Control+d']) await page.keyboard.press(key)
  expect(await page.getByRole('dialog').count()).toBe(0)
  await page.keyboard.press('Shift+F10')
  expect(await page.getByRole('menuitem').allInnerTexts()).toEqual([
    expect.stringContaining('View'),
    expect.stringContaining('Copy reference'),
  ])
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: 'View color.brand.500' }).waitFor()
  expect(await page.getByRole('combobox', { name: 'Value' }).getAttribute('readonly')).not.toBeNull()
  expect(await page.getByRole('button', { name: 'Save', exact: true }).count()).toBe(0)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: /^light,/ }).focus()
  for (const key of ['Delete', 'F2', 'Alt+ArrowUp']) await page.keyboard.press(key)
  expect(await editor.run(({ editor: element }) => element.document.toText())).toBe(before)
}

describe('a reader', () => {
  it('sees everything, can change nothing, and is told why', async () => {
    await editor.run(({ room, savedStatus }) => {
      room.setStatus({ relay: { ...savedStatus.relay, role: 'reader' } })
      room.tokens.document.setReadOnly('Your room key opens this room for reading.')
    })
    await editor.page.getByText('Your key lets you look at everything in this room and change nothing.').waitFor()
    await expectNothingEditable()
    expect(await editor.page.getByRole('switch', { name: 'Update remote' }).isDisabled()).toBe(true)
    await editor.run(({ peer }) => peer.update('core', 'color.brand.500', { $value: '#abcdef' }))
    await expect
      .poll(() => editor.page.getByRole('row', { name: /^color\.brand\.500, Colour, #abcdef/ }).count())
      .toBe(1)
  })
})

describe('tokens by URL and headers', () => {
  async function fillForm(headers: string): Promise<void> {
    await editor.page.getByRole('button', { name: 'More', exact: true }).click()
    await editor.page.getByRole('menuitem', { name: 'Look at tokens by URL' }).click()
    await editor.page.getByRole('textbox', { name: 'URL' }).fill(`${host.origin}/bin`)
    await editor.page.getByRole('textbox', { name: 'Headers' }).fill(headers)
    await editor.page.getByRole('button', { name: 'Show tokens' }).click()
  }

  it('are shown whole and cannot be changed; the room is untouched and one click away', async () => {
    served = sampleText.replace('#0066ff', '#112233')
    await fillForm('{"X-Access-Key": "secret-key", "X-Bin-Meta": false}')
    await editor.page.getByText(/These tokens were read by URL at \d\d:\d\d/).waitFor()
    await editor.page.getByRole('row', { name: /^color\.brand\.500, Colour, #112233/ }).waitFor()
    await expectNothingEditable()
    expect(asked).toEqual([{ key: 'secret-key', meta: 'false' }])
    expect(await editor.page.content()).not.toContain('secret-key')

    served = sampleText.replace('#0066ff', '#445566')
    await editor.page.getByRole('button', { name: 'Refresh' }).click()
    await editor.page.getByRole('row', { name: /^color\.brand\.500, Colour, #445566/ }).waitFor()
    await editor.page.getByRole('button', { name: 'Back to the room' }).click()
    await editor.page.getByRole('row', { name: /^color\.brand\.500, Colour, #0066ff/ }).waitFor()
    expect(await editor.run(({ room }) => room.tokens.document.canUndo)).toBe(false)
  })

  it('a refused key, bad headers and bad content each get a sentence, and the form stays', async () => {
    await fillForm('{"X-Access-Key": "wrong-key"}')
    await editor.page.getByRole('alert').getByText(/key/i).waitFor()
    expect(await editor.page.getByRole('alert').allInnerTexts()).not.toContain('wrong-key')
    await editor.page.getByRole('textbox', { name: 'Headers' }).fill('X-Access-Key: secret-key')
    await editor.page.getByRole('button', { name: 'Show tokens' }).click()
    await editor.page.getByText('The headers are not JSON.').waitFor()
    served = '<html>login</html>'
    await editor.page.getByRole('textbox', { name: 'Headers' }).fill('{"X-Access-Key": "secret-key"}')
    await editor.page.getByRole('button', { name: 'Show tokens' }).click()
    await editor.page
      .getByRole('alert')
      .getByText(/HTML|JSON/)
      .waitFor()
    expect(await editor.page.getByRole('dialog', { name: 'Look at tokens by URL' }).count()).toBe(1)
  })

  it('a failed refresh keeps what is shown, and says so', async () => {
    await fillForm('{"X-Access-Key": "secret-key"}')
    await editor.page.getByRole('button', { name: 'Refresh' }).waitFor()
    served = 'not json'
    await editor.page.getByRole('button', { name: 'Refresh' }).click()
    await editor.page.getByRole('alert').getByText(/JSON/).waitFor()
    expect(await editor.page.getByRole('row', { name: /^color\.brand\.500, Colour, #0066ff/ }).count()).toBe(1)
  })
})
