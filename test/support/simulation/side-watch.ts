/** What the side document says of writes to the bin: which were read, and which facts were made of them. */
import type * as Y from 'yjs'
import { classify, updatedAtOf } from '../../../src/bridge/classify.ts'
import { writeIdOf } from '../../../src/bridge/plan-merge.ts'
import type { StoredFact } from '../../../src/doc/fact-access.ts'
import { pluginPull } from '../plugin-emulator.ts'
import { type BinService, masterKey } from './bin-service.ts'
import { type Copy, marksIn } from './ledger.ts'

/** Which writes to the bin have which id. */
export interface WriteIndex {
  copiesOf(write: string): readonly Copy[]
}

export function createWriteIndex(service: Pick<BinService, 'puts'>): WriteIndex {
  const byWrite = new Map<string, Copy[]>()
  let indexed = 0
  return {
    copiesOf: (write) => {
      for (const { copy } of service.puts.slice(indexed)) {
        const reading = classify(copy.text, () => true)
        if (reading.kind !== 'ours' && reading.kind !== 'foreign') continue
        const id = writeIdOf(reading.rows, updatedAtOf(reading.file))
        byWrite.set(id, [...(byWrite.get(id) ?? []), copy])
      }
      indexed = service.puts.length
      return byWrite.get(write) ?? []
    },
  }
}

interface Entry {
  readonly kind: string
  readonly id: string
  readonly body: {
    readonly kind?: string
    readonly write?: string
    readonly lane?: string
    readonly facts?: readonly StoredFact[]
  }
}

export interface SideWatch {
  /** What the side document has had since the last call: files of others, and ids of merges. */
  news(): { readonly files: readonly Copy[]; readonly merges: readonly string[] }
  /** Facts of merges that the document has had since the last call, as the files and marks behind them. */
  newLanes(): readonly { readonly copy: Copy; readonly marks: ReadonlySet<string> }[]
  /** What is wrong with a body that is about to be sent. */
  problemOf(text: string): string | undefined
}

const lanePrefix = 'v1/lane/bin'

export function createSideWatch(index: WriteIndex, ydoc: Y.Doc, side: Y.Doc): SideWatch {
  const read = new Map<string, number>()
  const lanes = new Set<string>()

  const newEntries = (): readonly Entry[] =>
    [...side.share.keys()].flatMap((root) => {
      const array = side.getArray<Stored>(root)
      const from = Math.min(read.get(root) ?? 0, array.length)
      read.set(root, array.length)
      return from === array.length ? [] : array.slice(from).map(parseEntry)
    })
  const newLaneNames = (): string[] => {
    const names = [...ydoc.share.keys()].filter((root) => root.startsWith(lanePrefix) && !lanes.has(root))
    for (const name of names) lanes.add(name)
    return names
  }
  for (const root of side.share.keys()) read.set(root, side.getArray(root).length)
  newLaneNames()

  return {
    news: () => {
      const entries = newEntries()
      return {
        files: entries.flatMap((entry) => filesBehind(entry, index)),
        merges: entries.flatMap(({ kind, id }) => (kind === 'merge' ? [id] : [])),
      }
    },
    newLanes: () => {
      const found = newLaneNames()
      if (found.length === 0) return []
      const merges = storedIn(side).filter(
        ([kind, , , json]) => kind === 'merge' && found.some((name) => json.includes(name.slice(lanePrefix.length))),
      )
      return merges.map(parseEntry).flatMap(({ body }) => {
        if (!found.includes(`v1/lane/${body.lane}`)) return []
        const marks = marksIn(JSON.stringify(body.facts))
        return index.copiesOf(body.write ?? '').map((copy) => ({ copy, marks }))
      })
    },
    problemOf: (text) => {
      if (text.includes(masterKey)) return 'I11: a key stands in a body'
      const file = JSON.parse(text) as { readonly $metadata: { readonly 'y-tokens': { readonly id: string } } }
      try {
        pluginPull(file)
      } catch (error) {
        return `I8: the plugin refuses a body: ${String(error)}`
      }
      const id = file.$metadata['y-tokens'].id
      const isStored = storedIn(side).some(([kind, stored]) => kind === 'snap' && stored === id)
      return isStored ? undefined : 'I7: a body is sent whose snapshot is not stored'
    },
  }
}

/** Of a snapshot of somebody else's file, the writes to the bin that it may come from. */
export function filesBehind({ kind, body }: Entry, index: WriteIndex): readonly Copy[] {
  return kind === 'snap' && body.kind === 'seen' && body.write ? index.copiesOf(body.write) : []
}

/** All entries of a side document. Its own format, read without the code under test. */
export function entriesOf(side: Y.Doc): readonly Entry[] {
  return storedIn(side).map(parseEntry)
}

type Stored = readonly [kind: string, id: string, t: number, json: string]

function storedIn(side: Y.Doc): readonly Stored[] {
  return [...side.share.keys()].flatMap((root) => side.getArray<Stored>(root).toArray())
}

function parseEntry([kind, id, , json]: Stored): Entry {
  return { kind, id, body: JSON.parse(json) as Entry['body'] }
}
