import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Locator } from 'playwright-core'
import { type EditorHost, type EditorPage, hostEditor, sampleText } from './open-editor.ts'

let host: EditorHost
let editor: EditorPage
beforeAll(async () => {
  host = await hostEditor()
})
afterAll(() => host.close())
beforeEach(async () => {
  editor = await host.open(sampleText)
})
afterEach(async () => {
  await editor.close()
  if (editor.troubles.length > 0) throw new Error(editor.troubles.join('\n'))
})

async function openVersions(): Promise<void> {
  await editor.page.getByRole('button', { name: 'More', exact: true }).click()
  await editor.page.getByRole('menuitem', { name: 'Versions' }).click()
  await editor.page.getByRole('dialog', { name: 'Versions' }).waitFor()
}

/** A version, then one token changed, one added, one removed, and a set. */
async function changeSince(name = 'Release 1'): Promise<void> {
  await editor.run(({ room }, version) => {
    const { document } = room.tokens
    document.versions.save(version)
    document.update('core', 'color.brand.500', { $value: '#aa0000' })
    document.set('core', 'color.brand.950', { $type: 'color', $value: '#000011' })
    document.remove('light', 'bg.accent')
    document.removeSet('dark')
  }, name)
}

const button = (name: string | RegExp, exact = true): Locator => editor.page.getByRole('button', { name, exact })
const box = (name: string | RegExp): Locator => editor.page.getByRole('checkbox', { name })
const shown = (text: string): Locator => editor.page.getByRole('dialog').getByText(text)
const sets = (): Promise<readonly string[]> => editor.run(({ peer }) => peer.setNames())
const names = (): Promise<readonly string[]> =>
  editor.run(({ room }) => room.tokens.document.versions.list().map(({ name }) => name))
const brand = (): Promise<unknown> => editor.run(({ peer }) => peer.get('core', 'color.brand.500')?.['$value' as never])

describe('the history', () => {
  it('shows what changed since a version, and brings chosen tokens back', async () => {
    await changeSince()
    await openVersions()
    await button('Compare Release 1 with the tokens as they are').click()
    await editor.page.getByRole('dialog', { name: 'Compare versions' }).waitFor()
    const core = editor.page.getByRole('region', { name: 'Set core' })
    await core.getByText('#aa0000').waitFor()
    expect(await core.getByRole('listitem').allInnerTexts()).toEqual([
      expect.stringMatching(/^color\.brand\.500\s+Value\s+#0066ff.*#aa0000$/s),
      expect.stringMatching(/^color\.brand\.950new\s+Value\s+none.*#000011$/s),
    ])
    expect(await core.locator('.swatch.color').count()).toBe(3)
    expect(await button('Restore the chosen').isDisabled()).toBe(true)
    await box('color.brand.500').check()
    await box('color.brand.950, new').check()
    await editor.page.getByRole('region', { name: 'Set light' }).getByRole('checkbox', { name: 'bg.accent' }).check()
    await button('Restore the chosen 3').click()
    await editor.page.getByRole('dialog').waitFor({ state: 'detached' })
    await expect.poll(brand).toBe('#0066ff')
    expect(await editor.run(({ peer }) => peer.get('core', 'color.brand.950') === undefined)).toBe(true)
    expect(await editor.run(({ peer }) => peer.get('light', 'bg.accent') === undefined)).toBe(false)
    expect(await sets()).not.toContain('dark')
    expect(await names()).toEqual(['Before restoring “Release 1”', 'Release 1'])
    await editor.page.getByRole('status').getByRole('button', { name: 'Undo' }).click()
    await expect.poll(brand).toBe('#aa0000')
    expect(await editor.run(({ peer }) => peer.get('core', 'color.brand.950') === undefined)).toBe(false)
  })

  it('brings whole sets back, and everything', async () => {
    await changeSince()
    await openVersions()
    await button('Compare Release 1 with the tokens as they are').click()
    await box('Whole set dark').check()
    expect(
      await box(/^bg\.accent, removed/)
        .nth(1)
        .isDisabled(),
    ).toBe(true)
    await button('Restore the chosen 1').click()
    await expect.poll(sets).toContain('dark')
    expect(await brand()).toBe('#aa0000')
    await openVersions()
    await button('Compare Release 1 with the tokens as they are').click()
    await button('Restore all of Release 1').click()
    await expect.poll(brand).toBe('#0066ff')
    expect(await editor.run(({ room }) => room.tokens.document.toText({ indent: 2 }))).toBe(sampleText.trimEnd())
  })

  it('compares two versions, follows edits, and survives a version that is removed meanwhile', async () => {
    await changeSince('One')
    await editor.run(({ room }) => room.tokens.document.versions.save('Two'))
    await editor.run(({ room }) => room.tokens.document.update('core', 'color.brand.500', { $value: '#bb0000' }))
    await openVersions()
    await button('Compare Two with the tokens as they are').click()
    await shown('#bb0000').waitFor()
    await editor.run(({ peer }) => peer.update('core', 'color.brand.500', { $value: '#cc0000' }))
    await shown('#cc0000').waitFor()
    const option = async (select: string, name: RegExp): Promise<void> => {
      const list = editor.page.getByRole('combobox', { name: select })
      const label = (await list.getByRole('option').allInnerTexts()).find((text) => name.test(text)) ?? ''
      await list.selectOption({ label })
    }
    await option('To', /^Two/)
    await editor.page.getByText('Nothing differs.').waitFor()
    await option('From version', /^One/)
    await shown('#aa0000').waitFor()
    // What is compared with has neither the token nor the set now: nothing to take out.
    await editor.run(({ room }) => room.tokens.document.remove('core', 'color.brand.950'))
    await box('color.brand.950, new').check()
    await box('color.brand.500').check()
    await button('Restore the chosen 2').click()
    await expect.poll(brand).toBe('#0066ff')
    await openVersions()
    await button('Compare One with the tokens as they are').click()
    await editor.run(({ room }) => void room.tokens.document.versions.purge())
    await editor.page.getByRole('dialog', { name: 'Versions' }).waitFor()
    await editor.page.getByText('No version is saved yet.').waitFor()
  })

  it('keeps automatic versions apart, and removes one, those, or all, when that is confirmed', async () => {
    await editor.run(({ room }) => {
      const { versions } = room.tokens.document
      for (const name of ['One', 'Two']) versions.save(name)
      for (const name of ['Before an import', 'Before the edits of today']) versions.putAside(name)
    })
    await openVersions()
    const automatic = editor.page.getByRole('list', { name: 'Versions put aside automatically' })
    expect(await automatic.getByRole('listitem').count()).toBe(2)
    expect(await editor.page.getByRole('list', { name: 'Saved versions' }).getByRole('listitem').count()).toBe(2)
    await button('Remove One').click()
    await button('Keep').click()
    expect(await names()).toHaveLength(4)
    await button('Remove One').click()
    await editor.page.getByText('Remove One for everyone? It cannot be brought back.').waitFor()
    await button('Remove').click()
    await editor.page.getByText('One is removed.').waitFor()
    await button('Remove the automatic versions').click()
    await button('Remove').click()
    await editor.page.getByText('2 versions removed.').waitFor()
    expect(await names()).toEqual(['Two'])
    await button('Remove all versions').click()
    await button('Remove').click()
    await editor.page.getByText('No version is saved yet.').waitFor()
  })

  it('can be used by the keyboard alone, and axe finds nothing', async () => {
    await changeSince()
    await editor.run(({ room }) => void room.tokens.document.versions.putAside('Before an import'))
    await openVersions()
    const { keyboard } = editor.page
    const focused = (): Promise<string> =>
      editor.page.evaluate(() => {
        let element = document.activeElement
        while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
        return element?.getAttribute('aria-label') ?? element?.id ?? ''
      })
    await expect.poll(focused).toBe('name')
    expect(await editor.axe('yt-versions-dialog')).toEqual([])
    await button('Remove Release 1').focus()
    await keyboard.press('Enter')
    await expect.poll(focused).toBe('confirm')
    expect(await editor.axe('yt-versions-dialog')).toEqual([])
    await keyboard.press('Shift+Tab')
    await keyboard.press('Enter')
    await expect.poll(focused).toBe('Remove Release 1')
    await button('Compare Release 1 with the tokens as they are').focus()
    await keyboard.press('Enter')
    await expect.poll(focused).toBe('from')
    expect(await editor.axe('yt-versions-dialog')).toEqual([])
    await box('color.brand.500').focus()
    await keyboard.press('Space')
    await button('Restore the chosen 1').waitFor()
    await button('All versions').focus()
    await keyboard.press('Enter')
    await expect.poll(focused).toBe('Compare Release 1 with the tokens as they are')
    await keyboard.press('Escape')
    await editor.page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  it('lets a reader look and change nothing', async () => {
    await changeSince()
    await editor.run(({ room, savedStatus }) => {
      room.setStatus({ relay: { ...savedStatus.relay, role: 'reader' } })
      room.tokens.document.setReadOnly('Your room key opens this room for reading.')
    })
    await openVersions()
    await button('Compare Release 1 with the tokens as they are').waitFor()
    const buttons = async (): Promise<readonly string[]> => {
      const all = await editor.page.getByRole('dialog').getByRole('button').all()
      return Promise.all(all.map(async (each) => (await each.getAttribute('aria-label')) ?? (await each.innerText())))
    }
    expect(await buttons()).toEqual(['Close', 'Compare Release 1 with the tokens as they are'])
    expect(await editor.axe('yt-versions-dialog')).toEqual([])
    await button('Compare Release 1 with the tokens as they are').click()
    await shown('#aa0000').waitFor()
    expect(await buttons()).toEqual(['Close', 'All versions'])
    expect(await editor.page.getByRole('checkbox').count()).toBe(0)
    await button('All versions').click()
    await editor.run(({ room }) => {
      room.tokens.document.setReadOnly(null)
      room.tokens.document.versions.purge()
      room.tokens.document.setReadOnly('Your room key opens this room for reading.')
    })
    await editor.page.getByText('There is no version that you may see.').waitFor()
  })

  it('says why a version cannot be saved or restored', async () => {
    await editor.run(({ room }) => void room.tokens.document.versions.save('One'))
    await openVersions()
    await button('Save version').click()
    await editor.page.getByRole('alert').getByText('Give the version a name.').waitFor()
    await editor.run(({ room }) => room.failNext('versions.restore', new Error('The room is closed.')))
    await button('Restore One').click()
    await editor.page.getByRole('alert').getByText('The room is closed.').waitFor()
  })

  it('lists long differences in parts', async () => {
    await editor.run(({ room }) => {
      const { document } = room.tokens
      document.versions.save('Before')
      document.transact(() => {
        for (let i = 0; i < 230; i++) document.set('core', `many.t${i}`, { $value: `${i}` })
      })
    })
    await openVersions()
    await button('Compare Before with the tokens as they are').click()
    await editor.page.getByText('230 tokens: 230 new.').waitFor()
    expect(await editor.page.getByRole('checkbox').count()).toBe(201)
    await button('Show more, 30 tokens left').click()
    await expect.poll(() => editor.page.getByRole('checkbox').count()).toBe(231)
  })
})
