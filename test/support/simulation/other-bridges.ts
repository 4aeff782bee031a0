/**
 * How one would keep a bin in step without thinking of blind writers: each a whole strategy on the same documents, service and
 * people. Timing is ours: two seconds after an edit, a poll a minute.
 */
import { createLens } from '../../../src/bridge/lens.ts'
import { type JsonObject, parseJson, stringifyJson } from '../../../src/payload/ordered-json.ts'
import { equalRows, pluginRows } from '../../../src/payload/plugin-rows.ts'
import type { TokenDocument } from '../../../src/doc/index.ts'
import { binId } from './bin-service.ts'
import type { BridgeParts, OtherBridge } from './device.ts'

const debounceMs = 2_000
const pollMs = 60_000

/** Writes what it has, after each edit; never reads. What a plugin saved is gone with the next edit. */
export const blindPut: OtherBridge = (parts) => {
  const { store, document, wall } = parts
  afterEdits(parts, async () => {
    await store.update(binId, bodyOf(document, wall()))
  })
}

/** Takes whatever the bin holds for the truth, then writes what it has: as the documentation of the plugin has it. */
export const remoteWins: OtherBridge = (parts) => {
  syncing(parts, (record) => {
    if (!hasTokens(record)) return
    parts.document.import(record, { mode: 'replace' })
    tookIn(parts)
  })
}

/** Reads, and merges by three ways against the last state that both sides had: what everyone would write. */
export const threeWay: OtherBridge = (parts) => {
  let last: JsonObject | undefined
  syncing(
    parts,
    (record) => {
      if (!hasTokens(record)) return
      const file = JSON.parse(record) as JsonObject
      if (last) mergeThreeWays(parts.document, last, file)
      tookIn(parts)
      last = file
    },
    (body) => {
      last = JSON.parse(body) as JsonObject
    },
  )
}

function tookIn({ lastRead, tookIn: note }: BridgeParts): void {
  const copy = lastRead()
  if (copy) note(copy)
}

function bodyOf(document: TokenDocument, wall: number): string {
  const file = createLens(document).view().file as unknown as Record<string, unknown>
  const updatedAt = new Date(wall - 120_000).toISOString()
  return JSON.stringify({ ...file, $metadata: { ...(file['$metadata'] as object), updatedAt } })
}

function hasTokens(record: string): boolean {
  try {
    return pluginRows(parseJson(record) as JsonObject).tokens.size > 0
  } catch {
    // Half a record: these strategies do no more than wait for the next.
    return false
  }
}

function afterEdits({ document, after }: BridgeParts, run: () => Promise<void>): void {
  let isDue = false
  const go = (): void => {
    isDue = false
    run().catch(() => later(10_000))
  }
  const later = (ms: number): void => {
    if (isDue) return
    isDue = true
    after(ms, go)
  }
  document.subscribe(() => later(debounceMs))
}

/** Read, take in, write where it differs: after each edit, and once a minute. */
function syncing(
  parts: BridgeParts,
  takeIn: (record: string) => void,
  onWrote: (body: string) => void = () => undefined,
): void {
  const { store, document, wall, after } = parts
  let isBusy = false
  const sync = async (): Promise<void> => {
    if (isBusy || document.state !== 'whole') return
    isBusy = true
    try {
      const { record } = await store.read(binId)
      takeIn(record)
      const rows = createLens(document).view().rows
      if (hasTokens(record) && equalRows(rows, pluginRows(parseJson(record) as JsonObject))) return
      const body = bodyOf(document, wall())
      await store.update(binId, body)
      onWrote(body)
    } finally {
      isBusy = false
    }
  }
  const poll = (): void => {
    sync().catch(() => undefined)
    after(pollMs, poll)
  }
  afterEdits(parts, sync)
  after(1_000, poll)
}

/** Token by token and field by field; where both sides changed a field, the document keeps its own. */
function mergeThreeWays(document: TokenDocument, last: JsonObject, file: JsonObject): void {
  const before = pluginRows(last).tokens
  const now = pluginRows(file).tokens
  const ours = pluginRows(JSON.parse(stringifyJson(createLens(document).view().file)) as JsonObject).tokens
  document.transact(() => {
    for (const [key, row] of now) {
      const [set, ...path] = key.slice(1).split('/').map(unescape) as [string, ...string[]]
      const base = before.get(key)
      const own = ours.get(key)
      for (const [field, text] of Object.entries(row)) {
        const isTheirs =
          text !== base?.[field] && (own === undefined ? base === undefined : own[field] === base?.[field])
        if (isTheirs) tryTo(() => setField(document, set, path, field, text))
      }
    }
    for (const [key, row] of before) {
      if (now.has(key) || JSON.stringify(ours.get(key)) !== JSON.stringify(row)) continue
      const [set, ...path] = key.slice(1).split('/').map(unescape) as [string, ...string[]]
      tryTo(() => document.remove(set, path))
    }
  })
}

function setField(document: TokenDocument, set: string, path: string[], field: string, text: string): void {
  const [name, part] = field.split('/') as [string, string | undefined]
  const token = document.get(set, path)
  const key = token && 'value' in token ? name.slice(1) : name
  const value: unknown = JSON.parse(text)
  if (!token) document.set(set, path, { $type: 'other', $value: '' })
  document.update(set, path, { [key]: part === undefined ? value : { [part]: value } })
}

function unescape(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~')
}

/** A place that is taken, or gone: a strategy without names to follow leaves it at that. */
function tryTo(run: () => void): void {
  try {
    run()
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'TokenError') throw error
  }
}
