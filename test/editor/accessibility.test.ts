import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EditorHost, type EditorPage, hostEditor, sampleText } from './open-editor.ts'

let host: EditorHost
beforeAll(async () => {
  host = await hostEditor()
})
afterAll(() => host.close())

async function withEditor(
  options: Parameters<EditorHost['open']>[1],
  check: (editor: EditorPage) => Promise<void>,
): Promise<void> {
  const editor = await host.open(sampleText, options)
  await editor.run(({ room, savedStatus }) => {
    room.setPeople([
      { clientId: 1, self: true, name: 'Ana Silva', color: '#7c4dff' },
      {
        clientId: 2,
        self: false,
        name: 'Ben Okafor',
        color: '#0f766e',
        focus: { set: 'core', path: 'color.brand.500' },
      },
    ])
    room.setBins([
      { id: 'b1', name: 'Brand tokens', url: null, applied: true, key: 'master' },
      { id: 'b2', name: 'Old brand', url: 'https://bins.example.com/v3', applied: false, key: 'none' },
    ])
    room.setStatus({
      bridge: {
        ...savedStatus.bridge,
        state: { kind: 'synced' },
        bin: { id: 'b1', name: 'Brand tokens' },
        access: 'writer',
        lastWriteAt: 1_700_000_000_000,
      },
    })
  })
  try {
    await check(editor)
    expect(editor.troubles).toEqual([])
  } finally {
    await editor.close()
  }
}

const dialogs = [
  ['Import tokens', 'yt-import-dialog'],
  ['Export tokens', 'yt-export-dialog'],
  ['Themes', 'yt-themes-dialog'],
  ['Versions', 'yt-versions-dialog'],
  ['Journal of merges', 'yt-journal-dialog'],
  ['Bins', 'yt-bins-dialog'],
  ['Look at tokens by URL', 'yt-snapshot-dialog'],
] as const

describe.each([
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['320 px wide', { viewport: { width: 320, height: 640 } }],
] as const)('axe finds nothing, %s', (_name, options) => {
  it('in the editor, its list, popovers and menus', () =>
    withEditor(options, async ({ page, axe }) => {
      expect(await axe()).toEqual([])
      await page.getByRole('button', { name: /^Sync status/ }).click()
      expect(await axe('yt-toolbar')).toEqual([])
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: /people here/ }).click()
      expect(await axe('yt-toolbar')).toEqual([])
      await page.keyboard.press('Escape')
      await page.getByRole('row', { name: /^color\.brand\.500/ }).click()
      await page.keyboard.press('Shift+F10')
      await page.getByRole('menu').waitFor()
      expect(await axe('yt-token-list')).toEqual([])
      await page.keyboard.press('Escape')
      await page.getByRole('searchbox').fill('brand')
      await page.getByText('tokens found').waitFor({ state: 'attached' })
      expect(await axe('yt-token-list')).toEqual([])
    }))

  it('in the dialogs', () =>
    withEditor(options, async ({ page, axe }) => {
      for (const [name, element] of dialogs) {
        await page.getByRole('button', { name: 'More', exact: true }).click()
        await page.getByRole('menuitem', { name }).click()
        await page.getByRole('dialog', { name }).waitFor()
        expect([name, ...(await axe(element))]).toEqual([name])
        await page.keyboard.press('Escape')
        await page.getByRole('dialog', { name }).waitFor({ state: 'detached' })
      }
    }))

  it('in the history', () =>
    withEditor(options, async ({ page, axe, run }) => {
      await run(({ room }) => {
        const { document: tokens } = room.tokens
        tokens.versions.save('Release 1')
        tokens.versions.putAside('Before an import')
        tokens.update('core', 'color.brand.500', { $value: '#aa0000' })
        tokens.rename('core', 'space', 'spacing')
        tokens.removeSet('dark')
      })
      await page.getByRole('button', { name: 'More', exact: true }).click()
      await page.getByRole('menuitem', { name: 'Versions' }).click()
      await page.getByRole('button', { name: 'Remove Release 1' }).click()
      expect(await axe('yt-versions-dialog')).toEqual([])
      await page.getByRole('button', { name: /^Compare Release 1/ }).click()
      await page.getByRole('region', { name: 'Set core' }).waitFor()
      expect(await axe('yt-versions-dialog')).toEqual([])
    }))

  it('in the forms of tokens, sets and bins', () =>
    withEditor(options, async ({ page, axe, run }) => {
      await run(({ editor }) => editor.showToken('component', ['card', 'shadow']))
      await page.getByRole('row', { name: /^card\.shadow/ }).press('Enter')
      await page.getByRole('dialog', { name: 'Edit card.shadow' }).waitFor()
      expect(await axe('yt-token-dialog')).toEqual([])
      await page.keyboard.press('Escape')
      await run(({ editor }) => editor.showToken('light', ['bg', 'accent']))
      await page.getByRole('row', { name: /^bg\.accent/ }).press('Enter')
      const value = page.getByRole('combobox', { name: 'Value' })
      await value.fill('{brand')
      await page.getByRole('listbox', { name: 'Suggestions' }).waitFor()
      expect(await axe('yt-token-dialog')).toEqual([])
      await value.press('Escape')
      await value.fill('{nothing.here}')
      await page.getByText('is not found in these sets').waitFor()
      expect(await axe('yt-token-dialog')).toEqual([])
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Bins', exact: true }).click()
      await page.getByRole('button', { name: 'Add bin' }).click()
      await page.getByRole('button', { name: 'Add bin' }).click()
      await page.getByText('Give the bin a name').waitFor()
      expect(await axe('yt-bins-dialog')).toEqual([])
    }))
})

describe('at 320 px', () => {
  it('nothing has to be scrolled sideways, also at the height of 400 % zoom', () =>
    withEditor({ viewport: { width: 320, height: 256 } }, async ({ page }) => {
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect(overflow).toBe(0)
      await page.getByRole('button', { name: /^Sets/ }).click()
      await page.getByRole('button', { name: /^component,/ }).click()
      await page.getByRole('row', { name: /^card\.shadow/ }).dblclick()
      await page.getByRole('textbox', { name: 'Name' }).fill('card.lift')
      await page.getByRole('button', { name: 'Save', exact: true }).click()
      await page.getByRole('row', { name: /^card\.lift/ }).waitFor()
    }))

  it('every target is at least 24 px', () =>
    withEditor({ viewport: { width: 320, height: 640 } }, async ({ page }) => {
      const small = await page.evaluate(() => {
        const found: string[] = []
        const walk = (root: ParentNode): void => {
          for (const element of root.querySelectorAll<HTMLElement>('*')) {
            if (element.shadowRoot) walk(element.shadowRoot)
            if (!element.matches('button, input, select, textarea') || element.closest('label.choice')) continue
            const { width, height } = element.getBoundingClientRect()
            if (width > 0 && (width < 24 || height < 24))
              found.push(`${element.outerHTML.slice(0, 80)} ${width}×${height}`)
          }
        }
        walk(document)
        return found
      })
      expect(small).toEqual([])
    }))

  it('forced colours and reduced motion keep everything usable', () =>
    withEditor({ forcedColors: 'active', reducedMotion: 'reduce' }, async ({ page, axe }) => {
      expect(await axe()).toEqual([])
      const moving = await page.evaluate(() => document.getAnimations().length)
      expect(moving).toBe(0)
    }))
})
