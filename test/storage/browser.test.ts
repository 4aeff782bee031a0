import type { Browser, BrowserContext, Frame, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createProfile, launchBrowser } from '../support/browser.ts'
import { eventually as eventuallyWithin } from '../support/eventually.ts'
import { servePage, type PageHost } from '../support/page-host.ts'
import { remoteOf, type Remote } from '../support/page-host-remote.ts'
import type { StoragePage } from './storage-page.ts'

// A browser on a busy machine takes its time.
vi.setConfig({ testTimeout: 60_000 })
const eventually = <T>(check: () => T | Promise<T>): Promise<T> => eventuallyWithin(check, { timeoutMs: 20_000 })

let browser: Browser
let host: PageHost
let names = 0

beforeAll(async () => {
  ;[browser, host] = await Promise.all([launchBrowser(), servePage(new URL('./storage-page.ts', import.meta.url))])
})

afterAll(async () => {
  await browser?.close()
  await host?.close()
})

async function newContext(): Promise<BrowserContext> {
  const context = await browser.newContext()
  onTestFinished(() => context.close())
  return context
}

interface Tab {
  readonly tab: Page
  readonly page: Remote<StoragePage>
}

async function openTab(context: BrowserContext, url = host.url): Promise<Tab> {
  const tab = await context.newPage()
  await tab.goto(url)
  return { tab, page: remoteOf<StoragePage>(tab) }
}

async function openPage(context: BrowserContext): Promise<Remote<StoragePage>> {
  return (await openTab(context)).page
}

async function openFrame(url: string): Promise<Remote<StoragePage>> {
  const { tab } = await openTab(await newContext(), url)
  const frame: Frame = await eventually(() => {
    const inner = tab.frame({ name: 'inner' })
    if (!inner) throw new Error('no frame yet')
    return inner
  })
  await frame.waitForFunction('globalThis.page !== undefined')
  return remoteOf<StoragePage>(frame)
}

const newName = (): string => `y-tokens/1/local/browser-${++names}`
const tenKeys: readonly string[] = Array.from({ length: 10 }, (_, i) => `k${i}`)

describe('a connection closed mid-session', () => {
  it('before: stock y-indexeddb throws into Yjs, which is silent from then on', async () => {
    const page = await openPage(await newContext())
    expect(await page.openStock(newName())).toBe('synced')
    await page.closeConnections()
    expect(await page.set('a', '1')).toBe('InvalidStateError')
    for (const key of ['b', 'c', 'd']) expect(await page.set(key, '1')).toBe('ok')
    expect((await page.facts()).updatesHeard).toBe(0)
  })

  it('after: every listener hears every edit, and all of it is stored over a new connection', async () => {
    const name = newName()
    const context = await newContext()
    const page = await openPage(context)
    await page.openOurs(name)
    await page.set('before', '1')
    await page.flush()
    await page.closeConnections()
    for (const key of ['b', 'c', 'd']) expect(await page.set(key, '1')).toBe('ok')
    expect((await page.facts()).updatesHeard).toBe(4)
    expect(await page.flush()).toBe(true)
    expect((await page.facts()).status).toBe('saved')
    const next = await openPage(context)
    await next.openOurs(name)
    expect((await next.facts()).keys).toEqual(['b', 'before', 'c', 'd'])
  })
})

describe('one aborted transaction', () => {
  it('before: stock y-indexeddb hides everything written after it', async () => {
    const name = newName()
    const context = await newContext()
    const page = await openPage(context)
    await page.openStock(name)
    for (const [i, key] of tenKeys.entries()) {
      if (i === 3) await page.abortNextWrite()
      await page.set(key, '1')
    }
    await eventually(async () => expect(await page.rows(name)).toBe(10))
    const next = await openPage(context)
    await next.openStock(name)
    expect(await next.facts()).toMatchObject({ gap: true, keys: ['k0', 'k1', 'k2'] })
  })

  it('after: the next write holds everything', async () => {
    const name = newName()
    const context = await newContext()
    const page = await openPage(context)
    await page.openOurs(name)
    for (const [i, key] of tenKeys.entries()) {
      if (i === 3) await page.abortNextWrite()
      await page.set(key, '1')
      await page.flush()
    }
    const next = await openPage(context)
    await next.openOurs(name)
    expect(await next.facts()).toMatchObject({ gap: false, keys: tenKeys })
  })
})

describe('denied storage', () => {
  it('before: in a sandboxed frame stock y-indexeddb never settles', async () => {
    const frame = await openFrame(host.sandboxedUrl)
    expect(await frame.openStock(newName(), 1_500)).toBe('pending')
  })

  for (const kind of ['sandboxedUrl', 'dataUrl'] as const) {
    it(`after: ${kind === 'dataUrl' ? 'a data: frame' : 'a sandboxed frame'} goes on in memory at once`, async () => {
      const frame = await openFrame(host[kind])
      const opened = await frame.openOurs(newName())
      expect(opened.status).toMatchObject({ kind: 'degraded', reason: 'denied' })
      expect(opened.settledAfterMs).toBeLessThan(1_000)
      expect(await frame.set('a', '1')).toBe('ok')
      expect(await frame.facts()).toMatchObject({ updatesHeard: 1, keys: ['a'], trouble: [] })
      expect(await frame.exported()).toBeGreaterThan(10)
      expect(await frame.lease('ana')).toMatchObject({ fresh: true, lane: expect.stringMatching(/^[0-9a-z]{8}$/) })
      expect(await frame.setKey('bin', 'secret')).toBe(false)
      expect(await frame.getKey('bin')).toBeNull()
      expect([await frame.persistence(), await frame.estimate()]).toEqual(['unknown', null])
      const bare = kind === 'dataUrl'
      expect([await frame.hasSubtle(), await frame.hasLocks()]).toEqual([!bare, !bare])
    })
  }
})

describe('a full disk', () => {
  async function withQuota(quotaSize: number): Promise<Tab & { readonly lift: () => Promise<void> }> {
    const context = await newContext()
    const opened = await openTab(context)
    const session = await context.newCDPSession(opened.tab)
    const { origin } = host
    await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize })
    const lift = async (): Promise<void> => {
      await session.send('Storage.overrideQuotaForOrigin', { origin })
    }
    return { ...opened, lift }
  }

  it('before: stock y-indexeddb says nothing, and hides what follows', async () => {
    const name = newName()
    const { page, tab } = await withQuota(300_000)
    await page.openStock(name)
    await page.set('first', '1')
    await page.fill('big', 400_000)
    await page.set('last', '1')
    await eventually(async () => expect(await page.rows(name)).toBeGreaterThan(1))
    await tab.reload()
    await page.openStock(name)
    const { keys } = await page.facts()
    expect(keys).not.toContain('big')
    expect(keys).not.toContain('last')
  })

  it('after: degrades with a status, keeps what was stored, and recovers', async () => {
    const name = newName()
    const { page, tab, lift } = await withQuota(300_000)
    await page.openOurs(name)
    await page.set('first', '1')
    expect(await page.flush()).toBe(true)
    await page.fill('big', 400_000)
    await page.set('last', '1')
    expect(await page.flush()).toBe(false)
    expect(await page.facts()).toMatchObject({ status: 'degraded', reason: 'quota', updatesHeard: 3 })
    await lift()
    await eventually(async () => expect(await page.flush()).toBe(true))
    await tab.reload()
    await page.openOurs(name)
    expect(await page.facts()).toMatchObject({ keys: ['big', 'first', 'last'], gap: false, status: 'saved' })
  })
})

describe('a database deleted by another tab', () => {
  it('before: stock y-indexeddb gives way and throws into Yjs', async () => {
    const name = newName()
    const context = await newContext()
    const [one, other] = [await openPage(context), await openPage(context)]
    await one.openStock(name)
    expect(await other.deleteDatabase(name)).toBe('deleted')
    expect(await one.set('a', '1')).toBe('InvalidStateError')
  })

  it('after: says so, and stores everything again with the next edit', async () => {
    const name = newName()
    const context = await newContext()
    const [one, other] = [await openPage(context), await openPage(context)]
    await one.openOurs(name)
    await one.set('a', '1')
    await one.flush()
    expect(await other.deleteDatabase(name)).toBe('deleted')
    await eventually(async () => expect(await one.facts()).toMatchObject({ status: 'degraded', reason: 'deleted' }))
    expect(await other.databases()).toEqual([])
    expect(await one.set('b', '1')).toBe('ok')
    await eventually(async () => expect((await one.facts()).status).toBe('saved'))
    await other.openOurs(name)
    expect((await other.facts()).keys).toEqual(['a', 'b'])
  })

  it('clear resolves once it is gone, or says that another tab keeps it', async () => {
    const name = newName()
    const context = await newContext()
    const [one, other] = [await openPage(context), await openPage(context)]
    await one.openOurs(name)
    expect(await one.clear()).toBe('cleared')
    expect(await one.databases()).toEqual([])
    await one.openOurs(name)
    await other.squat(name)
    expect(await one.clear()).toBe('blocked')
  })

  it('opening behind a pending deletion goes on after 3 s and joins when it is done', async () => {
    const name = newName()
    const context = await newContext()
    const [squatter, deleter, late] = [await openTab(context), await openPage(context), await openPage(context)]
    await squatter.page.squat(name)
    expect(await deleter.deleteDatabase(name)).toBe('blocked')
    const opened = await late.openOurs(name)
    expect(opened.status).toMatchObject({ kind: 'degraded', reason: 'timeout' })
    await late.set('a', '1')
    await squatter.tab.close()
    await eventually(async () => expect((await late.facts()).status).toBe('saved'))
  })
})

describe('two tabs on one database', () => {
  it('lose nothing, whoever compacts', async () => {
    const name = newName()
    const context = await newContext()
    const tabs = [await openPage(context), await openPage(context)]
    for (const tab of tabs) await tab.openOurs(name)
    const expected: string[] = []
    for (let round = 0; round < 80; round++) {
      for (const [i, tab] of tabs.entries()) {
        expected.push(`tab ${i} ${round}`)
        await tab.set(`tab ${i} ${round}`, 'x'.repeat(200))
        await tab.flush()
      }
    }
    const next = await openPage(context)
    await next.openOurs(name)
    expect(await next.facts()).toMatchObject({ keys: expected.toSorted(), gap: false })
    await next.flush()
    expect(await next.rows(name)).toBeLessThan(160)
  })

  it('take two lanes, and both again later', async () => {
    const name = newName()
    const context = await newContext()
    const tabs = [await openTab(context), await openTab(context)]
    for (const { page } of tabs) await page.openOurs(name)
    const lanes = await Promise.all(tabs.map(({ page }) => page.lease('ana')))
    expect(new Set(lanes.map(({ lane }) => lane)).size).toBe(2)
    for (const { tab } of tabs) await tab.close()
    const later = await openPage(context)
    await later.openOurs(name)
    const again = await later.lease('ana')
    expect(again.fresh).toBe(false)
    expect(lanes.map(({ lane }) => lane)).toContain(again.lane)
  })
})

describe('a restart of the browser', () => {
  it('keeps everything, also what was typed right before the page went, and the lane and the keys', async () => {
    const name = newName()
    const profile = createProfile()
    onTestFinished(() => profile.remove())
    const first = await profile.open()
    const { page, tab } = await openTab(first)
    await page.openOurs(name)
    const { lane } = await page.lease('ana')
    await page.set('early', '1')
    await page.flush()
    await page.setKey('bin', 'secret')
    await page.set('late', '1')
    await tab.close()
    await first.close()
    const second = await profile.open()
    const again = await openPage(second)
    await again.openOurs(name)
    expect((await again.facts()).keys).toEqual(['early', 'late'])
    expect(await again.lease('ana')).toEqual({ lane, fresh: false })
    expect(await again.getKey('bin')).toEqual({ masterKey: 'secret' })
    await second.close()
  })
})

it('says how much is used, and asks to keep it', async () => {
  const page = await openPage(await newContext())
  expect(await page.estimate()).toMatchObject({ quotaBytes: expect.any(Number) })
  expect(await page.persistence()).toMatch(/^(granted|denied)$/)
})

describe('the layout of y-indexeddb', () => {
  it('is shared with the stock package in a real browser', async () => {
    const name = newName()
    const context = await newContext()
    const { page, tab } = await openTab(context)
    await page.openStock(name)
    await page.set('stock', '1')
    await tab.reload()
    await page.openOurs(name)
    await page.set('ours', '1')
    await page.close()
    await tab.reload()
    await page.openStock(name)
    expect((await page.facts()).keys).toEqual(['ours', 'stock'])
  })
})
