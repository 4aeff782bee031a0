import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { eventually as eventuallyWithin } from '../support/eventually.ts'
import { servePage, type PageHost } from '../support/page-host.ts'
import { remoteOf, type Remote } from '../support/page-host-remote.ts'
import { startRelay } from '../support/relay-server.ts'
import type { RoomPage } from './room-page.ts'

// A browser on a busy machine takes its time.
vi.setConfig({ testTimeout: 60_000 })
const eventually = <T>(check: () => T | Promise<T>): Promise<T> => eventuallyWithin(check, { timeoutMs: 20_000 })

let browser: Browser
let host: PageHost

beforeAll(async () => {
  ;[browser, host] = await Promise.all([launchBrowser(), servePage(new URL('./room-page.ts', import.meta.url))])
})

afterAll(async () => {
  await browser?.close()
  await host?.close()
})

interface Tab {
  readonly tab: Page
  readonly page: Remote<RoomPage>
  readonly errors: readonly string[]
}

async function newContext(): Promise<BrowserContext> {
  const context = await browser.newContext()
  onTestFinished(() => context.close())
  return context
}

async function openTab(context: BrowserContext, url = host.url): Promise<Tab> {
  const tab = await context.newPage()
  const errors: string[] = []
  tab.on('pageerror', (error) => errors.push(error.message))
  await tab.goto(url)
  return { tab, page: remoteOf<RoomPage>(tab), errors }
}

async function openFrame(url: string): Promise<Remote<RoomPage>> {
  const { tab } = await openTab(await newContext(), url)
  const frame = await eventually(() => {
    const inner = tab.frame({ name: 'inner' })
    if (!inner) throw new Error('no frame yet')
    return inner
  })
  await frame.waitForFunction('globalThis.page !== undefined')
  return remoteOf<RoomPage>(frame)
}

describe('a room in Chromium', () => {
  it('is shared by two tabs without a relay, and by everybody with one', async () => {
    const relay = await startRelay()
    const url = relay.url
    await relay.close()
    const context = await newContext()
    const tabs = [await openTab(context), await openTab(context)]
    for (const [i, { page }] of tabs.entries()) await page.open(url, `tab ${i}`)
    for (const [i, { page }] of tabs.entries()) await page.set(`from ${i}`)
    for (const { page } of tabs) {
      await eventually(async () =>
        expect(await page.facts()).toMatchObject({ keys: ['from 0', 'from 1'], state: 'offline' }),
      )
    }
    const back = await startRelay({ port: relay.port })
    const stranger = await openTab(await newContext())
    await stranger.page.open(back.url, 'stranger')
    await eventually(async () => {
      expect((await stranger.page.facts()).keys).toEqual(['from 0', 'from 1'])
      for (const { page } of tabs) {
        const facts = await page.facts()
        expect(facts).toMatchObject({ state: 'synced', unsaved: 0 })
        expect(facts.people?.toSorted()).toEqual(['stranger', 'tab 0', 'tab 1'])
      }
    })
    for (const { errors } of [...tabs, stranger]) expect(errors).toEqual([])
  })

  it('gives the lease to one tab of a profile, and to the next when it closes', async () => {
    const relay = await startRelay()
    const context = await newContext()
    const tabs = [await openTab(context), await openTab(context)]
    for (const { page } of tabs) {
      await page.open(relay.url, 'Ana')
      await page.lease()
    }
    const kinds = (): Promise<string[]> =>
      Promise.all(tabs.map(async ({ page }) => (await page.facts()).lease ?? 'none'))
    await eventually(async () => expect((await kinds()).toSorted()).toEqual(['held', 'other']))
    const holder = (await kinds()).indexOf('held')
    await tabs[holder]?.tab.close()
    const left = tabs[1 - holder]
    await eventually(async () => expect((await left?.page.facts())?.lease).toBe('held'))
  })

  for (const kind of ['sandboxedUrl', 'dataUrl'] as const) {
    it(`works in ${kind === 'dataUrl' ? 'a data: frame' : 'a sandboxed frame'}, whose origin is null`, async () => {
      const relay = await startRelay({ origins: ['*'] })
      const [frame, other] = [await openFrame(host[kind]), await openFrame(host[kind])]
      await frame.open(relay.url, 'framed')
      await other.open(relay.url, 'other')
      await frame.set('from the frame')
      await frame.lease()
      await eventually(async () => {
        expect((await other.facts()).keys).toEqual(['from the frame'])
        expect(await frame.facts()).toMatchObject({ state: 'synced', unsaved: 0, lease: 'held' })
      })
    })
  }
})
