import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type JsonBin, type JsonBinOptions, createJsonBin } from '../../src/jsonbin/index.ts'
import { probeBins } from './bin-probes.ts'

/** A service under contract: where it is and whose account to use. */
export interface BinService {
  readonly baseUrl: string
  readonly masterKey: string
  /** An access key with the read permission alone. */
  readonly readOnlyKey?: string | undefined
  /** Greatest record in bytes. */
  readonly limitBytes?: number | undefined
  /** Told what the service answers to questions that are open. */
  readonly report?: ((line: string) => void) | undefined
  close(): Promise<void>
}

/** What is known of the service; the expectations about the rest are left out. */
export interface BinServiceFacts {
  readonly hasReadOnlyKey: boolean
  readonly hasKnownLimit: boolean
}

/** What a run against a service with a quota may spend. */
const maxRequests = 40

/**
 * What the client and everything above it expect of a bins service, told through the client alone: of the local bins, of
 * the hosted service, of any other. Every bin it makes it deletes.
 */
export function createBinContract(serviceName: string, facts: BinServiceFacts, start: () => Promise<BinService>): void {
  describe(`bins contract: ${serviceName}`, () => {
    let service: BinService
    let bins: JsonBin
    let requests = 0
    const made: string[] = []

    /** A service with a quota is asked no more than was agreed, whatever goes wrong. */
    const counted: typeof fetch = (url, init) => {
      if (++requests > maxRequests && init?.method !== 'DELETE')
        throw new Error(`More than ${maxRequests} requests in one run`)
      return fetch(url, init)
    }
    const clientWith = (options: JsonBinOptions): JsonBin =>
      createJsonBin({ baseUrl: service.baseUrl, fetch: counted, ...options })
    const create = async (record: string, options?: Parameters<JsonBin['create']>[1]): Promise<string> => {
      const { id } = await bins.create(record, options)
      made.push(id)
      return id
    }
    /** One bin for all tests that leave it one, in their order: creating costs a request, and deleting another. */
    let shared: Promise<string> | undefined
    const sharedBin = (): Promise<string> => (shared ??= create('{"a":1}', { name: 'Contract' }))
    const forget = async (id: string): Promise<void> => {
      await bins.delete(id)
      made.splice(made.indexOf(id), 1)
    }

    beforeAll(async () => {
      service = await start()
      bins = clientWith({ masterKey: service.masterKey })
    })

    afterAll(async () => {
      for (const id of made) await bins.delete(id)
      await service.close()
    })

    it('keeps a record, its name and its time', async () => {
      const before = Date.now()
      const created = await bins.create('{"values":{"core":{"$themes":1,"a.b":[1,{}]}}}', { name: 'Contract' })
      made.push(created.id)
      shared = Promise.resolve(created.id)
      expect(created.id).toMatch(/^[0-9a-f]{24}$/)
      const read = await bins.read(created.id)
      expect(JSON.parse(read.record)).toEqual({ values: { core: { $themes: 1, 'a.b': [1, {}] } } })
      expect(created.name).toBe('Contract')
      // Clocks of two machines may be minutes apart.
      expect(Math.abs(Date.parse(created.createdAt ?? '') - before)).toBeLessThan(10 * 60_000)
      expect(read.private).toBe(true)
    })

    it('replaces the whole record, and reads what was written last', async () => {
      const id = await sharedBin()
      const written = await bins.update(id, '{"both":2}')
      // An echo is no duty of the service, but a wrong one would be a lie.
      expect(JSON.parse(written.record ?? '{"both":2}')).toEqual({ both: 2 })
      expect(JSON.parse((await bins.read(id)).record)).toEqual({ both: 2 })
    })

    it('numbers the versions that are asked for', async () => {
      const id = await create('{"n":0}')
      expect((await bins.update(id, '{"n":1}', { versioned: true })).binVersion).toBe(1)
      expect((await bins.update(id, '{"n":2}', { versioned: true })).binVersion).toBe(2)
      expect(JSON.parse((await bins.read(id, { binVersion: 1 })).record)).toEqual({ n: 1 })
      expect(JSON.parse((await bins.read(id)).record)).toEqual({ n: 2 })
      await expect(bins.read(id, { binVersion: 9 })).rejects.toMatchObject({ code: 'not-found' })
      await forget(id)
    })

    it('renames without touching the record', async () => {
      const id = await sharedBin()
      await bins.rename(id, 'After')
      const { record, name } = await bins.read(id)
      expect(JSON.parse(record)).toEqual({ both: 2 })
      expect([undefined, 'After']).toContain(name)
    })

    it('knows a deleted bin no more', async () => {
      const id = await create('{"a":1}')
      await forget(id)
      await expect(bins.read(id)).rejects.toMatchObject({ code: 'not-found', status: 404 })
      await expect(bins.update(id, '{"a":2}')).rejects.toMatchObject({ code: 'not-found', outcome: 'refused' })
      await expect(bins.delete(id)).rejects.toMatchObject({ code: 'not-found' })
    })

    it('refuses a wrong key and no key', async () => {
      const id = await sharedBin()
      for (const options of [{ masterKey: 'of-nobody' }, {}]) {
        const stranger = clientWith(options)
        await expect(stranger.read(id)).rejects.toMatchObject({ code: 'unauthorized', status: 401 })
        await expect(stranger.update(id, '{"a":2}')).rejects.toMatchObject({ code: 'unauthorized' })
      }
    })

    it.runIf(facts.hasReadOnlyKey)('lets an access key do what it is for and no more', async () => {
      const id = await sharedBin()
      const reader = clientWith({ accessKey: service.readOnlyKey })
      expect(JSON.parse((await reader.read(id)).record)).toEqual({ both: 2 })
      await expect(reader.update(id, '{"a":2}')).rejects.toSatisfy(({ code }) =>
        ['forbidden', 'unauthorized'].includes(code as string),
      )
    })

    it.runIf(facts.hasKnownLimit)('refuses a record over its limit, and keeps the one before', async () => {
      const { limitBytes = 0 } = service
      const id = await sharedBin()
      const tooLarge = JSON.stringify({ text: 'x'.repeat(limitBytes) })
      await expect(bins.update(id, tooLarge)).rejects.toMatchObject({ code: 'too-large', bytes: bins.size(tooLarge) })
      expect(JSON.parse((await bins.read(id)).record)).toEqual({ both: 2 })
    })

    it('answers what nobody has documented', async () => {
      const answers = await probeBins({ ...service, fetch: counted })
      for (const { question, answer } of answers) service.report?.(`${question}: ${answer}`)
      expect(answers.length).toBeGreaterThan(10)
      service.report?.(`${requests} requests, and one more to clean up`)
    })
  })
}
