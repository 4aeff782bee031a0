/** What the document shows now: the view, its root with links followed, and the snapshot, each kept until it changes. */
import { isObject, type JsonObject } from '../payload/ordered-json.ts'
import type { FactStore } from './fact-store.ts'
import type { View } from './node.ts'
import { childPlace, partOfId, type Place, placeOfId, rootPlace } from './places.ts'
import type { SetsId } from './seed.ts'
import { followLinks, setChildrenOf, shareLinked } from './set-links.ts'
import { type Snapshot, snapshotOf } from './snapshot.ts'
import { viewAlone, viewTree } from './view.ts'

export interface Shown {
  view(): View
  /** The file in its own form and key order. */
  root(): JsonObject
  snapshot(): Snapshot
  readonly setsId: SetsId
  /** Whose children are the sets; undefined where there is no such object. */
  setsPlace(): Place | undefined
  setPlace(name: string): Place | undefined
  /** The same, for looking up names below it only: values in it may be older. */
  setNamed(name: string): Place | undefined
  /** The place with its present value, if it was found by such names. */
  freshen(place: Place): Place
  placeOf(id: string): Place | undefined
  /** The same; also where the node is shown as one with another. */
  partOf(id: string): Place | undefined
}

export function createShown(store: FactStore): Shown {
  let view: View | undefined
  let linked: { readonly view: View; readonly setsView: View | undefined; readonly root: JsonObject } | undefined
  let sets: { readonly view: View; readonly place: Place | undefined } | undefined
  let given: { readonly root: JsonObject; readonly snapshot: Snapshot } | undefined

  const current = (): View => {
    // What a newer version wrote is not ours to read: what was known before stays.
    if (view && store.isTooNew) return view
    store.settle()
    view = viewTree(store.tree)
    return view
  }
  const setsId = (): SetsId => (store.tree.sets === store.tree.root ? '' : '/values')
  const root = (): JsonObject => {
    const shown = current()
    const setsView = store.tree.sets.view ?? undefined
    // Reordered or renamed sets may show equal values under other links.
    if (linked?.view !== shown || linked.setsView !== setsView) {
      const value = isObject(shown.value) ? shown.value : {}
      const followed = followLinks(store.tree, value, setChildrenOf(store.tree, shown))
      linked = { view: shown, setsView, root: linked ? shareLinked(linked.root, followed) : followed }
    }
    return linked.root
  }
  const setsPlaceIn = (shown: View): Place | undefined => {
    if (sets?.view !== shown) {
      const whole = rootPlace(store.tree, shown)
      sets = { view: shown, place: setsId() === '' ? whole : childPlace(whole, 'values') }
    }
    return sets.place
  }
  const setsPlace = (): Place | undefined => setsPlaceIn(current())
  const setIn = (sets: Place | undefined, name: string): Place | undefined => {
    const place = sets && (setsId() === '' && name.startsWith('$') ? undefined : childPlace(sets, name))
    return place && isObject(place.view.value) ? place : undefined
  }

  return {
    view: current,
    root,
    snapshot: () => {
      const value = root()
      if (given?.root !== value) given = { root: value, snapshot: snapshotOf(value, setsId()) }
      return given.snapshot
    },
    get setsId() {
      current()
      return setsId()
    },
    setsPlace,
    setPlace: (name) => setIn(setsPlace(), name),
    setNamed: (name) => setIn(setsPlaceIn(view && store.keptShape ? view : current()), name),
    freshen: (place) => {
      if (place.merged.length > 0) return placeOfId(store.tree, current(), place.id) ?? place
      const fresh = place.node && viewAlone(store.tree, place.node)
      return fresh ? { ...place, view: fresh } : place
    },
    placeOf: (id) => placeOfId(store.tree, current(), id),
    partOf: (id) => partOfId(store.tree, current(), id),
  }
}
