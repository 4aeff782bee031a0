import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
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

/** The accessible name of what has the focus, shadow roots looked through. */
async function focused(): Promise<string> {
  return editor.page.evaluate(() => {
    let element = document.activeElement
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
    return element?.getAttribute('aria-label') ?? element?.id ?? ''
  })
}

async function token(set: string, path: string): Promise<unknown> {
  return editor.run(({ room }, [of, at]) => room.tokens.document.get(of, at), [set, path] as [string, string])
}

/** Presses the keys one after the other. */
async function press(...keys: readonly string[]): Promise<void> {
  for (const key of keys) await editor.page.keyboard.press(key)
}

/** From the search field, by keyboard, to the first row. */
async function enterList(): Promise<void> {
  await editor.page.keyboard.press('/')
  await press('Enter')
  await expect.poll(focused).toMatch(/^color, group/)
}

describe('the token list is a treegrid', () => {
  it('arrows, Home, End, PageUp and PageDown go through the rows; left and right fold and unfold', async () => {
    await enterList()
    await press('ArrowDown', 'ArrowDown')
    await expect.poll(focused).toMatch(/^color\.brand\.100, Colour, #e6edff/)
    await press('ArrowLeft')
    await expect.poll(focused).toMatch(/^color\.brand, group, 5 tokens/)
    await press('ArrowLeft')
    await expect
      .poll(() => editor.page.getByRole('row', { name: /^color\.brand,/ }).getAttribute('aria-expanded'))
      .toBe('false')
    await press('ArrowDown')
    await expect.poll(focused).toMatch(/^color\.neutral, group/)
    await press('ArrowUp', 'ArrowRight')
    await expect.poll(() => editor.page.getByRole('row', { name: /^color\.brand\.100/ }).count()).toBe(1)
    await press('ArrowRight')
    await expect.poll(focused).toMatch(/^color\.brand\.100/)
    await press('End')
    await expect.poll(focused).toMatch(/^font\.lineHeight\./)
    await press('Home')
    await expect.poll(focused).toMatch(/^color, group/)
    await press('PageDown', 'PageUp')
    await expect.poll(focused).toMatch(/^color, group/)
  })

  it('one row is in the tab order, and says its level and place', async () => {
    const rows = editor.page.getByRole('row').and(editor.page.locator('[tabindex="0"]'))
    expect(await rows.count()).toBe(1)
    const row = editor.page.getByRole('row', { name: /^color\.brand\.300/ })
    expect(await row.getAttribute('aria-level')).toBe('3')
    expect(await row.getAttribute('aria-posinset')).toBe('2')
    expect(await row.getAttribute('aria-setsize')).toBe('5')
  })
})

describe('by keyboard alone', () => {
  it('a token is added, edited, renamed, deleted, and all of it undone', async () => {
    await enterList()
    await press('ArrowDown', 'Insert')
    await editor.page.getByRole('dialog', { name: 'Add token' }).waitFor()
    await expect.poll(focused).toBe('name')
    await press('End')
    await editor.page.keyboard.type('950')
    await press('Tab', 'Tab')
    await editor.page.keyboard.type('#001133')
    await press('Enter')
    await expect.poll(focused).toMatch(/^color\.brand\.950, Colour, #001133/)
    expect(await token('core', 'color.brand.950')).toEqual({ $type: 'color', $value: '#001133' })

    await press('Enter')
    await editor.page.getByRole('dialog', { name: 'Edit color.brand.950' }).waitFor()
    await expect.poll(focused).toBe('input')
    await editor.page.keyboard.type('#002244')
    await press('Enter')
    await expect.poll(focused).toMatch(/^color\.brand\.950, Colour, #002244/)

    await press('Shift+F10')
    await editor.page.getByRole('menuitem', { name: 'Rename or move' }).waitFor()
    await press('ArrowDown', 'ArrowDown', 'Enter')
    await editor.page.getByRole('dialog', { name: 'Rename or move color.brand.950' }).waitFor()
    await press('Control+A')
    await editor.page.keyboard.type('color.brand.deep')
    await press('Enter')
    await expect.poll(focused).toMatch(/^color\.brand\.deep/)
    expect(await token('core', 'color.brand.950')).toBeUndefined()

    await press('Delete')
    await editor.page.getByText('Deleted color.brand.deep').waitFor()
    await expect.poll(focused).toMatch(/^color\.neutral, group/)
    expect(await token('core', 'color.brand.deep')).toBeUndefined()

    await press('Control+z')
    await expect.poll(() => token('core', 'color.brand.deep')).toEqual({ $type: 'color', $value: '#002244' })
    await press('Control+z', 'Control+z', 'Control+z')
    await expect.poll(() => token('core', 'color.brand.950')).toBeUndefined()
    expect(await editor.run(({ room }) => room.tokens.document.canUndo)).toBe(false)
    await press('Control+Shift+Z')
    await expect.poll(() => token('core', 'color.brand.950')).toEqual({ $type: 'color', $value: '#001133' })
  })

  it('Escape leaves a form without writing, and the focus goes back to the row', async () => {
    await enterList()
    await press('ArrowDown', 'ArrowDown', 'F2')
    await editor.page.getByRole('dialog', { name: 'Edit color.brand.100' }).waitFor()
    await editor.page.keyboard.type('#000000')
    await press('Escape')
    await expect.poll(focused).toMatch(/^color\.brand\.100, Colour, #e6edff/)
    expect(await editor.run(({ room }) => room.tokens.document.canUndo)).toBe(false)
  })

  it('Escape closes the suggestions first, and only then the form', async () => {
    await editor.run(({ editor: element }) => element.showToken('light', ['bg', 'accent']))
    await editor.page.getByRole('row', { name: /^bg\.accent/ }).press('Enter')
    const value = editor.page.getByRole('combobox', { name: 'Value' })
    await value.fill('{')
    await editor.page.getByRole('listbox', { name: 'Suggestions' }).waitFor()
    await press('Escape')
    await editor.page.getByRole('listbox', { name: 'Suggestions' }).waitFor({ state: 'hidden' })
    expect(await editor.page.getByRole('dialog').count()).toBe(1)
    await press('Escape')
    await editor.page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  it('a reference is completed while it is typed', async () => {
    await editor.run(({ editor: element }) => element.showToken('light', ['bg', 'accent']))
    await editor.page.getByRole('row', { name: /^bg\.accent/ }).press('Enter')
    await editor.page.getByRole('combobox', { name: 'Value' }).fill('')
    await editor.page.keyboard.type('{red')
    await press('ArrowDown', 'Enter')
    expect(await editor.page.getByRole('combobox', { name: 'Value' }).inputValue()).toBe('{color.red.500}')
    await press('Enter')
    await expect.poll(() => token('light', 'bg.accent')).toMatchObject({ $value: '{color.red.500}' })
  })

  it('under another name a token takes along what refers to it, unless the box is cleared', async () => {
    const names = (): Promise<readonly string[]> =>
      editor.run(({ room }) => room.tokens.document.references('color.brand.500').map(({ set }) => set))
    const before = await names()
    expect(before.length).toBeGreaterThan(0)
    const rename = async (name: string, follow: boolean): Promise<void> => {
      const dialog = editor.page.getByRole('dialog')
      const box = dialog.getByRole('checkbox', { name: /^Also change the \d+ tokens? that refers? to it/ })
      expect(await box.count()).toBe(0)
      await dialog.getByLabel('Name').fill(name)
      await box.setChecked(follow)
      await dialog.getByRole('button', { name: 'Save' }).click()
      await dialog.waitFor({ state: 'detached' })
    }
    await editor.run(({ editor: element }) => element.showToken('core', ['color', 'brand', '500']))
    await editor.page.getByRole('row', { name: /^color\.brand\.500/ }).press('Enter')
    await rename('color.brand.main', false)
    await expect.poll(names).toEqual(before)
    await editor.run(({ room }) => room.tokens.document.undo())
    await editor.page.getByRole('row', { name: /^color\.brand\.500/ }).press('Enter')
    await rename('color.brand.main', true)
    await expect.poll(names).toEqual([])
    expect(await editor.run(({ room }) => room.tokens.document.unresolved().length)).toBe(0)
    await editor.run(({ room }) => room.tokens.document.undo())
    await expect.poll(names).toEqual(before)
  })

  it('rows are moved among their siblings, and sets among theirs', async () => {
    await enterList()
    await press('ArrowDown', 'ArrowDown', 'Alt+ArrowDown')
    await expect.poll(focused).toMatch(/^color\.brand\.100/)
    const order = (): Promise<string[]> =>
      editor.run(({ room }) => {
        const text = room.tokens.document.toText()
        return [...text.slice(text.indexOf('"brand"'), text.indexOf('"neutral"')).matchAll(/"(\d+)":/g)].map(
          (match) => match[1] as string,
        )
      })
    await expect.poll(order).toEqual(['300', '100', '500', '700', '900'])
    await editor.page.getByRole('button', { name: /^light,/ }).focus()
    await press('Alt+ArrowUp')
    await expect
      .poll(() => editor.run(({ room }) => room.tokens.document.setNames()))
      .toEqual(['light', 'core', 'dark', 'component'])
    await expect.poll(focused).toMatch(/^light,/)
  })

  it('a set is added, renamed, deleted and brought back', async () => {
    await editor.page.getByRole('button', { name: 'Add set' }).focus()
    await press('Enter')
    await editor.page.keyboard.type('brand/winter')
    await press('Tab')
    await editor.page.keyboard.type('A copy of dark')
    await press('Tab', 'Tab', 'Enter')
    const names = (): Promise<readonly string[]> => editor.run(({ room }) => room.tokens.document.setNames())
    await expect.poll(names).toEqual(['core', 'light', 'dark', 'component', 'brand/winter'])
    expect(await token('brand/winter', 'bg.default')).toEqual(await token('dark', 'bg.default'))
    const dialog = editor.page.getByRole('dialog')
    await dialog.waitFor({ state: 'hidden' })
    await editor.page.getByRole('button', { name: /^brand\/winter,/ }).focus()
    await press('F2')
    await editor.page.getByRole('dialog', { name: 'Rename brand/winter' }).waitFor()
    await press('Control+A')
    await editor.page.keyboard.type('winter')
    await press('Enter')
    await expect.poll(names).toContain('winter')
    await dialog.waitFor({ state: 'hidden' })
    await editor.page.getByRole('button', { name: /^winter,/ }).focus()
    await press('Delete')
    await editor.page.getByText('Deleted the set winter with 10 tokens').waitFor()
    await editor.page.getByRole('status').getByRole('button', { name: 'Undo' }).click()
    await expect.poll(names).toContain('winter')
  })

  it('a name that is taken is refused with a sentence, and nothing is written', async () => {
    await enterList()
    await press('Insert')
    await editor.page.getByRole('dialog', { name: 'Add token' }).waitFor()
    await press('Control+A')
    await editor.page.keyboard.type('color.brand.100')
    await editor.page.getByRole('combobox', { name: 'Value' }).fill('#123456')
    await press('Enter')
    await editor.page.getByText('There is already something named color.brand.100 in core').waitFor()
    await editor.page.getByRole('textbox', { name: 'Name' }).fill('color..x')
    await press('Enter')
    await editor.page.getByText('No part of it may be empty').waitFor()
    expect(await editor.run(({ room }) => room.tokens.document.canUndo)).toBe(false)
  })
})

describe('search', () => {
  it('finds sets and tokens by name and value, across sets, and goes on with the arrow', async () => {
    await press('/')
    await editor.page.keyboard.type('brand 500')
    await editor.page.getByText('3 tokens found').waitFor()
    expect(await editor.page.getByRole('button', { name: /^component,/ }).count()).toBe(0)
    await press('ArrowDown', 'ArrowDown')
    await expect.poll(focused).toMatch(/^color\.brand\.500/)
    await press('/')
    await editor.page.keyboard.type('no such thing')
    await editor.page.getByText('Nothing found.').waitFor()
    await press('Escape')
    await editor.page.getByRole('row', { name: /^color, group/ }).waitFor()
  })
})

describe('by pointer', () => {
  it('sets are dragged to another place', async () => {
    const item = (name: RegExp): ReturnType<typeof editor.page.locator> =>
      editor.page.getByRole('listitem').filter({ has: editor.page.getByRole('button', { name }) })
    await item(/^component,/).dragTo(item(/^light,/), { targetPosition: { x: 20, y: 2 } })
    await expect
      .poll(() => editor.run(({ room }) => room.tokens.document.setNames()))
      .toEqual(['core', 'component', 'light', 'dark'])
    await item(/^core,/).dragTo(item(/^dark,/), { targetPosition: { x: 20, y: 26 } })
    await expect
      .poll(() => editor.run(({ room }) => room.tokens.document.setNames()))
      .toEqual(['component', 'light', 'dark', 'core'])
  })

  it('a row has its actions at hand, and a set whose neighbour takes its place when it is deleted', async () => {
    await editor.page.getByRole('row', { name: /^color\.brand\.100/ }).click({ button: 'right' })
    await editor.page.getByRole('menuitem', { name: 'Duplicate' }).click()
    await editor.page.getByRole('button', { name: 'Add token' }).last().click()
    await expect.poll(() => token('core', 'color.brand.100-copy')).toEqual({ $type: 'color', $value: '#e6edff' })
    await editor.page.getByRole('button', { name: /^light,/ }).click()
    await editor.page.getByRole('button', { name: 'Actions for the set light' }).click()
    await editor.page.getByRole('menuitem', { name: 'Delete' }).click()
    await expect.poll(() => editor.page.getByRole('treegrid', { name: 'Tokens of dark' }).count()).toBe(1)
  })
})
