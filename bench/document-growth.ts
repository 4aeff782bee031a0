/** The budgets on what years of work leave behind, without any compaction. */
import { createHash } from 'node:crypto'
import * as Y from 'yjs'
import { factAccessOf } from '../src/doc/fact-access.ts'
import { createTokenDocument, type TokenDocument } from '../src/doc/index.ts'
import { createFastEntries, type StoredEntry } from '../src/doc/yjs-entries.ts'
import { generateTokenFile, type TokenPlace, tokenPlaces } from '../test/support/generated-tokens.ts'
import { createRandom, type Random } from '../test/support/random.ts'
import { collectGarbage, heldAt, median, type Measurement, timed } from './measurement.ts'

export function* measureGrowth(): Iterable<Measurement> {
  yield* measureOverwrites()
  yield measureDevices()
  yield* measureYear()
  yield* measureMerges()
}

/** Ten devices take turns on 100 keys, 100 edits a turn. */
function* measureOverwrites(): Iterable<Measurement> {
  const overwrites = 1_000_000
  const ydoc = new Y.Doc()
  const keys = Array.from({ length: 100 }, (_, i) => `button.background.hover-${i}`)
  const first = createTokenDocument(ydoc, { lane: 'device00' })
  first.addSet('core')
  first.transact(() => {
    for (const key of keys) first.set('core', key, { $value: '#000000', $type: 'color' })
  })
  first.destroy()
  const random = createRandom(3)
  const { ms: editMs } = timed(() => {
    for (let turn = 0; turn < overwrites / 100; turn++) {
      const device = turn % 10
      ydoc.clientID = 1_000 + device
      const document = createTokenDocument(ydoc, { lane: `device0${device}` })
      for (let i = 0; i < 100; i++) document.update('core', random.pick(keys), { $value: colorOf(turn * 100 + i) })
      document.destroy()
    }
  })
  const state = Y.encodeStateAsUpdate(ydoc)
  const note = `${overwrites.toLocaleString('en')} overwrites of 100 keys by 10 devices, ${(editMs / overwrites).toFixed(3)} ms each`
  yield { id: 'document.overwrites', value: state.length / 1000, unit: 'kB', budget: '<= 20', note }
  yield {
    id: 'document.overwrites.load',
    value: medianMs(15, () => loaded(state).getSnapshot()),
    unit: 'ms',
    budget: '<= 10',
    note: 'that state to first JSON',
  }
}

/** 1,000 devices, one edit each; a header of 64 characters. */
function measureDevices(): Measurement {
  const devices = 1_000
  const ydoc = new Y.Doc()
  const seed = createTokenDocument(ydoc, { lane: 'device0000' })
  seed.import(generateTokenFile({ tokens: 1_000 }))
  const places = tokenPlaces(seed.getSnapshot())
  seed.destroy()
  const before = Y.encodeStateAsUpdate(ydoc).length
  const random = createRandom(9)
  for (let device = 0; device < devices; device++) {
    ydoc.clientID = sessionId(random)
    const { set, path } = places[device] as TokenPlace
    const document = createTokenDocument(ydoc, {
      lane: random.id(8),
      user: { id: random.id(22), name: random.id(22) },
      app: random.id(20),
    })
    document.update(set, path, { $value: colorOf(device) })
    document.destroy()
  }
  return {
    id: 'document.devices',
    value: (Y.encodeStateAsUpdate(ydoc).length - before) / devices,
    unit: 'B',
    budget: '<= 250',
    note: 'state beyond the seed per device, 1,000 devices, one edit each',
  }
}

/**
 * A year of a team: 100 devices with 100 sessions each, 100 edits a session. In every tenth session one edit renames a
 * token, one creates one, and one deletes what somebody created; all others change a value.
 *
 * The facts are put into the lanes as the writer puts them, erasing what they outdo; through the public interface the 10,000
 * sessions alone, each of which opens the document, would take an hour.
 */
function* measureYear(): Iterable<Measurement> {
  const devices = 100
  const sessions = 10_000
  const editsEach = 100
  const file = generateTokenFile({ tokens: 20_000 })
  const document = imported(file)
  const places = tokenPlaces(document.getSnapshot())
  document.destroy()
  const { ydoc } = document
  const random = createRandom(17)
  const entries = createFastEntries(ydoc)
  const lanes = Array.from({ length: devices }, () => random.id(8))
  entries.open(lanes.map((lane) => `v1/lane/${lane}`))
  /** Register → where its fact stands. */
  const standing = new Map<string, StoredEntry>()
  const created: { readonly id: string; readonly lane: string; readonly t: number }[] = []
  let t = (Date.parse('2026-01-02T00:00:00Z') * 1024) as number
  let edits = 0
  const write = (lane: string, facts: readonly (readonly unknown[])[]): void => {
    const root = `v1/lane/${lane}`
    const outdone: StoredEntry[] = []
    const { client, clock } = entries.append(root, facts)
    for (const [i, fact] of facts.entries()) {
      const register = `${String(fact[1])} ${String(fact[0])}`
      const old = standing.get(register)
      if (old && fact[1] !== 'c' && fact[1] !== 'x') outdone.push(old)
      standing.set(register, { root, entry: fact, client, clock: clock + i })
    }
    entries.erase(outdone)
  }
  for (let session = 0; session < sessions; session++) {
    const lane = lanes[session % devices] as string
    ydoc.clientID = sessionId(random)
    const facts = new Map<string, readonly unknown[]>()
    const put = (...fact: readonly unknown[]): void => void facts.set(`${String(fact[1])} ${String(fact[0])}`, fact)
    if (session < devices)
      put(
        `/~y/lanes/${lane}`,
        'v',
        JSON.stringify({ user: random.id(20), name: random.id(20), app: 'y-tokens/1.0' }),
        t,
      )
    for (let i = 0; i < editsEach; i++) {
      t += 1024 * (1 + random.int(4000))
      edits++
      const id = idOfPlace(random.pick(places))
      const reshapes = session % 10 === 0
      if (reshapes && i === 0) put(id, 'n', `renamed-${random.id(5)}`, t)
      else if (reshapes && i === 1) {
        const own = `${id.slice(0, id.lastIndexOf('/'))}/new-${random.id(6)}`
        put(own, 'c', '{"$type":"color","$value":"#06f"}', t, `b0${random.id(2)}V`)
        created.push({ id: own, lane, t })
      } else if (reshapes && i === 2 && created.length > 50) {
        const gone = created.splice(random.int(created.length), 1)[0]
        if (gone && gone.lane !== lane) put(gone.id, 'x', JSON.stringify({ [gone.lane]: gone.t }), t)
      } else put(`${id}/$value`, 'v', JSON.stringify(colorOf(edits)), t)
    }
    ydoc.transact(() => write(lane, [...facts.values()]))
  }
  const state = Y.encodeStateAsUpdate(ydoc)
  const after = loaded(state)
  const content = after.toText()
  yield {
    id: 'document.year',
    value: state.length / bytesOf(content),
    unit: '×',
    budget: '<= 3',
    note: `${edits.toLocaleString('en')} edits by ${devices} devices in ${sessions.toLocaleString('en')} sessions, 20,000 tokens: ${inMb(state.length)} of state, ${inMb(bytesOf(content))} of minified JSON`,
  }
  yield heldAt(14, loadAgainstImport('document.year.load', state, content))
}

/** Foreign merges as the bridge writes them: one lane each, named by what stands in it. */
function* measureMerges(): Iterable<Measurement> {
  const merges = 10_000
  const document = imported(generateTokenFile({ tokens: 5_000 }))
  const access = factAccessOf(document)
  const places = tokenPlaces(document.getSnapshot())
  const random = createRandom(23)
  let { top } = access.vectors()
  for (let i = 0; i < merges; i++) {
    // A hundred sessions of bridges in all.
    if (i % 100 === 0) document.ydoc.clientID = sessionId(random)
    top += 1024 * (1 + random.int(60_000))
    const id = `${idOfPlace(random.pick(places))}/$value`
    const text = JSON.stringify(colorOf(i))
    const hash = createHash('sha256').update(`${i}\n${id}${text}`).digest('hex').slice(0, 13)
    const time = top
    access.putLane(`bin${hash}`, [[id, 'v', text, time]], (fact) => fact.t < time)
  }
  const state = Y.encodeStateAsUpdate(document.ydoc)
  const content = loaded(state).toText()
  const fresh = Y.encodeStateAsUpdate(imported(content).ydoc).length
  yield {
    id: 'document.merges',
    value: (state.length - fresh) / merges,
    unit: 'B',
    budget: '<= 250',
    note: `state beyond the content for each of ${merges.toLocaleString('en')} foreign merges of one change, 5,000 tokens`,
  }
  yield heldAt(20, loadAgainstImport('document.merges.load', state, content))
}

function loadAgainstImport(id: string, state: Uint8Array, content: string): Measurement {
  const loads: number[] = []
  const imports: number[] = []
  for (let round = -2; round < 9; round++) {
    collectGarbage()
    const load = timed(() => loaded(state).getSnapshot()).ms
    collectGarbage()
    const fresh = timed(() => imported(content).getSnapshot()).ms
    if (round < 0) continue
    loads.push(load)
    imports.push(fresh)
  }
  return {
    id,
    value: median(loads) / median(imports),
    unit: '×',
    budget: '<= 5',
    note: `to first JSON ${median(loads).toFixed(0)} ms, a fresh import of the same content ${median(imports).toFixed(0)} ms`,
  }
}

function imported(file: string): TokenDocument {
  const document = createTokenDocument(new Y.Doc())
  document.import(file)
  return document
}

function loaded(state: Uint8Array): TokenDocument {
  const document = createTokenDocument(new Y.Doc())
  Y.applyUpdate(document.ydoc, state)
  return document
}

function medianMs(rounds: number, run: () => unknown): number {
  return median(Array.from({ length: rounds }, () => timed(run).ms))
}

function idOfPlace({ set, path }: TokenPlace): string {
  return ['/values', set, ...path].map((name, i) => (i === 0 ? name : `/${name.replaceAll('/', '~1')}`)).join('')
}

/** Of a session: below those of seeds. */
function sessionId(random: Random): number {
  return 1 + random.int(2 ** 31 - 1)
}

function colorOf(i: number): string {
  return `#${(i % 0x1000000).toString(16).padStart(6, '0')}`
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length
}

function inMb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`
}
