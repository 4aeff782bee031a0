import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type BuiltPage, buildPage } from '../../editor/build.ts'
import { injectConfig, type PageConfig } from '../../editor/page-config.ts'
import { launchBrowser } from '../support/browser.ts'
import { startRelay, testKeySecret, testRoomKey } from '../support/relay-server.ts'
import { sampleText } from './open-editor.ts'

let built: BuiltPage
let server: Server
let origin: string
let browser: Browser
let context: BrowserContext
let page: Page
let troubles: string[]
const asked: string[] = []
let config: PageConfig

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self' ws://127.0.0.1:*"

beforeAll(async () => {
  built = await buildPage()
  server = createServer((request, response) => {
    asked.push(request.url ?? '')
    const path = new URL(request.url ?? '/', 'http://local').pathname
    if (path === '/tokens') return void response.writeHead(200, { 'content-type': 'application/json' }).end(sampleText)
    if (path === '/locked')
      return void response.writeHead(401, { 'content-type': 'application/json' }).end('{"message":"no"}')
    const file = built.files.find((each) => `/${each.path}` === (path === '/' ? '/index.html' : path))
    if (!file) return void response.writeHead(404).end()
    const body = file.path === 'index.html' ? injectConfig(built.html, config) : file.contents
    response.writeHead(200, { 'content-type': file.contentType, 'content-security-policy': policy }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser.close()
  server.closeAllConnections()
  await new Promise<void>((resolve) => server.close(() => resolve()))
})
beforeEach(async () => {
  asked.length = 0
  config = { title: 'Acme </script> tokens' }
  context = await browser.newContext()
  page = await context.newPage()
  page.setDefaultTimeout(20_000)
  troubles = []
  page.on('pageerror', (error) => troubles.push(error.message))
  page.on('console', (message) => {
    // There is no relay here, and one file is locked: Chromium reports both by itself.
    if (message.type() === 'error' && !/WebSocket|Failed to load resource/.test(message.text()))
      troubles.push(message.text())
  })
})
afterEach(async () => {
  await context.close()
  if (troubles.length > 0) throw new Error(troubles.join('\n'))
})

describe('the built page', () => {
  it('is one HTML, one script, one style sheet and the sample; nothing inline runs, nothing comes from elsewhere', () => {
    expect(built.files.map(({ path }) => path).toSorted()).toEqual(['index.html', 'main.js', 'page.css', 'sample.json'])
    const scripts = [...built.html.matchAll(/<script[^>]*>/g)].map(([tag]) => tag)
    expect(scripts).toEqual([
      '<script type="application/json" id="y-tokens-config">',
      '<script type="module" src="main.js">',
    ])
    expect(built.html).not.toMatch(/\son\w+=|style=|https?:/)
    const text = new TextDecoder().decode(built.files.find(({ path }) => path === 'main.js')?.contents)
    expect(text).not.toMatch(/\beval\(|new Function\(/)
    expect(new TextDecoder().decode(built.files.find(({ path }) => path === 'sample.json')?.contents)).toBe(sampleText)
  })
})

describe('the page', () => {
  it('asks for a room where the address names none, says what is wrong with a name, and opens it', async () => {
    await page.goto(origin)
    await page.getByRole('textbox', { name: 'Room' }).fill('Not A Room')
    await page.getByRole('button', { name: 'Open room' }).click()
    await page.getByRole('alert').getByText(/room/i).waitFor()
    await page.getByRole('textbox', { name: 'Room' }).fill('acme-brand')
    await page.getByRole('button', { name: 'Open room' }).click()
    await page.getByRole('heading', { name: 'Acme </script> tokens' }).waitFor()
    expect(page.url()).toBe(`${origin}/?room=acme-brand`)
    await page.getByText('No tokens yet').waitFor()
  })

  it('takes the key out of the address at once, and asks nobody with it', async () => {
    await page.goto(`${origin}/?room=acme-brand#key=secret-room-key`)
    await page.getByRole('heading', { name: 'Acme </script> tokens' }).waitFor()
    expect(page.url()).toBe(`${origin}/?room=acme-brand`)
    expect(await page.evaluate(() => history.length)).toBeLessThanOrEqual(2)
    expect(asked.join(' ')).not.toContain('secret-room-key')
    expect(await page.content()).not.toContain('secret-room-key')
  })

  it('keeps what is edited without a relay, and one’s name, over a reload', async () => {
    await page.goto(`${origin}/?room=kept`)
    await page.getByRole('button', { name: 'Use sample tokens' }).click()
    await page.getByRole('treegrid', { name: 'Tokens of core' }).waitFor()
    await page.getByRole('button', { name: 'Only you are here' }).click()
    await page.getByRole('textbox', { name: 'Your name' }).fill('Ana Silva')
    await page.getByRole('button', { name: 'Set name' }).click()
    await page.getByRole('button', { name: /^Sync status/ }).click()
    await page.getByRole('dialog', { name: 'Sync status' }).getByText('Everything is stored on this device.').waitFor()
    await page.reload()
    await page.getByRole('row', { name: /^color, group, 17 tokens/ }).waitFor()
    await page.getByRole('button', { name: 'Only you are here' }).click()
    await page.getByText('Ana Silva (you)').waitFor()
    await page.getByRole('button', { name: /^Sync status: Offline/ }).waitFor()
  })

  it('shows tokens by URL alone, and asks for headers where the address is locked', async () => {
    await page.goto(`${origin}/?snapshot=${encodeURIComponent(`${origin}/tokens`)}`)
    await page.getByRole('row', { name: /^color, group, 17 tokens/ }).waitFor()
    await page.getByRole('button', { name: 'Sync status: Read-only' }).waitFor()
    await page.goto(`${origin}/?snapshot=${encodeURIComponent(`${origin}/locked`)}`)
    await page.getByRole('dialog', { name: 'Look at tokens by URL' }).waitFor()
    expect(await page.getByRole('textbox', { name: 'URL' }).inputValue()).toBe(`${origin}/locked`)
    expect(await page.getByRole('alert').allInnerTexts()).toEqual([expect.stringMatching(/key/i)])
    await page.keyboard.press('Escape')
    await page.getByRole('textbox', { name: 'Room' }).waitFor()
  })
})

describe('with a relay that wants keys', () => {
  async function useRelay(): Promise<void> {
    config = { relayUrl: (await startRelay({ keySecret: testKeySecret })).url }
  }

  it('says that a key is needed, takes one, and keeps it over a reload', async () => {
    await useRelay()
    await page.goto(`${origin}/?room=acme`)
    await page.getByRole('button', { name: 'Sync status: Action needed' }).click()
    await page.getByRole('dialog', { name: 'Sync status' }).getByText('This room needs a key.').waitFor()
    await page.getByRole('button', { name: 'Enter a room key' }).click()
    await page
      .getByLabel('Room key', { exact: true })
      .last()
      .fill(await testRoomKey('writer', 'acme', { name: 'Ana Silva' }))
    await page.getByRole('button', { name: 'Open the room' }).click()
    await page.getByRole('button', { name: 'Sync status: Saved', exact: true }).waitFor()
    await page.getByRole('button', { name: 'Use sample tokens' }).click()
    await page.getByRole('treegrid', { name: 'Tokens of core' }).waitFor()
    await page.reload()
    await page.getByRole('button', { name: 'Sync status: Saved', exact: true }).waitFor()
    await page.getByRole('treegrid', { name: 'Tokens of core' }).waitFor()
  })

  it('two people edit together; one with a reader’s key looks on', async () => {
    await useRelay()
    await page.goto(`${origin}/?room=acme#key=${await testRoomKey('writer', 'acme', { name: 'Ana Silva' })}`)
    await page.getByRole('button', { name: 'Use sample tokens' }).click()
    const other = await (await browser.newContext()).newPage()
    other.setDefaultTimeout(20_000)
    await other.goto(`${origin}/?room=acme#key=${await testRoomKey('reader', 'acme', { name: 'Rita Reader' })}`)
    await other.getByRole('row', { name: /^color\.brand\.500, Colour, #0066ff/ }).waitFor()
    await other.getByRole('button', { name: 'Sync status: Read-only' }).waitFor()
    expect(await other.getByRole('button', { name: 'Add token' }).isDisabled()).toBe(true)
    await page.getByRole('row', { name: /^color\.brand\.500/ }).dblclick()
    await page.getByRole('combobox', { name: 'Value' }).fill('#123456')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await other.getByRole('row', { name: /^color\.brand\.500, Colour, #123456/ }).waitFor()
    await page.getByRole('button', { name: '2 people here: Rita Reader and you' }).waitFor()
    await other.context().close()
  })
})
