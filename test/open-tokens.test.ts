import { describe, expect, it } from 'vitest'
import { openTokens, type OpenTokensOptions, type Tokens } from '../src/index.ts'
import { createMemoryStorage } from '../src/storage/index.ts'
import { eventually } from './support/eventually.ts'
import { startRelay, testKeySecret, testRoomKey } from './support/relay-server.ts'

const file = JSON.stringify({
  core: { red: { $type: 'color', $value: '#f00' }, blue: { $type: 'color', $value: '#00f' } },
})

function open(name: string, options: Partial<OpenTokensOptions>): Promise<Tokens> {
  return openTokens({ room: 'acme', storage: 'memory', user: { name }, bins: { enabled: false }, ...options })
}

const namesOf = (tokens: Tokens): readonly string[] => tokens.document.versions.list().map(({ name }) => name)

describe('the history of a room', () => {
  it('is shared through the relay, without any bridge at work', async () => {
    const relay = await startRelay()
    const ana = await open('Ana', { relay: { url: relay.url } })
    ana.document.import(file)
    const release = ana.document.versions.save('Release 1')
    ana.document.update('core', 'red', { $value: '#a00' })
    expect(await ana.whenSaved(10_000)).toBe(true)
    const ben = await open('Ben', { relay: { url: relay.url } })
    await eventually(() => expect(namesOf(ben)).toEqual(['Release 1']))
    expect(ben.document.versions.diff(release, 'now')).toMatchObject([{ path: ['red'], before: '#f00', after: '#a00' }])
    ben.document.versions.restore(release, { tokens: [{ set: 'core', path: 'red' }] })
    await eventually(() => expect(ana.document.get('core', 'red')).toMatchObject({ $value: '#f00' }))
    await eventually(() => expect(namesOf(ana)).toEqual(['Before restoring “Release 1”', 'Release 1']))
    ana.document.versions.remove(release)
    await eventually(() => expect(namesOf(ben)).toEqual(['Before restoring “Release 1”']))
    await Promise.all([ana.close(), ben.close()])
  })

  it('is made offline, and kept over a restart', async () => {
    const storage = createMemoryStorage()
    const first = await open('Ana', { storage })
    first.document.import(file)
    first.document.versions.save('Release 1')
    await first.close()
    const second = await open('Ana', { storage })
    expect(namesOf(second)).toEqual(['Release 1'])
    const [version] = second.document.versions.list()
    expect(second.document.versions.text(version?.id ?? '')).toBe(file)
    await second.close()
  })

  it('is closed to readers, who save nothing', async () => {
    const relay = await startRelay({ keySecret: testKeySecret })
    const writer = await open('Ana', { relay: { url: relay.url, key: await testRoomKey('writer', 'acme') } })
    writer.document.import(file)
    writer.document.versions.save('Release 1')
    expect(await writer.whenSaved(10_000)).toBe(true)
    const reader = await open('Rita', { relay: { url: relay.url, key: await testRoomKey('reader', 'acme') } })
    await eventually(() => expect(reader.document.setNames()).toEqual(['core']))
    writer.document.update('core', 'red', { $value: '#a00' })
    await eventually(() => expect(reader.document.get('core', 'red')).toMatchObject({ $value: '#a00' }))
    expect(namesOf(reader)).toEqual([])
    expect(() => reader.document.versions.save('Mine')).toThrow(expect.objectContaining({ code: 'read-only' }))
    expect(await reader.whenSaved(10_000)).toBe(true)
    await Promise.all([writer.close(), reader.close()])
  })
})

describe('a subscriber that throws', () => {
  it('is told of to whoever asked, and harms nobody', async () => {
    const errors: unknown[] = []
    const tokens = await open('Ana', { onError: (error) => errors.push(error) })
    const fault = new Error('of the application')
    let told = 0
    tokens.document.subscribe(() => {
      throw fault
    })
    tokens.document.subscribe(() => told++)
    tokens.document.import(file)
    tokens.document.update('core', 'red', { $value: '#a00' })
    expect(errors).toEqual([fault, fault])
    expect(told).toBe(2)
    await tokens.close()
  })
})
