/**
 * A person at the editor page: does everything by what can be seen and reached there, by role and name. Only the whole text of
 * the tokens is read past the page's surface, since no surface shows all of it at once.
 */
import type { BrowserContext, Locator, Page } from 'playwright-core'
import { eventually } from './eventually.ts'

export interface PageUser {
  readonly name: string
  readonly page: Page
  /** What went wrong in the page without being caught, and what it wrote to the console. */
  readonly faults: readonly string[]

  selectSet(set: string): Promise<void>
  /** Opens the form of the one token of this name, found by search. Set the fields, then `save`. */
  openToken(name: string, set?: string): Promise<TokenForm>
  /** Opens it where nothing can be changed, and answers the labels of what could be all the same, buttons included. */
  viewToken(name: string, set?: string): Promise<readonly string[]>
  /** `openToken`, one field, `save`. */
  edit(name: string, field: string, value: string, set?: string): Promise<void>
  addToken(set: string, name: string, type: string, value: string): Promise<void>
  deleteToken(name: string): Promise<void>
  deleteSet(set: string): Promise<void>
  deleteThemes(): Promise<void>
  renameGroup(set: string, from: string, to: string): Promise<void>
  undo(): Promise<void>
  /** The name of the row that shows the token, with its value in words; undefined where there is none. */
  shownRow(name: string): Promise<string | undefined>

  /** The words of the pill, such as `Saved`. */
  pill(): Promise<string>
  untilPill(words: string | RegExp, timeoutMs?: number): Promise<void>
  /** All that the pill's details say. */
  details(): Promise<string>
  switchUpdates(on: boolean): Promise<void>
  pull(): Promise<void>
  /** Takes a way out that the sync status offers, and confirms it. */
  leaveBlock(exit: string, confirm: string): Promise<void>
  enterBinKey(bin: string, masterKey: string): Promise<void>
  enterRoomKey(key: string): Promise<void>
  /** Text of the journal, entry by entry, newest first. */
  journal(): Promise<readonly string[]>
  /** In the journal: uses the value offered for this place. */
  useFromJournal(place: string): Promise<void>

  /** The room's tokens as JSON text, order-exact. */
  text(): Promise<string>
}

export interface TokenForm {
  read(field: string): Promise<string>
  set(field: string, value: string): Promise<void>
  save(): Promise<void>
}

const openTimeoutMs = 20_000

/** Opens the page and waits until the room shows its tokens, or asks for a key. */
export async function openPage(
  context: BrowserContext,
  url: string,
  options: { readonly name: string; readonly room?: 'shown' | 'refused' } = { name: 'Guest' },
): Promise<PageUser> {
  const page = context.pages().find((each) => each.url() === 'about:blank') ?? (await context.newPage())
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('console', (message) => {
    // A browser reports every refused connection itself.
    if (message.type() === 'error' && !/net::ERR|WebSocket connection|Failed to load resource/.test(message.text()))
      faults.push(message.text())
  })
  await page.goto(url)
  const user = createUser(page, options.name, faults)
  if (options.room === 'refused') await user.untilPill('Action needed', openTimeoutMs)
  else await page.getByRole('treegrid').waitFor({ timeout: openTimeoutMs })
  if (options.name !== 'Guest') await nameSelf(page, options.name)
  return user
}

async function nameSelf(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: /you are here|and you/ }).click()
  const who = page.getByRole('dialog', { name: 'Who is here' })
  await who.getByRole('textbox', { name: 'Your name' }).fill(name)
  await who.getByRole('button', { name: 'Set name' }).click()
}

function createUser(page: Page, name: string, faults: readonly string[]): PageUser {
  const button = (label: string | RegExp): Locator => page.getByRole('button', { name: label, exact: true })
  const popover = (label: string): Locator => page.getByRole('dialog', { name: label, exact: true })
  const dialog = async (heading: string): Promise<Locator> => {
    await popover(heading).waitFor()
    return popover(heading)
  }
  const search = page.getByRole('searchbox', { name: 'Search sets and tokens' })
  const tree = page.getByRole('treegrid')
  const pillButton = page.getByRole('button', { name: /^Sync status: / })

  const clearSearch = async (): Promise<void> => {
    if ((await search.inputValue()) !== '') await search.fill('')
  }

  /** The row of the one token with this whole name; with `set`, the one below that set's heading. */
  const findRow = async (token: string, set?: string): Promise<Locator> => {
    await search.fill(token)
    const label = new RegExp(`^${escape(token)}, `)
    const index = await eventually(
      async () => {
        const rows = await page
          .getByRole('treegrid', { name: 'Search results' })
          .getByRole('row')
          .evaluateAll((all) =>
            all.map((row) => ({ label: row.ariaLabel ?? '', index: Number((row as HTMLElement).dataset['index']) })),
          )
        const heading = set === undefined ? undefined : rows.find((row) => row.label.startsWith(`Set ${set}, `))
        if (set !== undefined && !heading) throw new Error(`no heading of ${set}`)
        const found = rows.filter((row) => label.test(row.label) && row.index > (heading?.index ?? -1))
        const [first, ...others] = found.toSorted((a, b) => a.index - b.index)
        if (!first) throw new Error(`not found`)
        if (set === undefined && others.length > 0) throw new Error(`there are ${found.length}: say in which set`)
        return first.index
      },
      { what: `the row of ${token}` },
    )
    return tree.locator(`[data-index="${index}"]`)
  }

  const openRow = async (token: string, set: string | undefined, heading: string): Promise<Locator> => {
    const row = await findRow(token, set)
    await row.focus()
    await page.keyboard.press('Enter')
    return dialog(`${heading} ${token}`)
  }
  const openToken: PageUser['openToken'] = async (token, set) => {
    const form = await openRow(token, set, 'Edit')
    return {
      read: (field) => textField(form, field).inputValue(),
      set: async (field, value) => {
        if (field === 'Type') await form.getByRole('combobox', { name: 'Type', exact: true }).selectOption(value)
        else await textField(form, field).fill(value)
      },
      save: async () => {
        await form.getByRole('button', { name: 'Save', exact: true }).click()
        await form.waitFor({ state: 'detached' })
        await clearSearch()
      },
    }
  }

  const selectSet: PageUser['selectSet'] = async (set) => {
    await clearSearch()
    await page.getByRole('button', { name: new RegExp(`^${escape(set)}, \\d+ tokens?`) }).click()
    await page.getByRole('treegrid', { name: `Tokens of ${set}`, exact: true }).waitFor()
  }

  const openPanel = async (label: string): Promise<void> => {
    await button('More').click()
    await page.getByRole('menuitem', { name: label }).click()
  }
  const withJournal = async <T>(look: (journal: Locator) => Promise<T>): Promise<T> => {
    await openPanel('Journal of merges')
    const journal = await dialog('Journal of merges')
    const result = await look(journal)
    await journal.getByRole('button', { name: 'Close', exact: true }).click()
    await journal.waitFor({ state: 'detached' })
    return result
  }
  const readPill = async (): Promise<string> =>
    ((await pillButton.getAttribute('aria-label')) ?? '').slice('Sync status: '.length)

  return {
    name,
    page,
    faults,
    selectSet,
    openToken,
    viewToken: async (token, set) => {
      const form = await openRow(token, set, 'View')
      const open = form.locator('input:not([readonly]), textarea:not([readonly]), select:enabled, button:enabled')
      const labels = await open.evaluateAll((all) =>
        all.map((each) => each.ariaLabel ?? each.textContent?.trim() ?? ''),
      )
      await form.getByRole('button', { name: 'Close', exact: true }).first().click()
      await form.waitFor({ state: 'detached' })
      await clearSearch()
      return labels
    },
    edit: async (token, field, value, set) => {
      const form = await openToken(token, set)
      await form.set(field, value)
      await form.save()
    },
    addToken: async (set, token, type, value) => {
      await selectSet(set)
      await button('Add token').click()
      const form = await dialog('Add token')
      await textField(form, 'Name').fill(token)
      await form.getByRole('combobox', { name: 'Type', exact: true }).selectOption(type)
      await textField(form, 'Value').fill(value)
      await form.getByRole('button', { name: 'Add token', exact: true }).click()
      await form.waitFor({ state: 'detached' })
    },
    deleteToken: async (token) => {
      const row = await findRow(token)
      await row.focus()
      await page.keyboard.press('Delete')
      // Another row may stand in its place then.
      await eventually(
        async () => (await row.count()) === 0 || !(await row.getAttribute('aria-label'))?.startsWith(`${token}, `),
        {
          what: `${token} deleted`,
        },
      )
      await clearSearch()
    },
    deleteSet: async (set) => {
      await clearSearch()
      const item = page.getByRole('button', { name: new RegExp(`^${escape(set)}, \\d+ tokens?`) })
      await item.focus()
      await page.keyboard.press('Delete')
      await item.waitFor({ state: 'detached' })
    },
    deleteThemes: async () => {
      await openPanel('Themes')
      const themes = await dialog('Themes')
      const options = themes.getByRole('combobox', { name: 'Theme', exact: true }).locator('option')
      for (let left = await options.count(); left > 0; left--) {
        await themes.getByRole('button', { name: 'Delete theme', exact: true }).click()
        await eventually(async () => (await options.count()) === left - 1, { what: 'one theme less' })
      }
      await themes.getByText('There is no theme yet.').waitFor()
      await themes.getByRole('button', { name: 'Close', exact: true }).click()
      await themes.waitFor({ state: 'detached' })
    },
    renameGroup: async (set, from, to) => {
      await selectSet(set)
      await button('Fold all').click()
      const segments = from.split('.')
      for (let depth = 1; depth <= segments.length; depth++) {
        const group = segments.slice(0, depth).join('.')
        const row = tree.getByRole('row', { name: new RegExp(`^${escape(group)}, group, `) })
        await row.focus()
        if (depth < segments.length) await page.keyboard.press('ArrowRight')
      }
      await page.keyboard.press('F2')
      const form = await dialog(`Rename or move ${from}`)
      await textField(form, 'New name').fill(to)
      const references = form.getByRole('checkbox')
      if ((await references.count()) > 0) await references.uncheck()
      await form.getByRole('button', { name: 'Rename', exact: true }).click()
      await form.waitFor({ state: 'detached' })
      await button('Unfold all').click()
    },
    undo: async () => page.getByTitle('Undo (Ctrl+Z)').click(),
    shownRow: async (token) => {
      await search.fill(token)
      await page.getByRole('treegrid', { name: 'Search results' }).waitFor()
      const row = tree.getByRole('row', { name: new RegExp(`^${escape(token)}, `) }).first()
      const label = (await row.count()) === 0 ? undefined : ((await row.getAttribute('aria-label')) ?? undefined)
      await clearSearch()
      return label
    },

    pill: readPill,
    untilPill: async (words, timeoutMs = 10_000) => {
      await eventually(
        async () => {
          const now = await readPill()
          if (typeof words === 'string' ? now !== words : !words.test(now)) throw new Error(`the pill says "${now}"`)
        },
        { timeoutMs, what: `the pill "${words}"` },
      )
    },
    details: async () => {
      await pillButton.click()
      const details = popover('Sync status')
      await details.waitFor()
      const text = await details.innerText()
      await page.keyboard.press('Escape')
      await details.waitFor({ state: 'hidden' })
      return text
    },
    switchUpdates: async (on) => {
      const updates = page.getByRole('switch', { name: 'Update remote' })
      if ((await updates.getAttribute('aria-checked')) === String(on)) throw new Error(`updates are ${on} already`)
      await updates.click()
      await eventually(async () => (await updates.getAttribute('aria-checked')) === String(on), {
        what: `the switch at ${on}`,
      })
    },
    pull: async () => {
      await button('Pull from JSONBin').click()
      await page.getByRole('button', { name: 'Pulling…' }).waitFor({ state: 'detached' })
    },
    leaveBlock: async (exit, confirm) => {
      await pillButton.click()
      await popover('Sync status').getByRole('button', { name: exit, exact: true }).click()
      await page.getByRole('dialog').getByRole('button', { name: confirm, exact: true }).click()
    },
    enterBinKey: async (bin, masterKey) => {
      await button('Bins').click()
      const bins = await dialog('Bins')
      await bins.getByRole('button', { name: `Enter key for ${bin}`, exact: true }).click()
      await textField(bins, 'Master key').fill(masterKey)
      await bins.getByRole('button', { name: 'Use key', exact: true }).click()
      await bins.getByText('The key is kept on this device.').waitFor()
      await bins.getByRole('button', { name: 'Close', exact: true }).click()
      await bins.waitFor({ state: 'detached' })
    },
    enterRoomKey: async (key) => {
      await pillButton.click()
      await popover('Sync status').getByRole('button', { name: 'Enter a room key' }).click()
      const form = await dialog('Room key')
      await textField(form, 'Room key').fill(key)
      await form.getByRole('button', { name: 'Open the room' }).click()
      await tree.waitFor({ timeout: openTimeoutMs })
    },
    journal: () => withJournal((journal) => journal.locator('ol > li').allInnerTexts()),
    useFromJournal: (place) =>
      withJournal((journal) =>
        journal
          .getByRole('button', { name: new RegExp(`^Use (?:ours|theirs) for ${place}$`) })
          .first()
          .click(),
      ),

    text: () =>
      page.evaluate(() => {
        const editor = document.querySelector('yt-editor-page') as unknown as {
          readonly tokens: { readonly document: { toText(): string } } | null
        } | null
        if (!editor?.tokens) throw new Error('No room is open')
        return editor.tokens.document.toText()
      }),
  }
}

/** A line or an area for text; lines that complete what is typed are combo boxes. */
function textField(form: Locator, label: string): Locator {
  const name = { name: label, exact: true }
  return form.getByRole('textbox', name).or(form.locator('input').and(form.getByRole('combobox', name)))
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')
}
