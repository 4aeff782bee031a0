import {
  type BinCall,
  type BinFaults,
  type BinPermissions,
  type Bins,
  type BinsOptions,
  createBinFaults,
  createBins,
  listenBins,
} from '../../server/bins/index.ts'

export interface BinServer {
  /** Base URL for a client, `http://127.0.0.1:<port>/v3`. */
  readonly baseUrl: string
  readonly masterKey: string
  readonly faults: BinFaults
  readonly bins: Bins
  /** Every call that reached the server, preflights left out, in the order of their answers. */
  readonly calls: readonly BinCall[]
  createAccessKey(permissions: Partial<BinPermissions>): string
  /** A raw call with the master key, as a plugin or a person makes it; `path` follows `/v3`. */
  send(method: string, path: string, init?: RawCall): Promise<RawAnswer>
  /** Creates a bin and gives its id. */
  post(record: string, headers?: Readonly<Record<string, string>>): Promise<string>
  /** Overwrites the whole bin blindly. */
  put(id: string, record: string): Promise<void>
  /** The bin's record as JSON text. */
  get(id: string): Promise<string>
  close(): Promise<void>
}

export interface RawCall {
  readonly body?: string | Uint8Array<ArrayBuffer> | undefined
  /** Added to the master key and the JSON content type; undefined takes one away. */
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined
}

export interface RawAnswer {
  readonly status: number
  readonly statusText: string
  readonly headers: Headers
  readonly text: string
  /** `text` parsed; undefined where it is not JSON. */
  readonly json: unknown
}

/** Local bins over real HTTP on a free port of 127.0.0.1, in memory unless `file` is given, with a set of faults. */
export async function startBinServer(options: BinsOptions & { readonly port?: number } = {}): Promise<BinServer> {
  const { port = 0, ...binsOptions } = options
  const faults = options.faults ?? createBinFaults()
  const calls: BinCall[] = []
  const onCall = (call: BinCall): void => {
    calls.push(call)
    options.onCall?.(call)
  }
  const bins = createBins({ ...binsOptions, faults, onCall })
  const listening = await listenBins(bins, { port })
  const { baseUrl } = listening
  let keyCount = 0

  const send = async (method: string, path: string, init: RawCall = {}): Promise<RawAnswer> => {
    const headers = new Headers()
    const given = { 'X-Master-Key': bins.masterKey, 'Content-Type': init.body && 'application/json', ...init.headers }
    for (const [name, value] of Object.entries(given)) if (value !== undefined) headers.set(name, String(value))
    // Bytes without a type of their own, so that fetch adds no Content-Type.
    const body = typeof init.body === 'string' ? new TextEncoder().encode(init.body) : init.body
    const response = await fetch(baseUrl + path, { method, headers, body: body ?? null })
    const text = await response.text()
    return {
      status: response.status,
      statusText: response.statusText,
      headers: response.headers,
      text,
      json: parse(text),
    }
  }
  const sendOk = async (method: string, path: string, init: RawCall = {}): Promise<RawAnswer> => {
    const answer = await send(method, path, init)
    if (answer.status !== 200) throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text}`)
    return answer
  }

  return {
    baseUrl,
    masterKey: bins.masterKey,
    faults,
    bins,
    calls,
    createAccessKey: (permissions) => bins.createAccessKey(`key ${++keyCount}`, permissions).key,
    send,
    async post(record, headers) {
      const { json } = await sendOk('POST', '/b', { body: record, headers })
      return (json as { readonly metadata: { readonly id: string } }).metadata.id
    },
    async put(id, record) {
      await sendOk('PUT', `/b/${id}`, { body: record })
    },
    get: async (id) => (await sendOk('GET', `/b/${id}/latest?meta=false`)).text,
    async close() {
      await listening.close()
      bins.close()
    },
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
