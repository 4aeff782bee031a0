import * as Y from 'yjs'
import { isContainer, stringifyJson } from '../payload/ordered-json.ts'
import { TokenError } from '../payload/token-error.ts'
import { coreOf } from './core-of.ts'
import type { DocumentCore } from './document-core.ts'
import { type Fact, isRegisterId, type StoredFact } from './fact.ts'
import type { FactAccess } from './fact-access-types.ts'
import { lanePrefix } from './format.ts'
import { layersOf } from './layers.ts'
import { resolveMoves } from './moves.ts'
import { findNode, nodesBelow } from './node.ts'
import { unordered } from './order-key.ts'
import { DocumentOrigin } from './origin.ts'
import { childPlace, childrenAt, orderKeyOf, type Place } from './places.ts'
import { writeCopy } from './seeding.ts'

export type { FactAccess, FactField, LaneFact, StoredFact } from './fact-access-types.ts'

const accessByCore = new WeakMap<DocumentCore, FactAccess>()

/** The facts below a document made by `createTokenDocument`. Throws for any other object. */
export function factAccessOf(document: object): FactAccess {
  const core = coreOf(document)
  if (!core) throw new Error('This document was not made by createTokenDocument of this copy of y-tokens')
  let access = accessByCore.get(core)
  if (!access) accessByCore.set(core, (access = createFactAccess(core)))
  return access
}

function createFactAccess(core: DocumentCore): FactAccess {
  const { ydoc, store, shown, registerChanges } = core
  const { registers, tree, entries } = store

  return {
    ydoc,
    get setsId() {
      return shown.setsId
    },
    get ignoredEntries() {
      return store.ignored
    },
    childOf: (parentId, name) => {
      const parent = shown.placeOf(parentId)
      return parent && childPlace(parent, name)?.id
    },
    pathOf: (id) => {
      const place = shown.placeOf(id)
      const names = place && namesBelowSets(place, shown.setsId)
      const [set, ...path] = names ?? []
      return set === undefined || !isContainer(place?.view.value) ? undefined : { set, path }
    },
    childrenOf: (parentId) => {
      const parent = shown.placeOf(parentId)
      return (parent ? childrenAt(parent) : []).map(({ place, order }) => ({
        id: place.id,
        name: place.name,
        order: order === unordered ? undefined : order,
      }))
    },
    orderKeyOf: (id) => {
      const place = shown.placeOf(id)
      const order = place && orderKeyOf(place)
      return order === unordered ? undefined : order
    },
    valueOf: (id) => shown.placeOf(id)?.view.value,
    factsAt: (id) => store.factsAt(id).filter((fact) => fact.counts()),
    *factsBelow(id) {
      store.settle()
      resolveMoves(tree)
      const node = findNode(tree.root, id, false)
      if (!node) return
      for (const each of nodesBelow(node)) for (const fact of each.facts) if (fact.counts()) yield fact
    },
    layerTexts: (id) => {
      store.settle()
      const node = findNode(tree.root, id, true)
      const values = node ? layersOf(tree, node).map((layer) => layer.value) : []
      return values.filter((value) => !isContainer(value) || Array.isArray(value)).map((value) => stringifyJson(value))
    },
    vectors: () => {
      const newest = new Map<string, number>()
      store.settle()
      const limit = core.clock.limit()
      let top = Math.max(0, ...tree.seeds.map((seed) => seed.time))
      for (const fact of store.allFacts()) {
        if (!fact.counts()) continue
        newest.set(fact.lane, Math.max(fact.t, newest.get(fact.lane) ?? 0))
        if (fact.t > top && fact.t <= limit) top = fact.t
      }
      return { vv: Object.fromEntries([...newest].toSorted(([a], [b]) => (a < b ? -1 : 1))), top }
    },
    stateVector: () => Y.encodeStateVector(ydoc),
    covers: (stateVector) => {
      try {
        for (const [client, clock] of Y.decodeStateVector(stateVector))
          if (Y.getState(ydoc.store, client) < clock) return false
        return true
      } catch {
        // Damaged bytes name nothing that could be waited for.
        return false
      }
    },
    laneExists: (lane) => entries.exists(lanePrefix + lane),
    putLane: (lane, facts, erase) => {
      core.checkWritable()
      const root = lanePrefix + lane
      if (entries.exists(root)) return false
      store.settle()
      const seen = registersOf(facts).flatMap(({ id, field }) =>
        store.factsAt(id).filter((fact) => fact.field === field),
      )
      const outdone = seen.filter((fact) => fact.counts() && erase(fact))
      ydoc.transact(() => store.putLane(root, facts, outdone), new DocumentOrigin('bridge'))
      return true
    },
    register: (id) => registers.value(id),
    registersBelow: (prefix) => registers.below(prefix),
    setRegister: (id, value) => {
      if (!isRegisterId(id))
        throw new TokenError('invalid-name', `"${id}" is no register: its id must begin with "/~y/".`, { id })
      core.act('local', ({ writer }) => {
        if (JSON.stringify(registers.value(id)) !== JSON.stringify(value)) writer.put(id, 'v', stringifyJson(value))
      })
    },
    onRegisterChange: (listener) => registerChanges.add(listener),
    wholeSeeds: () => [...store.seeds.values()].filter((seed) => seed.whole).map((seed) => seed.name),
    copySeed: (name) => {
      core.checkWritable()
      const copy = store.seeds.get(name)?.copy()
      if (!copy || entries.exists(`${name}/${core.writer.lane}`)) return false
      writeCopy(ydoc, store, name, copy, core.writer.lane)
      return true
    },
  }
}

/** Set name and path; undefined where the place is not in a set. */
function namesBelowSets(place: Place, setsId: string): readonly string[] | undefined {
  const names: string[] = []
  for (let each: Place | null = place; each; each = each.parent) {
    if (each.id === setsId) return names
    names.unshift(each.name)
  }
  return undefined
}

function registersOf(facts: readonly StoredFact[]): readonly Pick<Fact, 'id' | 'field'>[] {
  const unique = new Map(facts.map(([id, field]) => [`${field}${id}`, { id, field }]))
  return [...unique.values()]
}
