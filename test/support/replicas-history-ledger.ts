import { expect } from 'vitest'
import * as Y from 'yjs'
import type { Conflict } from '../../src/doc/index.ts'
import { tokenPlaces } from './generated-tokens.ts'
import { peek } from './generated-tokens-sample.ts'
import type { Random } from './random.ts'
import { laneFacts, readRoots, tokenFacts } from './replicas-facts.ts'
import type { Scenario } from './replicas-history.ts'
import {
  type Container,
  erasedBy,
  expectedTokens,
  type Fields,
  nameOf,
  type Operation,
  type Register,
  type SeedFile,
  type TokenBirth,
} from './replicas-history-oracle.ts'
import type { Replica, Replicas } from './replicas.ts'

export interface LedgerOptions {
  readonly skewMs?: number
  /**
   * Storage loses its tail. Then messages of one sender come in order: where an update overtook an earlier one of its author,
   * its erasures are in force before what replaces the erased, and a crash of the author that takes the earlier update then
   * takes both values.
   */
  readonly losesTails?: boolean
  /** Newer files, which others took in apart and come with later. */
  readonly files?: boolean
}

/**
 * A scenario with an independent oracle: it keeps a ledger of what each author did and had seen, and demands the tokens and
 * conflicts that `replicas-history-oracle.ts` computes from it. Tokens have unique names and a `uid`, by which they are found.
 */
export function ledgerScenario(options: LedgerOptions = {}): Scenario {
  const { skewMs = 600_000, losesTails = false, files = false } = options
  const ledger = createLedger()
  const { act, check, lateFile } = ledger
  return { files: () => [ledger.file], skewMs, losesTails, ordered: losesTails, act, check, ...(files && { lateFile }) }
}

type What = Operation['what']
type Place = { readonly set: string; readonly path: readonly string[] }

const setNames = ['s0', 's1', 's2']
const groupNames = ['', 'g0', 'g1']
const containers: readonly Container[] = setNames.flatMap((set) => groupNames.map((group) => ({ set, group })))

/** A file as the ledger knows it, before it was taken in anywhere. */
type FileTokens = ReadonlyMap<string, Fields>

function createLedger(): {
  readonly file: string
  readonly act: Scenario['act']
  readonly check: (replicas: Replicas) => void
  readonly lateFile: (random: Random, newcomer: Replica) => string
} {
  const births = new Map<string, TokenBirth>()
  const operations: Operation[] = []
  /** By the time they name. */
  const files = new Map<string, FileTokens>()
  let fileCount = 0

  const firstFile = new Map<string, Fields>()
  for (const home of containers)
    for (let i = 0; i < 3; i++) {
      const uid = `${home.set}-${home.group}-${i}`
      births.set(uid, { home, name: `t-${uid}` })
      firstFile.set(uid, fieldsOf(uid, i === 0))
    }

  const fileText = (tokens: FileTokens, savedAt: string): string => {
    files.set(savedAt, tokens)
    const values: Record<string, Record<string, unknown>> = {}
    for (const { set, group } of containers) {
      const inSet = (values[set] ??= {})
      if (group !== '') inSet[group] = {}
    }
    for (const [uid, fields] of tokens) {
      const { home, name } = births.get(uid)!
      const inSet = values[home.set]!
      const parent = home.group === '' ? inSet : (inSet[home.group] as Record<string, unknown>)
      parent[name] = fields
    }
    return JSON.stringify({ values, $themes: [], $metadata: { tokenSetOrder: setNames, updatedAt: savedAt } })
  }
  const file = fileText(firstFile, '2026-01-01T00:00:00.000Z')

  const known = (replica: Replica): Operation[] => operations.filter((operation) => knows(replica.ydoc, operation))

  /** What is shown for a token now, by its uid. */
  const find = (replica: Replica, uid: string): Place | undefined => {
    const json = replica.document.getSnapshot()
    return tokenPlaces(json).find(({ set, path }) => peek(json.values[set], `${path.join('/')}/uid`) === uid)
  }
  const placeOf = (replica: Replica, container: Container): Place | undefined => {
    const operationsHere = known(replica)
    const set = nameOf({ set: container.set, group: '' }, operationsHere)
    const path = container.group === '' ? [] : [nameOf(container, operationsHere)]
    return replica.document.get(set, path) === undefined ? undefined : { set, path }
  }

  const record = (replica: Replica, what: What, run: () => void): void => {
    const seen = new Set(known(replica))
    const newest = Math.max(0, ...tokenFacts(replica.ydoc).map(({ fact }) => fact[3]))
    const before = Y.getState(replica.ydoc.store, replica.ydoc.clientID)
    run()
    const clock = Y.getState(replica.ydoc.store, replica.ydoc.clientID)
    expect(clock, `operation ${operations.length} wrote nothing`).toBeGreaterThan(before)
    const t = laneFacts(replica.ydoc, replica.lane).at(-1)![3]
    expect(t).toBeGreaterThanOrEqual(replica.now() * 1024)
    expect(t).toBeGreaterThan(newest)
    const { lane, ydoc } = replica
    const erased = erasedBy(what, seen)
    operations.push({ number: operations.length, t, lane, client: ydoc.clientID, clock, seen, erased, what })
  }

  const create = (replica: Replica, uid: string, at: Place, name: string, fields: Fields): void =>
    record(replica, { kind: 'create', uid, fields }, () =>
      replica.document.set(at.set, [...at.path, name], fields as never),
    )

  const actOnContainer = (replica: Replica, random: Random, count: number, isRename: boolean): void => {
    const container = random.pick(containers)
    const at = placeOf(replica, container)
    const { document } = replica
    const isSet = container.group === ''
    if (!at) return
    if (isRename) {
      const name = `${container.group || container.set}-${count}`
      return record(replica, { kind: 'rename', container, name }, () =>
        isSet ? document.renameSet(at.set, name) : document.rename(at.set, at.path, [name]),
      )
    }
    // A set goes rarely, or nothing would be left.
    if (isSet && random.chance(0.8)) return
    record(replica, { kind: 'delete', container }, () =>
      isSet ? document.removeSet(at.set) : document.remove(at.set, at.path),
    )
  }

  const act = (replica: Replica, random: Random, count: number): void => {
    const { document } = replica
    const kind = random.next()
    if (kind < 0.1) {
      const home = random.pick(containers)
      const at = placeOf(replica, home)
      if (!at) return
      const uid = `new-${count}`
      births.set(uid, { home, name: `t-${uid}` })
      return create(replica, uid, at, `t-${uid}`, fieldsOf(uid, random.chance(0.3)))
    }
    if (kind < 0.14) return actOnContainer(replica, random, count, true)
    if (kind < 0.18) return actOnContainer(replica, random, count, false)
    const uid = random.pick([...births.keys()])
    const { home, name } = births.get(uid)!
    const place = find(replica, uid)
    if (!place) {
      const at = placeOf(replica, home)
      if (!at || isMover(uid) || random.chance(0.3)) return
      return create(replica, uid, at, name, {
        ...fieldsOf(uid, isComposite(firstFieldsOf(uid))),
        $description: `again ${count}`,
      })
    }
    if (kind < 0.27) return record(replica, { kind: 'delete', uid }, () => document.remove(place.set, place.path))
    const write = (register: Register, value: unknown, run: () => void): void =>
      record(replica, { kind: 'write', uid, register, value }, run)
    if (kind < 0.37) {
      const to = `r-${count}`
      return write('name', to, () => document.rename(place.set, place.path, [...place.path.slice(0, -1), to]))
    }
    if (kind < 0.5 && isMover(uid)) {
      const target = random.pick(containers)
      const at = placeOf(replica, target)
      if (!at) return
      const to = [...at.path, place.path.at(-1)!]
      if (at.set === place.set && to.join('/') === place.path.join('/')) return
      return write('place', target, () => document.move(place.set, place.path, at.set, to))
    }
    const shown = document.get(place.set, place.path) as Fields
    const composite = isComposite(shown)
    const value = `v${count}`
    if (composite && isMover(uid) && random.chance(0.25))
      return write('$value', `{ref.${count}}`, () =>
        document.update(place.set, place.path, { $value: `{ref.${count}}` }),
      )
    const register: Register = random.chance(0.4)
      ? '$description'
      : composite
        ? random.pick(['$value/fontSize', '$value/lineHeight'])
        : '$value'
    const [field, part] = register.split('/')
    write(register, value, () =>
      document.update(place.set, place.path, { [field!]: part === undefined ? value : { [part]: value } }),
    )
  }

  const firstFieldsOf = (uid: string): Fields => {
    for (const tokens of files.values()) if (tokens.has(uid)) return tokens.get(uid)!
    const created = operations.find(({ what }) => what.kind === 'create' && what.uid === uid)?.what
    return created?.kind === 'create' ? created.fields : {}
  }

  /** An earlier file with some values changed, some tokens gone and some new, saved within the last ten minutes. */
  const lateFile = (random: Random, newcomer: Replica): string => {
    const tokens = new Map<string, Fields>()
    for (const [uid, fields] of random.pick([...files.values()])) {
      if (random.chance(0.12)) continue
      const isChanged = random.chance(0.25)
      const field = isComposite(fields) || random.chance(0.4) ? '$description' : '$value'
      tokens.set(uid, isChanged ? { ...fields, [field]: `file ${files.size} ${random.int(3)}` } : fields)
    }
    const uid = `file-${fileCount++}`
    births.set(uid, { home: random.pick(containers), name: `t-${uid}` })
    tokens.set(uid, fieldsOf(uid, false))
    return fileText(tokens, new Date(newcomer.now() - random.int(600_000)).toISOString())
  }

  /** The files that stand in the document, by what their root says of when they were saved. */
  const seedsIn = (ydoc: Y.Doc): SeedFile[] => {
    const seeds: SeedFile[] = []
    for (const [root, entries] of readRoots(ydoc)) {
      if (!root.startsWith('v1/seed/')) continue
      const [, , text, ver] = entries[0] as readonly [string, string, string, number]
      const { $metadata } = JSON.parse(text) as { $metadata: { updatedAt: string } }
      seeds.push({ ver, hash: root.split('/')[3]!, tokens: files.get($metadata.updatedAt)! })
    }
    return seeds
  }

  const check = (replicas: Replicas): void => {
    const [first] = replicas.all as readonly [Replica, ...Replica[]]
    // What a crash took before anybody had it never happened.
    operations.splice(0, operations.length, ...known(first))
    const seeds = seedsIn(first.ydoc)
    for (const uid of births.keys())
      if (
        !seeds.some(({ tokens }) => tokens.has(uid)) &&
        !operations.some(({ what }) => what.kind === 'create' && what.uid === uid)
      )
        births.delete(uid)
    const expected = expectedTokens({ births, seeds, operations })
    const story = (uid: string): string => explain(uid, operations, seeds)
    const json = first.document.getSnapshot()
    const shown = new Map<string, { set: string; path: string; token: unknown }>()
    for (const { set, path } of tokenPlaces(json)) {
      const token = peek(json.values[set], path.join('/')) as Record<string, unknown>
      const uid = String(token['uid'])
      expect(shown.has(uid), `${uid} is shown twice`).toBe(false)
      shown.set(uid, { set, path: path.join('/'), token })
    }
    const told = conflictsByPath(first.document.conflicts)
    const nameTold = new Map([...told.keys()].map((path) => [path.slice(path.lastIndexOf('/') + 1), path]))
    for (const [uid, token] of expected) {
      const fault = JSON.stringify(shown.get(uid)) + story(uid)
      expect(shown.get(uid), fault).toEqual(token.shown)
      // A dead one is told of where it was born.
      const path = token.shown ? `${token.shown.set}/${token.shown.path}` : (nameTold.get(births.get(uid)!.name) ?? '')
      const here = told.get(path) ?? {}
      told.delete(path)
      for (const register of new Set([...Object.keys(here), ...Object.keys(token.conflicts)])) {
        const { must, may } = token.conflicts[register] ?? { must: [], may: [] }
        const values = here[register] ?? []
        const faults = [
          ...must.filter((value) => !values.includes(value)),
          ...values.filter((value) => !may.includes(value)),
        ]
        expect(faults, `Conflicts of "${register}": ${values.join(' ')}. ${story(uid)}`).toEqual([])
      }
    }
    for (const uid of shown.keys()) expect(expected.has(uid), `${uid} came from nowhere`).toBe(true)
    // Besides those of tokens, groups and sets renamed by two, or deleted while a newer file changed them.
    for (const [path, open] of told)
      expect([
        path,
        Object.keys(open).filter((register) => register !== 'name' && (register !== '' || seeds.length < 2)),
      ]).toEqual([path, []])
  }

  return { file, act, check, lateFile }
}

/** Half of the tokens are moved and replaced by references, the other half are created anew after their deletion. */
function isMover(uid: string): boolean {
  return uid.length % 2 === 0 ? uid.endsWith('0') || uid.endsWith('2') : !uid.endsWith('1')
}

function isComposite(fields: Fields): boolean {
  return fields['$value'] !== null && typeof fields['$value'] === 'object'
}

function fieldsOf(uid: string, composite: boolean): Fields {
  return composite
    ? { $type: 'typography', $value: { fontSize: '1', lineHeight: '2', fontFamily: 'Inter' }, uid }
    : { $type: 'color', $value: '#000', uid }
}

function knows(ydoc: Y.Doc, operation: Operation): boolean {
  return Y.getState(ydoc.store, operation.client) >= operation.clock
}

/** set/path → register → values that lost, as JSON, sorted. */
function conflictsByPath(conflicts: readonly Conflict[]): Map<string, Readonly<Record<string, readonly string[]>>> {
  const found = new Map<string, Record<string, readonly string[]>>()
  for (const { kind, set, path, field, others } of conflicts) {
    const at = [set, ...path].join('/')
    const registers = found.get(at) ?? {}
    const register = kind === 'value' ? field.join('/') : kind
    registers[register] = [...new Set(others.map(({ value }) => JSON.stringify(value)))].toSorted()
    found.set(at, registers)
  }
  return found
}

/** The story of one token, for the person who reads the failure. */
function explain(uid: string, operations: readonly Operation[], seeds: readonly SeedFile[]): string {
  const about = operations.filter(
    ({ what }) => ('uid' in what && what.uid === uid) || (what.kind === 'delete' && what.container),
  )
  const files = seeds.map(({ ver, tokens }) => `file @${ver} ${JSON.stringify(tokens.get(uid)) ?? 'without it'}`)
  const lines = about.map(({ number, lane, t, what, seen }) => {
    const numbers = about.filter((each) => seen.has(each)).map((each) => each.number)
    return `#${number} ${lane}@${t} ${JSON.stringify(what)} saw ${numbers.join(' ')}`
  })
  return `The story of ${uid}:\n${[...files, ...lines].join('\n')}`
}
