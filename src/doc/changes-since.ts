/**
 * What has changed since a snapshot, told as subscribers are told. Of a snapshot that this document gave out it is known which
 * nodes it showed, so a rename is seen as one, and what is still the same object is not looked into. Of any other payload only
 * names are known.
 */
import { parseTokenFile } from '../payload/file-form.ts'
import { getKey, isObject, type Json, type JsonObject, keysOf, toPlain } from '../payload/ordered-json.ts'
import type { ChangeAuthor } from './change-author.ts'
import { changesBetween, type Moment, type TokenChange } from './changes.ts'
import { unitsPerMs } from './clock.ts'
import type { DocumentCore } from './document-core.ts'
import { compareFacts, type Fact } from './fact.ts'
import { seedLane } from './format.ts'
import { authorOf } from './lane.ts'
import { findNode, nodesBelow } from './node.ts'
import { parentIdOf, readSegment } from './node-id.ts'
import type { ChangeOrigin } from './origin.ts'
import { childPlace, type Place, rootPlace } from './places.ts'
import { type Snapshot, snapshotOf } from './snapshot.ts'

export interface ChangesSince {
  /** The snapshot of now, remembered as long as somebody holds it. */
  snapshot(): Snapshot
  since(earlier: Snapshot | JsonObject): readonly TokenChange[]
}

const binLane = /^bin[0-9a-f]{13}$/

export function createChangesSince({ shown, store, writer }: DocumentCore): ChangesSince {
  const moments = new WeakMap<object, Moment>()
  const momentNow = (): Moment => {
    const { value } = shown.view()
    return { root: isObject(value) ? value : {}, snapshot: shown.snapshot(), setsId: shown.setsId }
  }
  const authorAt = (id: string): ChangeAuthor => {
    const fact = newestFor(id)
    const lane = fact?.lane ?? seedLane
    const t = fact?.t ?? store.tree.seeds[0]?.time ?? 0
    return { who: lane === seedLane ? { lane } : authorOf(store.registers, lane), when: Math.floor(t / unitsPerMs) }
  }
  /** At the node, or nearest above it, else below it. */
  const newestFor = (id: string): Fact | undefined => {
    let newest: Fact | undefined
    const take = (fact: Fact): void => {
      if (!newest || compareFacts(newest, fact) < 0) newest = fact
    }
    for (let above = id; above !== '' && !newest; above = parentIdOf(above)) store.factsAt(above).forEach(take)
    const node = newest ? undefined : findNode(store.tree.root, id, false)
    if (node) for (const each of nodesBelow(node)) each.facts.forEach(take)
    return newest
  }
  /** The id of what stands at a path, given as an id of names. */
  const idOfNames = (names: string): string => {
    const [, first = '', ...below] = names.split('/')
    const isSets = first === 'values'
    let place: Place | undefined = isSets ? shown.setsPlace() : rootPlace(store.tree, shown.view())
    let id: string = isSets ? shown.setsId : ''
    for (const segment of isSets ? below : [first, ...below]) {
      place = place && childPlace(place, readSegment(segment).name)
      id = place?.id ?? `${id}/${segment}`
    }
    return id
  }
  const originOfLane = (lane: string): ChangeOrigin => {
    if (lane === seedLane) return 'import'
    if (writer.isOwnLane(lane)) return 'local'
    return binLane.test(lane) ? 'bridge' : 'remote'
  }

  return {
    snapshot: () => {
      const snapshot = shown.snapshot()
      if (!moments.has(snapshot)) moments.set(snapshot, momentNow())
      return snapshot
    },
    since: (earlier) => {
      const known = moments.get(earlier)
      const changes = known
        ? changesBetween(known, momentNow(), authorAt, 'remote')
        : changesBetween(
            byNames(readPayload(earlier)),
            byNames(shown.snapshot()),
            (id) => authorAt(idOfNames(id)),
            'remote',
          )
      return Object.freeze(changes.map((change) => Object.freeze({ ...change, origin: originOfLane(change.who.lane) })))
    },
  }
}

function readPayload(payload: Snapshot | JsonObject): Snapshot {
  const given = payload as JsonObject
  const values = isObject(given) ? getKey(given, 'values') : undefined
  // No file, but what an empty document shows.
  if (isObject(values) && keysOf(values).length === 0) return snapshotOf(given, '/values')
  const { form, root } = parseTokenFile(given)
  return snapshotOf(root, form === 'single' ? '/values' : '')
}

/** Copies, of which no ids are known: what has the same path is the same. */
function byNames(snapshot: Snapshot): Moment {
  const copy = toPlain(snapshot as unknown as Json) as unknown as Snapshot
  return { root: { values: copy.values }, snapshot: copy, setsId: '/values' }
}
