/**
 * Everything on one machine: relay, editor page, local bins and a bridge, all in this process. The bridge is the one of
 * `y-tokens bridge`, a client of the room like any other; the parts know nothing of each other.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { createBins, loadOrCreateMasterKey, type Bins as LocalBins } from '../server/bins/index.ts'
import { createPageRoute } from '../server/http/page-route.ts'
import { createRelay, mintRoomKey, type Relay } from '../server/relay/index.ts'
import type { ImportSource } from '../src/doc/index.ts'
import { openTokens, type Tokens } from '../src/index.ts'
import { loadPage } from './dev-page.ts'

export interface DevOptions {
  readonly port: number
  readonly dataDir: string
  readonly room: string
  /** Fills an empty room only. */
  readonly source: ImportSource
  /** The name of a bin that is made. */
  readonly binName: string
  /** False: the bin is made and linked, and left to whoever enters its key in the page. */
  readonly withBridge: boolean
  readonly binLimitBytes: number
  /** With it the relay asks for room keys, of the page too. */
  readonly keySecret?: string
  readonly logger?: Logger
}

export interface DevServer {
  readonly urls: DevUrls
  /** Whether `source` went into the room; false where the room had tokens already. */
  readonly filled: boolean
  /** The bridge's session; null without one. */
  readonly session: Tokens | null
  close(): Promise<void>
}

/** What people and programs are told to use. The keys are of the local bins only. */
export interface DevUrls {
  readonly editor: string
  readonly webSocket: string
  /** Reads with the access key; null where the bin could not be made, `binProblem` says why. */
  readonly bin: { readonly id: string; readonly url: string } | null
  readonly binProblem: string | null
  readonly readHeaders: Readonly<Record<string, string | boolean>>
  readonly masterKey: string
  readonly snapshot: string
}

const readerKeyName = 'readers'
const bridgeName = 'y-tokens bridge'
/** The session asks for another one when it expires. */
const bridgeKeyTtlMs = 8 * 3_600_000
const relayAnswerMs = 10_000
const savedTimeoutMs = 30_000

/**
 * Starts it all; nothing is left running when it throws.
 *
 * @throws {RelayError} as `createRelay`
 * @throws {BinsError} as `createBins`
 */
export async function startDev(options: DevOptions): Promise<DevServer> {
  const { port, dataDir, room, source, binName, withBridge, binLimitBytes, keySecret, logger } = options
  mkdirSync(dataDir, { recursive: true })
  const ends: (() => Promise<void> | void)[] = []
  const endAll = async (): Promise<void> => {
    for (const end of ends.splice(0).reverse()) await end()
  }
  try {
    // The relay first: it holds the lock of the data folder, and nobody else may touch the bins then.
    let bins: LocalBins | null = null
    let page: ReturnType<typeof createPageRoute> = () => false
    const relay = await createRelay({
      port,
      dataDir,
      handlers: [
        (request, response) => bins?.handle(request, response) ?? false,
        (request, response) => page(request, response),
      ],
      ...(keySecret === undefined ? {} : { keySecret }),
      ...(logger ? { logger } : {}),
    })
    ends.push(() => relay.close())
    const opened = createBins({
      file: join(dataDir, 'bins.sqlite'),
      masterKey: loadOrCreateMasterKey(dataDir),
      limitBytes: binLimitBytes,
      onError: (error) => logger?.error({ event: 'bins-failed', reason: String(error) }, 'The local bins failed'),
    })
    bins = opened
    ends.push(() => opened.close())
    const binsUrl = `${relay.httpUrl}/v3`
    page = createPageRoute(await loadPage({ room, binsBaseUrl: binsUrl }))

    const parts = { relay, bins: opened, binsUrl, room, source, binName, keySecret }
    const { session, filled, bin, problem } = await openSession(parts)
    const urls = urlsOf({ relay, bins: opened, binsUrl, room, bin, problem })
    if (withBridge) ends.push(() => session.close())
    else await session.close()
    return { urls, filled, session: withBridge ? session : null, close: endAll }
  } catch (error) {
    await endAll()
    throw error
  }
}

/** Joins the room, fills it if it is empty, and sees to it that one bin of ours is applied. */
async function openSession(parts: {
  readonly relay: Relay
  readonly bins: LocalBins
  readonly binsUrl: string
  readonly room: string
  readonly source: ImportSource
  readonly binName: string
  readonly keySecret: string | undefined
}): Promise<{
  readonly session: Tokens
  readonly filled: boolean
  readonly bin: string | null
  readonly problem: string | null
}> {
  const { relay, bins, binsUrl, room, source, binName, keySecret } = parts
  const claims = { sub: bridgeName, name: bridgeName, rooms: [room], role: 'admin', ttlMs: bridgeKeyTtlMs } as const
  const session = await openTokens({
    room,
    relay: {
      url: relay.url,
      ...(keySecret === undefined ? {} : { key: () => mintRoomKey({ secret: keySecret, claims }) }),
    },
    storage: 'memory',
    app: bridgeName,
    bins: { limitBytes: bins.limitBytes, unlimited: true },
    firstSyncTimeoutMs: relayAnswerMs,
  })
  try {
    const filled = session.document.state === 'empty'
    if (filled) session.document.import(source)
    await session.whenSaved(savedTimeoutMs)
    const linked = await linkBin(session, bins, binsUrl, binName)
    await session.whenSaved(savedTimeoutMs)
    return { session, filled, ...linked }
  } catch (error) {
    await session.close()
    throw error
  }
}

async function linkBin(
  session: Tokens,
  bins: LocalBins,
  binsUrl: string,
  name: string,
): Promise<{ readonly bin: string | null; readonly problem: string | null }> {
  const key = { masterKey: bins.masterKey }
  const applied = session.bins.list().find((bin) => bin.applied)
  if (applied) {
    if (applied.url === null || !isLocal(applied.url)) {
      return {
        bin: null,
        problem: `The room has applied a bin elsewhere, "${applied.name}". Its key is entered in the page.`,
      }
    }
    // The port may be another one than last time.
    if (applied.url !== binsUrl) await session.bins.add({ name: applied.name, id: applied.id, url: binsUrl, key })
    session.bins.setKey(applied.id, key, { remember: false })
    return { bin: applied.id, problem: null }
  }
  try {
    const id = await session.bins.add({ name, url: binsUrl, key, reserve: true })
    session.bins.setKey(id, key, { remember: false })
    await session.bins.apply(id)
    return { bin: id, problem: null }
  } catch (error) {
    // Nothing the plugin could take: editing and the snapshot work all the same.
    return { bin: null, problem: error instanceof Error ? error.message : String(error) }
  }
}

function isLocal(url: string): boolean {
  const { hostname } = new URL(url)
  return hostname === '127.0.0.1' || hostname === 'localhost' || hostname === '[::1]'
}

function urlsOf(parts: {
  readonly relay: Relay
  readonly bins: LocalBins
  readonly binsUrl: string
  readonly room: string
  readonly bin: string | null
  readonly problem: string | null
}): DevUrls {
  const { relay, bins, binsUrl, room, bin, problem } = parts
  const reader =
    bins.accessKeys().find(({ name }) => name === readerKeyName) ?? bins.createAccessKey(readerKeyName, { read: true })
  return {
    editor: `${relay.httpUrl}/?room=${encodeURIComponent(room)}`,
    webSocket: `${relay.url}/${room}`,
    bin: bin === null ? null : { id: bin, url: `${binsUrl}/b/${bin}/latest` },
    binProblem: problem,
    readHeaders: { 'X-Access-Key': reader.key, 'X-Bin-Meta': false },
    masterKey: bins.masterKey,
    snapshot: `${relay.httpUrl}/rooms/${room}/snapshot`,
  }
}
