/**
 * All facts of a Y.Doc, in the places they are read from: nodes of the tree, the product's registers, seeds. Follows the
 * Y.Doc transaction by transaction.
 */
import type * as Y from 'yjs'
import type { Clock } from './clock.ts'
import { type Fact, isRegisterId, readFact, type StoredFact } from './fact.ts'
import { lanePrefix, readRootName, seedRootName } from './format.ts'
import { findNode, type Node } from './node.ts'
import { createRegisters, type Registers } from './registers.ts'
import { createSeedRecord, type SeedRecord } from './seed-record.ts'
import { addFact, putSeeds, removeFact } from './tree-facts.ts'
import { createTree, type Tree } from './tree.ts'
import type { Entries, StoredEntry } from './yjs-entries.ts'

export interface FactStore {
  readonly tree: Tree
  readonly registers: Registers
  readonly entries: Entries
  readonly seeds: ReadonlyMap<string, SeedRecord>
  /** Another number whenever a fact or seed came or went. */
  readonly revision: number
  /** A later major version wrote here: nothing more is read. */
  readonly isTooNew: boolean
  /** Entries that count for nothing here; they are kept. */
  readonly ignored: number
  /** Whether since the tree was last viewed only values changed: everything stands where it stood. */
  readonly keptShape: boolean
  /** Puts the seeds in force that are known by now. To be called before the tree is read. */
  settle(): void
  /** What a transaction brought; undefined where it brought nothing. Facts put in by {@link FactStore.add} are not told again. */
  follow(transaction: Y.Transaction): FactBatch | undefined
  /** Puts a fact in that is not yet written, or takes it out again. */
  add(fact: Fact): void
  remove(fact: Fact): void
  /** Writes facts that were put in by {@link FactStore.add}; inside a transaction. */
  append(root: string, facts: readonly Fact[]): void
  /** Erases facts that were taken out by {@link FactStore.remove}; inside a transaction. */
  erase(facts: readonly Fact[]): void
  isErased(fact: Fact): boolean
  /** Writes entries of a seed; inside a transaction. */
  appendSeed(root: string, entries: readonly unknown[]): void
  /** Starts to follow a root; inside a transaction. */
  openRoot(root: string): void
  /** Writes facts that are not in yet, and erases others, as another device would; inside a transaction. */
  putLane(root: string, facts: readonly StoredFact[], outdone: readonly Fact[]): void
  /** The record of a seed, made if there is none. */
  seedRecord(time: number, hash: string): SeedRecord
  factsAt(id: string): readonly Fact[]
  allFacts(): Iterable<Fact>
}

export interface FactBatch {
  /** By others. */
  readonly added: readonly Fact[]
  /** By this device, through {@link FactStore.append}. */
  readonly own: readonly Fact[]
  readonly removed: readonly Fact[]
  /** Facts of tokens, or seeds: something may show differently. */
  readonly touchesTokens: boolean
  readonly touchesRegisters: boolean
}

export function createFactStore(entries: Entries, clock: Clock): FactStore {
  const tree = createTree()
  const registers = createRegisters()
  const seeds = new Map<string, SeedRecord>()
  const openRoots = new Set<string>()
  const records = new Map<string, SeedRecord>()
  const lanes = new Map<string, string>()
  const newer: string[] = []
  /** Places of facts that are in already, until their transaction is followed. */
  let written: { readonly client: number; readonly from: number; readonly to: number }[] = []
  let ownFacts: Fact[] = []
  let wroteOwn = false
  let revision = 0
  let isTooNew = false
  let ignored = 0
  let seedsStale = false

  const put = (fact: Fact): boolean => {
    revision++
    if (isRegisterId(fact.id)) registers.add(fact)
    else if (!addFact(tree, fact)) return false
    clock.see(fact.t)
    return true
  }
  const factsOf = (id: string): readonly Fact[] =>
    isRegisterId(id) ? registers.factsAt(id) : (findNode(tree.root, id, false)?.facts ?? [])
  const takeOut = (fact: Fact): boolean => {
    revision++
    return isRegisterId(fact.id) ? registers.remove(fact) : removeFact(tree, fact)
  }

  const seedRecord = (time: number, hash: string): SeedRecord => {
    const name = seedRootName(time, hash)
    let record = seeds.get(name)
    if (!record) {
      record = createSeedRecord(name, time, hash)
      seeds.set(name, record)
    }
    return record
  }
  const take = ({ root, entry, client, clock: at }: StoredEntry): Fact | undefined => {
    const record = records.get(root)
    if (record) {
      record.add(entry)
      seedsStale = true
      return undefined
    }
    const fact = readFact(entry, lanes.get(root) as string)
    if (!fact) {
      ignored++
      return undefined
    }
    fact.client = client
    fact.clock = at
    if (put(fact)) return fact
    ignored++
    return undefined
  }
  const open = (roots: readonly string[]): readonly StoredEntry[] => {
    const followed: string[] = []
    for (const root of roots) {
      const name = readRootName(root)
      if (name.kind === 'newer') newer.push(root)
      if (openRoots.has(root) || (name.kind !== 'lane' && name.kind !== 'seed')) continue
      openRoots.add(root)
      followed.push(root)
      if (name.kind === 'lane') lanes.set(root, name.lane)
      else records.set(root, seedRecord(name.time, name.hash))
    }
    return entries.open(followed)
  }
  const openRoot = (root: string): void => {
    if (!openRoots.has(root)) for (const entry of open([root])) take(entry)
  }
  const isWritten = ({ client, clock: at }: StoredEntry): boolean =>
    written.some((range) => range.client === client && at >= range.from && at < range.to)

  const store: FactStore = {
    tree,
    registers,
    entries,
    seeds,
    get revision() {
      return revision
    },
    get keptShape() {
      return !seedsStale && !tree.reshaped && !tree.movesStale
    },
    get isTooNew() {
      return isTooNew
    },
    get ignored() {
      return ignored
    },
    settle: () => {
      if (!seedsStale) return
      seedsStale = false
      revision++
      const known = [...seeds.values()].filter((record) => record.inForce())
      const whole = known.filter((record) => record.whole)
      const inForce = (whole.length > 0 ? whole : known).toSorted(newestSeedFirst)
      for (const record of inForce) clock.seeSeed(record.time)
      putSeeds(
        tree,
        inForce.flatMap((record) => record.inForce() ?? []),
      )
    },
    follow: (transaction) => {
      if (isTooNew) return undefined
      const changes = entries.changesOf(transaction)
      const fresh = open(entries.newRoots())
      isTooNew = newer.some(entries.exists)
      if (isTooNew) return undefined
      const added: Fact[] = []
      const removed: Fact[] = []
      let seedsChanged = false
      for (const entry of [...changes.added, ...fresh]) {
        if (records.has(entry.root)) seedsChanged = true
        if (isWritten(entry)) continue
        const fact = take(entry)
        if (fact) added.push(fact)
      }
      for (const { root, entry, client, clock: at } of changes.removed) {
        const record = records.get(root)
        if (record) {
          record.remove(entry)
          seedsStale = true
          seedsChanged = true
          continue
        }
        const id: unknown = Array.isArray(entry) ? entry[0] : undefined
        if (typeof id !== 'string') continue
        const fact = factsOf(id).find((each) => each.client === client && each.clock === at)
        if (fact && takeOut(fact)) removed.push(fact)
      }
      const own = ownFacts
      const wrote = wroteOwn
      ownFacts = []
      wroteOwn = false
      written = []
      if (!wrote && !seedsChanged && added.length === 0 && removed.length === 0) return undefined
      const all = [...added, ...removed]
      return {
        added,
        own,
        removed,
        touchesTokens: wrote || seedsChanged || all.some((fact) => !isRegisterId(fact.id)),
        touchesRegisters: wrote || all.some((fact) => isRegisterId(fact.id)),
      }
    },
    add: (fact) => {
      put(fact)
    },
    remove: (fact) => {
      takeOut(fact)
    },
    append: (root, facts) => {
      const { client, clock: from } = entries.append(
        root,
        facts.map((fact) => fact.entry),
      )
      for (const [i, fact] of facts.entries()) {
        fact.client = client
        fact.clock = from + i
      }
      written.push({ client, from, to: from + facts.length })
      ownFacts.push(...facts)
      wroteOwn = true
    },
    erase: (facts) => {
      entries.erase(facts.map(storedAs))
      wroteOwn = true
    },
    isErased: (fact) => entries.isErased(storedAs(fact)),
    appendSeed: (root, seedEntries) => {
      openRoot(root)
      entries.append(root, seedEntries)
    },
    openRoot,
    putLane: (root, facts, outdone) => {
      openRoot(root)
      entries.append(root, facts)
      entries.erase(outdone.map(storedAs))
    },
    seedRecord,
    factsAt: factsOf,
    *allFacts() {
      const nodes: Node[] = [tree.root]
      for (let node = nodes.pop(); node; node = nodes.pop()) {
        yield* node.facts
        if (node.kids) for (const kid of node.kids.values()) nodes.push(kid)
      }
      yield* registers.all()
    },
  }
  const found = open(entries.newRoots())
  isTooNew = newer.some(entries.exists)
  if (!isTooNew) for (const entry of found) take(entry)
  return store
}

function storedAs({ lane, entry, client, clock }: Fact): StoredEntry {
  return { root: lanePrefix + lane, entry, client, clock }
}

function newestSeedFirst(a: SeedRecord, b: SeedRecord): number {
  return b.time - a.time || (a.hash < b.hash ? 1 : -1)
}
