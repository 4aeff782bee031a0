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

const focusedRow = (): Promise<string | null> =>
  editor.page.evaluate(() => {
    let element = document.activeElement
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
    return element?.getAttribute('aria-label') ?? null
  })

async function focusToken(name: string): Promise<void> {
  await editor.run(({ editor: element }, path) => element.showToken('core', path), name.split('.'))
  await expect.poll(focusedRow).toMatch(new RegExp(`^${name.replaceAll('.', '\\.')},`))
}

describe('the focused row', () => {
  it('keeps the focus while a teammate inserts and deletes above it', async () => {
    await focusToken('color.neutral.300')
    await editor.run(({ peer }) => {
      peer.set('core', 'color.brand.50', { $type: 'color', $value: '#f0f4ff' }, { before: '100' })
      peer.remove('core', 'color.brand.900')
      peer.remove('core', 'color.brand.700')
    })
    await editor.page.getByRole('row', { name: /^color\.brand\.50,/ }).waitFor()
    expect(await focusedRow()).toMatch(/^color\.neutral\.300,/)
    await editor.page.keyboard.press('ArrowDown')
    await expect.poll(focusedRow).toMatch(/^color\.neutral\.500,/)
  })

  it('is edited by keyboard while a teammate deletes the row above it', async () => {
    await focusToken('color.brand.300')
    await editor.page.keyboard.press('Enter')
    await editor.page.getByRole('dialog', { name: 'Edit color.brand.300' }).waitFor()
    await editor.run(({ peer }) => peer.remove('core', 'color.brand.100'))
    await editor.page.getByRole('combobox', { name: 'Value' }).fill('#aabbcc')
    await editor.page.keyboard.press('Enter')
    await expect.poll(focusedRow).toMatch(/^color\.brand\.300, Colour, #aabbcc/)
    expect(await editor.run(({ peer }) => peer.get('core', 'color.brand.300'))).toMatchObject({ $value: '#aabbcc' })
  })

  it('stays the same token under another name, in another group', async () => {
    await focusToken('color.brand.500')
    await editor.run(({ peer }) => peer.rename('core', 'color.brand', 'color.accent'))
    await expect.poll(focusedRow).toMatch(/^color\.accent\.500,/)
    await editor.run(({ peer }) => peer.rename('core', 'color.accent.500', 'color.accent.main'))
    await expect.poll(focusedRow).toMatch(/^color\.accent\.main,/)
  })

  it('gives the focus to its neighbour when a teammate deletes it', async () => {
    await focusToken('color.brand.500')
    await editor.run(({ peer }) => peer.remove('core', 'color.brand.500'))
    await expect.poll(focusedRow).toMatch(/^color\.brand\.700,/)
    await editor.run(({ peer }) => peer.remove('core', 'color'))
    await expect.poll(focusedRow).not.toBeNull()
  })

  it('keeps the focus while rows are reordered around and through it', async () => {
    await focusToken('color.brand.500')
    await editor.run(({ peer }) => {
      peer.reorder('core', 'color.brand.500', { before: '100' })
      peer.reorder('core', 'color.red', { before: 'brand' })
    })
    await expect
      .poll(() => editor.page.getByRole('row', { name: /^color\.brand\.500/ }).getAttribute('aria-posinset'))
      .toBe('1')
    expect(await focusedRow()).toMatch(/^color\.brand\.500,/)
  })

  it('a folded group that is renamed stays folded', async () => {
    await focusToken('color.brand')
    await editor.page.keyboard.press('ArrowLeft')
    await editor.run(({ peer }) => peer.rename('core', 'color.brand', 'color.accent'))
    await expect
      .poll(() => editor.page.getByRole('row', { name: /^color\.accent, group/ }).getAttribute('aria-expanded'))
      .toBe('false')
  })

  it('the selected set follows its new name', async () => {
    await editor.page.getByRole('button', { name: /^light,/ }).click()
    await editor.run(({ peer }) => peer.renameSet('light', 'day'))
    await expect.poll(() => editor.page.getByRole('treegrid', { name: 'Tokens of day' }).count()).toBe(1)
  })
})

describe('an open form', () => {
  it('writes only what was touched: two people edit two parts of one token', async () => {
    await editor.run(({ editor: element }) => element.showToken('component', ['button', 'label']))
    await editor.page.getByRole('row', { name: /^button\.label/ }).press('Enter')
    await editor.page.getByRole('combobox', { name: 'Font size' }).fill('15px')
    await editor.run(({ peer }) => peer.update('component', 'button.label', { $value: { fontWeight: '700' } }))
    await expect.poll(() => editor.page.getByRole('combobox', { name: 'Font weight' }).inputValue()).toBe('700')
    await editor.page.getByRole('button', { name: 'Save', exact: true }).click()
    await expect
      .poll(() => editor.run(({ peer }) => peer.get('component', 'button.label')))
      .toMatchObject({ $value: { fontSize: '15px', fontWeight: '700' }, $description: 'One line, never wraps' })
  })

  it('says what a teammate wrote in the same field, and takes it where asked', async () => {
    await focusToken('color.brand.500')
    await editor.page.keyboard.press('Enter')
    const value = editor.page.getByRole('combobox', { name: 'Value' })
    await value.fill('#111111')
    await editor.run(({ peer }) => peer.update('core', 'color.brand.500', { $value: '#222222' }))
    await editor.page.getByText('Changed meanwhile to').waitFor()
    expect(await value.inputValue()).toBe('#111111')
    await editor.page.getByRole('button', { name: 'Use theirs' }).click()
    expect(await value.inputValue()).toBe('#222222')
    expect(await editor.page.getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true)
  })

  it('follows a rename of the group around the token', async () => {
    await focusToken('color.brand.500')
    await editor.page.keyboard.press('Enter')
    await editor.page.getByRole('combobox', { name: 'Value' }).fill('#111111')
    await editor.run(({ peer }) => peer.rename('core', 'color.brand', 'color.accent'))
    await expect.poll(() => editor.page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('color.accent.500')
    await editor.page.getByRole('button', { name: 'Save', exact: true }).click()
    await expect
      .poll(() => editor.run(({ peer }) => peer.get('core', 'color.accent.500')))
      .toMatchObject({ $value: '#111111' })
    expect(await editor.run(({ peer }) => peer.get('core', 'color.brand'))).toBeUndefined()
  })

  it('adds the token again when it was deleted meanwhile', async () => {
    await focusToken('color.brand.500')
    await editor.page.keyboard.press('Enter')
    await editor.page.getByRole('combobox', { name: 'Value' }).fill('#111111')
    await editor.run(({ peer }) => peer.remove('core', 'color.brand.500'))
    await editor.page.getByText('Somebody deleted this token meanwhile').waitFor()
    await editor.page.getByRole('button', { name: 'Save', exact: true }).click()
    await expect
      .poll(() => editor.run(({ peer }) => peer.get('core', 'color.brand.500')))
      .toEqual({ $type: 'color', $value: '#111111' })
  })
})

describe('two values written at the same time', () => {
  it('are told on the row, and either can be used', async () => {
    await editor.run(({ setLinked, peer, room }) => {
      setLinked(false)
      peer.update('core', 'color.brand.500', { $value: '#bbbbbb' })
      room.tokens.document.update('core', 'color.brand.500', { $value: '#aaaaaa' })
      setLinked(true)
    })
    const row = editor.page.getByRole('row', { name: /^color\.brand\.500,/ })
    await expect.poll(() => row.textContent()).toContain('two values')
    const shown = await editor.run(({ peer }) => peer.get('core', 'color.brand.500'))
    const other = (shown as { $value: string }).$value === '#aaaaaa' ? '#bbbbbb' : '#aaaaaa'
    await row.dblclick()
    await editor.page.getByRole('group', { name: 'Written at the same time' }).getByText(other).waitFor()
    await editor.page.getByRole('button', { name: 'Use this' }).click()
    await expect
      .poll(() => editor.run(({ peer }) => peer.get('core', 'color.brand.500')))
      .toMatchObject({ $value: other })
    await expect.poll(() => editor.page.getByRole('group', { name: 'Written at the same time' }).count()).toBe(0)
    expect(await editor.page.getByRole('combobox', { name: 'Value' }).inputValue()).toBe(other)
  })
})

describe('who is here', () => {
  it('shows others by initials, where they are, and goes there', async () => {
    await editor.run(({ room }) =>
      room.setPeople([
        { clientId: 1, self: true, name: 'Ana Silva', color: '#7c4dff' },
        { clientId: 2, self: false, name: 'Ben Okafor', color: '#0f766e', focus: { set: 'dark', path: 'text.muted' } },
      ]),
    )
    expect(await editor.page.getByRole('button', { name: /^dark,/ }).getAttribute('aria-label')).toContain(
      'Ben Okafor here',
    )
    await editor.page.getByRole('button', { name: '2 people here: Ben Okafor and you' }).click()
    await editor.page.getByText('At text.muted in dark').waitFor()
    await editor.page.getByRole('button', { name: 'Go there, to Ben Okafor' }).click()
    await expect.poll(focusedRow).toMatch(/^text\.muted,/)
    expect(await editor.page.getByRole('row', { name: /^text\.muted/ }).textContent()).toContain('Ben Okafor is here')
  })

  it('tells the others where one is', async () => {
    await focusToken('color.brand.300')
    await editor.page.keyboard.press('ArrowDown')
    await expect
      .poll(() => editor.run(({ room }) => room.tokens.presence.list()[0]?.focus))
      .toEqual({ set: 'core', path: 'color.brand.500' })
  })

  it('announces what others changed, in one sentence', async () => {
    await editor.run(({ peer }) => {
      peer.update('core', 'color.brand.100', { $value: '#eeeeee' })
      peer.update('core', 'color.brand.300', { $value: '#dddddd' })
    })
    await expect
      .poll(() => editor.page.getByRole('status').first().textContent(), { timeout: 8_000 })
      .toContain('Ben Okafor changed 2 tokens')
  })

  it('strips what would disguise a name', async () => {
    await editor.run(({ room }) =>
      room.setPeople([
        { clientId: 2, self: false, name: '\u202eevE\u2066<img src=x>\n', color: 'url(https://evil.example/x)' },
      ]),
    )
    const avatars = editor.page.getByRole('button', { name: '1 person here: evE<img src=x> and you' })
    await expect.poll(() => avatars.count()).toBe(1)
  })
})
