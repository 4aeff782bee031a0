import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generateTokenFile } from '../support/generated-tokens.ts'
import { type EditorHost, type EditorPage, hostEditor } from './open-editor.ts'

const tokens = 12_000
let host: EditorHost
let editor: EditorPage
beforeAll(async () => {
  host = await hostEditor()
  editor = await host.open(generateTokenFile({ tokens, sets: 1 }))
})
afterAll(() => host.close())

const rowsOnPage = (): Promise<number> => editor.page.getByRole('row').count()

async function scrollTo(top: number): Promise<void> {
  await editor.page.getByRole('treegrid').evaluate((grid, to) => grid.scrollTo({ top: to }), top)
}

describe(`a set of ${tokens.toLocaleString('en')} tokens`, () => {
  it('puts only the rows in view on the page', async () => {
    expect(await editor.page.getByRole('treegrid').getAttribute('aria-rowcount')).toMatch(/^12\d{3}$/)
    expect(await rowsOnPage()).toBeLessThan(60)
  })

  it('shows every row that is scrolled to, and the scroll bar stands for all', async () => {
    const height = await editor.page.getByRole('treegrid').evaluate((grid) => grid.scrollHeight)
    for (const share of [0.25, 0.5, 0.999]) {
      await scrollTo(height * share)
      await expect
        .poll(() =>
          editor.page.getByRole('treegrid').evaluate((grid) => {
            const { top, bottom } = grid.getBoundingClientRect()
            // Row by row from top to bottom, nothing in view may be empty.
            const root = grid.getRootNode() as ShadowRoot
            let empty = 0
            for (let y = top + 40; y < bottom - 2; y += 16)
              if (!root.elementFromPoint(grid.getBoundingClientRect().left + 40, y)?.closest('[data-index]')) empty++
            return empty
          }),
        )
        .toBe(0)
      expect(await rowsOnPage()).toBeLessThan(60)
    }
  })

  it('goes to the last row and back by keyboard', async () => {
    await scrollTo(0)
    await editor.page.getByRole('row', { name: /group/ }).first().click()
    await editor.page.keyboard.press('End')
    const last = editor.page.getByRole('row').and(editor.page.locator('[tabindex="0"]'))
    await expect.poll(() => last.getAttribute('aria-rowindex')).toMatch(/^12\d{3}$/)
    await editor.page.keyboard.press('Home')
    await expect.poll(() => last.getAttribute('aria-rowindex')).toBe('2')
  })

  it('keeps the focused row on the page when it is scrolled out of view', async () => {
    await editor.page.getByRole('row', { name: /group/ }).first().click()
    await scrollTo(100_000)
    await expect.poll(() => editor.page.getByRole('row').and(editor.page.locator('[tabindex="0"]')).count()).toBe(1)
    expect(await editor.page.evaluate(() => document.activeElement !== document.body)).toBe(true)
    await editor.page.keyboard.press('ArrowDown')
    await expect
      .poll(() => editor.page.getByRole('row').and(editor.page.locator('[tabindex="0"]')).getAttribute('aria-rowindex'))
      .toBe('3')
  })

  it('is searched as one types', async () => {
    await editor.page.getByRole('searchbox').fill('button-0.icon hover')
    await editor.page.getByText('10 tokens found').waitFor()
    expect(await rowsOnPage()).toBeLessThan(60)
    await editor.page.getByRole('searchbox').fill('')
  })

  it('stays where it is while a teammate adds and deletes above', async () => {
    await scrollTo(200_000)
    const middle = editor.page.getByRole('row').nth(20)
    await expect.poll(async () => (await middle.boundingBox())?.y).toBeGreaterThan(100)
    const name = (await middle.getAttribute('aria-label')) as string
    const before = (await middle.boundingBox())?.y as number
    await editor.run(({ peer }) => {
      const [set] = peer.setNames()
      const first = peer.outline(set as string).find((row) => row.kind === 'token')
      peer.remove(set as string, first?.path as string[])
      for (let i = 0; i < 7; i++)
        peer.set(set as string, ['aaa', `new-${i}`], { $type: 'color', $value: '#fff' }, i === 0 ? {} : undefined)
      peer.reorder(set as string, ['aaa'], { before: peer.outline(set as string)[0]?.path[0] as string })
    })
    await expect
      .poll(async () => {
        const box = await editor.page.getByRole('row', { name, exact: true }).boundingBox()
        return Math.abs((box?.y ?? 0) - before)
      })
      .toBeLessThan(2)
    expect(editor.troubles).toEqual([])
  })
})
