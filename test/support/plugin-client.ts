/**
 * A Tokens Studio plugin (2.11.10) at work on a bin, over real HTTP and as its JSONBin provider does it: no queue, every edit
 * its own GET and PUT of the whole file, nobody waiting for them; retries only where `fetch` itself throws; a date guard that
 * compares the bin's `updatedAt` with the plugin's own clock and nothing else.
 */
import { type PluginModel, pluginPull, PluginRefusal, pluginWrite } from './plugin-emulator.ts'

export interface PluginClientOptions {
  /** `http://127.0.0.1:<port>/v3`. */
  readonly baseUrl: string
  readonly masterKey: string
  readonly fetch?: typeof fetch
  /** Milliseconds since 1970. The guard and every `updatedAt` come from it. */
  readonly now?: () => number
  /** Waits between the tries of one request: 1 s and 2 s for a PUT. */
  readonly sleep?: (ms: number) => Promise<void>
}

/** What its user sees after an edit; `failed` is a toast, and the edit stays in the plugin. */
export type PluginSave =
  | { readonly kind: 'saved' }
  | { readonly kind: 'remote-newer' }
  | { readonly kind: 'failed'; readonly message: string }

export interface PluginClient {
  /** What it holds; undefined before the first pull. Change it through {@link edit}. */
  readonly model: PluginModel | undefined
  readonly binId: string | undefined
  /** With an empty id field: a stub is created, then what the plugin holds is saved over it. */
  create(name: string, model: PluginModel): Promise<PluginSave>
  /** With an id: pulls, and replaces what it holds without asking. Throws where the pull fails. */
  connect(binId: string): Promise<void>
  /** The refresh button. A failed pull leaves what it holds. */
  pull(): Promise<void>
  /** Changes what it holds at once, and sends all of it in the background ("Update remote" on). */
  edit(change: (model: PluginModel) => void): Promise<PluginSave>
  /** Changes what it holds without sending ("Update remote" off). */
  editLocally(change: (model: PluginModel) => void): void
  /** Sends all it holds. */
  push(): Promise<PluginSave>
  /** Resolves when no request is under way. */
  settled(): Promise<void>
}

const version = '2.11.10'

interface PluginRequest {
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

export function createPluginClient(options: PluginClientOptions): PluginClient {
  const { baseUrl, masterKey, now = Date.now } = options
  const request = options.fetch ?? fetch
  const sleep = options.sleep ?? ((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)))
  const underWay = new Set<Promise<unknown>>()
  const stamp = (): string => new Date(now()).toISOString()
  let model: PluginModel | undefined
  let binId: string | undefined

  const call = async (method: string, path: string, init: PluginRequest, firstDelayMs: number): Promise<Response> => {
    const headers = { 'Content-Type': 'application/json', 'X-Master-Key': masterKey, ...init.headers }
    for (let attempt = 1; ; attempt++) {
      try {
        return await request(baseUrl + path, { ...init, method, headers })
      } catch (error) {
        const isRetried = error instanceof TypeError && error.message.includes('fetch')
        if (attempt === 3 || !isRetried) throw error
        await sleep(firstDelayMs * 2 ** (attempt - 1))
      }
    }
  }
  /** Its users see the reason phrase and nothing else, which HTTP/2 leaves empty. */
  const ok = (response: Response): Response => {
    if (!response.ok) throw new Error(response.statusText)
    return response
  }
  const read = async (): Promise<PluginModel> => {
    const response = ok(await call('GET', `/b/${binId}/latest`, { headers: { 'X-Bin-Meta': '0' } }, 100))
    const answer = (await response.json()) as { readonly record?: unknown } | null
    if (typeof answer?.record !== 'object' || answer.record === null) {
      throw new PluginRefusal("Contents don't pass schema validation: record")
    }
    return pluginPull(answer.record, stamp())
  }
  const write = async (updatedAt: string): Promise<void> => {
    if (!model) throw new Error('The plugin holds no tokens yet')
    ok(await call('PUT', `/b/${binId}`, { body: pluginWrite(model, updatedAt, version) }, 1_000))
  }
  const save = async (): Promise<PluginSave> => {
    const updatedAt = stamp()
    try {
      const remote = await read()
      // Reading decides the spelling of what is written next: it is one setting for the whole plugin.
      if (model) model.format = remote.format
      if (!(new Date(remote.updatedAt) < new Date(updatedAt))) return { kind: 'remote-newer' }
      await write(updatedAt)
      return { kind: 'saved' }
    } catch (error) {
      return { kind: 'failed', message: error instanceof Error ? error.message : String(error) }
    }
  }
  const track = <T>(promise: Promise<T>): Promise<T> => {
    underWay.add(promise)
    const done = (): void => void underWay.delete(promise)
    promise.then(done, done)
    return promise
  }
  const change = (edit: (model: PluginModel) => void): void => {
    if (!model) throw new Error('The plugin holds no tokens yet: connect or create first')
    edit(model)
  }

  return {
    get model() {
      return model
    },
    get binId() {
      return binId
    },
    create: async (name, own) => {
      model = own
      const updatedAt = stamp()
      const stub = JSON.stringify({ values: { options: {} }, $metadata: { version, updatedAt } }, null, 2)
      const headers = { 'X-Bin-Name': name, versioning: 'false' }
      try {
        const created = ok(await call('POST', '/b', { body: stub, headers }, 100))
        binId = ((await created.json()) as { readonly metadata: { readonly id: string } }).metadata.id
        await write(updatedAt)
        return { kind: 'saved' }
      } catch (error) {
        return { kind: 'failed', message: error instanceof Error ? error.message : String(error) }
      }
    },
    connect: async (id) => {
      binId = id
      model = await track(read())
    },
    pull: async () => {
      model = await track(read())
    },
    edit: (edit) => {
      change(edit)
      return track(save())
    },
    editLocally: change,
    push: () => track(save()),
    settled: async () => {
      while (underWay.size > 0) await Promise.allSettled(underWay)
    },
  }
}
