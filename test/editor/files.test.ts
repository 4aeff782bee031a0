import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
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

async function openPanel(name: string): Promise<void> {
  await editor.page.getByRole('button', { name: 'More', exact: true }).click()
  await editor.page.getByRole('menuitem', { name }).click()
  await editor.page.getByRole('dialog', { name }).waitFor()
}

const text = (): Promise<string> => editor.run(({ room }) => room.tokens.document.toText({ indent: 2 }))

const otherFile = JSON.stringify({
  core: {
    color: { brand: { '500': { $type: 'color', $value: '#ff0000' }, '50': { $type: 'color', $value: '#fff0f0' } } },
  },
})

describe('import', () => {
  it('says what it would change, saves a version, replaces, and is undone in one step', async () => {
    const before = await text()
    await openPanel('Import tokens')
    await editor.page.getByRole('textbox', { name: 'Or paste JSON' }).fill(otherFile)
    await editor.page.getByText('pasted text has 2 tokens in 1 set: 1 new, 1 changed, 63 tokens deleted.').waitFor()
    await editor.page.getByRole('button', { name: 'Import', exact: true }).click()
    await editor.page.getByRole('dialog').waitFor({ state: 'detached' })
    await expect.poll(() => editor.run(({ peer }) => peer.setNames())).toEqual(['core'])
    expect(await editor.run(({ room }) => room.calls)).toEqual(['versions.putAside Before importing pasted text'])
    await editor.page.getByRole('status').getByRole('button', { name: 'Undo' }).click()
    await expect.poll(async () => JSON.parse(await text()) as unknown).toEqual(JSON.parse(before))
  })

  it('merges: what the file lacks stays', async () => {
    await openPanel('Import tokens')
    await editor.page
      .getByLabel('Token file')
      .setInputFiles({ name: 'brand.json', mimeType: 'application/json', buffer: Buffer.from(otherFile) })
    await editor.page.getByRole('radio', { name: /^Merge/ }).check()
    await editor.page
      .getByText('brand.json has 2 tokens in 1 set: 1 new, 1 changed, 63 tokens kept as they are.')
      .waitFor()
    await editor.page.getByRole('button', { name: 'Import', exact: true }).click()
    await expect
      .poll(() => editor.run(({ peer }) => peer.get('core', 'color.brand.500')))
      .toMatchObject({ $value: '#ff0000' })
    expect(await editor.run(({ peer }) => peer.setNames())).toEqual(['core', 'light', 'dark', 'component'])
  })

  it('takes a file that is dropped', async () => {
    await openPanel('Import tokens')
    await editor.page.getByText('Drop a JSON file of tokens here').evaluate((target, json) => {
      const dataTransfer = new DataTransfer()
      dataTransfer.items.add(new File([json], 'dropped.json', { type: 'application/json' }))
      target.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true, composed: true }))
    }, otherFile)
    const preview = editor.page.getByText('dropped.json has 2 tokens in 1 set')
    await expect.poll(() => preview.count()).toBe(1)
  })

  const folder = {
    '$metadata.json': '{"tokenSetOrder":["core","brand/dark"]}',
    'core.json': '{"color":{"red":{"$type":"color","$value":"#f00"}}}',
    'brand/dark.json': '{"bg":{"$type":"color","$value":"#000"}}',
    'readme.md': 'not for tokens',
  }

  it('takes several files, and names the one that is bad', async () => {
    await openPanel('Import tokens')
    const files = (dark: string): { name: string; mimeType: string; buffer: Buffer }[] =>
      Object.entries({ 'core.json': folder['core.json'], 'dark.json': dark }).map(([name, content]) => ({
        name,
        mimeType: 'application/json',
        buffer: Buffer.from(content),
      }))
    await editor.page.getByLabel('Token file').setInputFiles(files('{'))
    await editor.page.getByRole('alert').getByText('dark.json: This is not JSON: at line 1').waitFor()
    await editor.page.getByLabel('Token file').setInputFiles(files(folder['brand/dark.json']))
    await editor.page.getByText('a selection of 2 files has 2 tokens in 2 sets').waitFor()
    await editor.page.getByRole('button', { name: 'Import', exact: true }).click()
    await expect.poll(() => editor.run(({ peer }) => peer.setNames())).toEqual(['core', 'dark'])
  })

  it('takes a folder, and leaves out what in it is no token file', async () => {
    const path = await mkdtemp(join(tmpdir(), 'y-tokens-given-'))
    await mkdir(join(path, 'brand'))
    for (const [name, content] of Object.entries(folder)) await writeFile(join(path, name), content)
    await openPanel('Import tokens')
    await editor.page.getByLabel('Token folder').setInputFiles(path)
    await editor.page.getByText(`${basename(path)} has 2 tokens in 2 sets`).waitFor()
    await editor.page.getByRole('button', { name: 'Import', exact: true }).click()
    await expect.poll(() => editor.run(({ peer }) => peer.setNames())).toEqual(['core', 'brand/dark'])
    await rm(path, { recursive: true })
  })

  it.each([
    ['{"a": ', 'This is not JSON: at line 1'],
    ['<html></html>', 'This is a web page (HTML), not JSON.'],
    ['{"name": "pkg", "scripts": {"a": "b"}}', 'There is no token in this file'],
  ])('refuses %s with a sentence, and changes nothing', async (source, sentence) => {
    const before = await text()
    await openPanel('Import tokens')
    await editor.page.getByRole('textbox', { name: 'Or paste JSON' }).fill(source)
    await editor.page.getByRole('alert').getByText(sentence).waitFor()
    expect(await editor.page.getByRole('button', { name: 'Import', exact: true }).isDisabled()).toBe(true)
    expect(await text()).toBe(before)
  })
})

describe('export', () => {
  it('gives the file as it is, to copy and to download', async () => {
    await editor.page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await openPanel('Export tokens')
    await editor.page.getByRole('button', { name: 'Copy JSON' }).click()
    await editor.page.getByText('Copied.').waitFor()
    expect(await editor.page.evaluate(() => navigator.clipboard.readText())).toBe(sampleText.trimEnd())
    const download = editor.page.waitForEvent('download')
    await editor.page.getByRole('button', { name: 'Download JSON' }).click()
    expect((await download).suggestedFilename()).toBe('acme-brand.json')
  })

  it('saves a folder with one file for each set, where the browser can', async () => {
    await openPanel('Export tokens')
    // The browser's own dialog cannot be clicked; its private folder stands in for what somebody would choose.
    await editor.page.evaluate(() =>
      Object.assign(window, { showDirectoryPicker: () => navigator.storage.getDirectory() }),
    )
    await editor.page.getByRole('button', { name: 'Save as a folder' }).click()
    await editor.page.getByText(/^Saved 6 files in/).waitFor()
    const saved = await editor.page.evaluate(async () => {
      const folder = await navigator.storage.getDirectory()
      return (await (await folder.getFileHandle('light.json')).getFile()).text()
    })
    const { light } = (JSON.parse(sampleText) as { values: Record<string, unknown> }).values
    expect(saved).toBe(JSON.stringify(light, null, 2))
  })
})

describe('versions', () => {
  it('are saved by name and restored as one change', async () => {
    await openPanel('Versions')
    await editor.page.getByRole('textbox', { name: 'Name of the version' }).fill('Before the rebrand')
    await editor.page.getByRole('button', { name: 'Save version' }).click()
    await editor.page.getByText('Saved as Before the rebrand.').waitFor()
    await editor.run(({ peer }) => peer.removeSet('dark'))
    await editor.page.getByRole('button', { name: 'Restore Before the rebrand' }).click()
    await expect.poll(() => editor.run(({ peer }) => peer.setNames())).toContain('dark')
    await editor.page.getByRole('status').getByRole('button', { name: 'Undo' }).click()
    await expect.poll(() => editor.run(({ peer }) => peer.setNames())).not.toContain('dark')
  })
})

describe('themes', () => {
  const theme = (name: string): Promise<unknown> =>
    editor.run(
      ({ peer }, of) => peer.getSnapshot().$themes.find((each) => (each as { name?: string }).name === of),
      name,
    )

  it('switch sets on and off, are renamed, added and deleted', async () => {
    await openPanel('Themes')
    await editor.page.getByRole('radio', { name: 'dark: On' }).check()
    await expect
      .poll(() => theme('Light'))
      .toMatchObject({
        group: 'Mode',
        selectedTokenSets: { core: 'source', light: 'enabled', component: 'enabled', dark: 'enabled' },
      })
    await editor.page.getByRole('textbox', { name: 'Name' }).fill('Day')
    await editor.page.getByRole('button', { name: 'Rename' }).click()
    await expect.poll(() => theme('Day')).toMatchObject({ id: 'b3c1a9d2e4f50718' })
    await editor.page.getByRole('button', { name: 'Add theme' }).click()
    await editor.page.getByRole('textbox', { name: 'Name' }).fill('High contrast')
    await editor.page.getByRole('button', { name: 'Add theme' }).click()
    await expect.poll(() => theme('High contrast')).toBeDefined()
    await editor.page.getByRole('radio', { name: 'core: Source' }).check()
    await expect.poll(() => theme('High contrast')).toMatchObject({ selectedTokenSets: { core: 'source' } })
    await editor.page.getByRole('button', { name: 'Delete theme' }).click()
    await expect.poll(() => theme('High contrast')).toBeUndefined()
  })

  it('decide which sets references are looked up in', async () => {
    await editor.page.getByRole('button', { name: /^component,/ }).click()
    await editor.page.getByRole('row', { name: /^button\.background,.*resolves to #9db8ff/ }).waitFor()
    await editor.page.getByRole('combobox', { name: 'Look through' }).selectOption('Light')
    await editor.page.getByRole('row', { name: /^button\.background,.*resolves to #0066ff/ }).waitFor()
    expect(await editor.page.getByRole('button', { name: /^dark,/ }).getAttribute('aria-label')).toContain(
      'off in this theme',
    )
  })
})

describe('an empty room', () => {
  it('offers the ways to begin, and the sample fills it', async () => {
    const empty = await host.open(null)
    try {
      await empty.page.getByText('No tokens yet').waitFor()
      expect(await empty.page.getByRole('button', { name: 'Use sample tokens' }).count()).toBe(0)
      await empty.run(({ editor: element }, sample) => {
        element.sample = async () => sample
      }, sampleText)
      await empty.page.getByRole('button', { name: 'Use sample tokens' }).click()
      await empty.page.getByRole('treegrid', { name: 'Tokens of core' }).waitFor()
      expect(await empty.run(({ room }) => room.tokens.document.toText({ indent: 2 }))).toBe(sampleText.trimEnd())
    } finally {
      await empty.close()
    }
  })
})
