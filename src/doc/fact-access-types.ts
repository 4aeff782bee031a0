import type * as Y from 'yjs'
import type { Json } from '../payload/ordered-json.ts'
import type { FactField, StoredFact } from './fact.ts'

export type { FactField, StoredFact } from './fact.ts'

export interface LaneFact {
  readonly id: string
  readonly field: FactField
  readonly text: string
  readonly t: number
  readonly order: string | undefined
  readonly lane: string
}

/**
 * What the bridge sees and does below the token interface. Not public. Node ids are JSON Pointers of birth paths; names
 * and order are the current ones.
 */
export interface FactAccess {
  readonly ydoc: Y.Doc
  /** Id of the node whose children are the sets: `/values`, or `''` in a file without `values`. */
  readonly setsId: string
  /** The living child of `parentId` that is shown under `name` (array entries and themes: their segment). */
  childOf(parentId: string, name: string): string | undefined
  /** Where a living token or group is shown now. */
  pathOf(id: string): { readonly set: string; readonly path: readonly string[] } | undefined
  /** What is shown below a node, in its order; themes and array entries go by their segment. `order` as in `orderKeyOf`. */
  childrenOf(
    parentId: string,
  ): readonly { readonly id: string; readonly name: string; readonly order: string | undefined }[]
  /** The order key that decides the node's place, undefined for one known only from `v` facts. */
  orderKeyOf(id: string): string | undefined
  /** What the node is now; undefined where it does not live. */
  valueOf(id: string): Json | undefined
  /** Counting facts of exactly this node. */
  factsAt(id: string): readonly LaneFact[]
  /** Counting facts at or below the node, moved-in nodes included. */
  factsBelow(id: string): Iterable<LaneFact>
  /** Every text that stands in the node's value register: seed, parts of parents' `c` and `v`, own `c` and `v`; also those that lost. Scalars and arrays only. */
  layerTexts(id: string): readonly string[]
  /** Newest counting `t` per lane, keys sorted; `top`: greatest of seed versions and of times not in the far future. */
  vectors(): { readonly vv: Readonly<Record<string, number>>; readonly top: number }
  stateVector(): Uint8Array
  /** Whether this replica holds everything the state vector names. */
  covers(stateVector: Uint8Array): boolean
  /** Also true where every fact of the lane has been erased since. Does not create the root. */
  laneExists(lane: string): boolean
  /**
   * Writes a merge's facts verbatim into `lane`, in one transaction of origin `bridge`, erasing the seen facts of the same
   * registers for which `erase` says so. False, and nothing happens, where the lane exists.
   */
  putLane(lane: string, facts: readonly StoredFact[], erase: (fact: LaneFact) => boolean): boolean
  /** Registers of the product (`/~y/…`): read by newest fact alone. */
  register(id: string): Json | undefined
  /** Ids and values below a prefix such as `/~y/bins/`, null ones included. */
  registersBelow(prefix: string): ReadonlyMap<string, Json>
  setRegister(id: string, value: Json): void
  onRegisterChange(listener: () => void): () => void
  /** Names of the seeds that are whole here, to be told to others in the room. */
  wholeSeeds(): readonly string[]
  /**
   * Writes a copy of a seed under this session's client id, for who lacks it: two seeds may have one client id, and Yjs then
   * drops the second. False where the seed was never whole here, or a copy of one's own exists.
   */
  copySeed(name: string): boolean
  /** Entries of lanes that count for nothing here: malformed, or of a later minor version. They are kept. */
  readonly ignoredEntries: number
}
