/**
 * What a history must lead to, computed from the list of its operations by the rules of the specification, without any of the
 * document's code: which tokens live, where, under which name, with which values, and what must stand in `conflicts`.
 */

export interface Container {
  /** Set and group at birth; a group of '' is the set itself. */
  readonly set: string
  readonly group: string
}

export type Fields = Readonly<Record<string, unknown>>
export type Leaf = '$value' | '$description' | '$value/fontSize' | '$value/lineHeight'
export type Register = Leaf | 'name' | 'place'

export interface TokenBirth {
  readonly home: Container
  readonly name: string
}

/** A file as it was taken in: its time in the unit of facts, what decides between files of one time, its tokens by uid. */
export interface SeedFile {
  readonly ver: number
  readonly hash: string
  readonly tokens: ReadonlyMap<string, Fields>
}

export interface Operation {
  readonly number: number
  readonly t: number
  readonly lane: string
  /** The Yjs struct that carries it; who has this has the operation. */
  readonly client: number
  readonly clock: number
  readonly seen: ReadonlySet<Operation>
  /** Writes of the same register that stood when this one was made; it took them away, and nothing brings them back. */
  readonly erased: ReadonlySet<Operation>
  readonly what:
    | { readonly kind: 'create'; readonly uid: string; readonly fields: Fields }
    | { readonly kind: 'write'; readonly uid: string; readonly register: Register; readonly value: unknown }
    | { readonly kind: 'rename'; readonly container: Container; readonly name: string }
    | { readonly kind: 'delete'; readonly uid?: string; readonly container?: Container }
}

export interface Ledger {
  readonly births: ReadonlyMap<string, TokenBirth>
  readonly seeds: readonly SeedFile[]
  readonly operations: readonly Operation[]
}

export interface ExpectedToken {
  /** Where it shows and with what; undefined for a dead one. */
  readonly shown: { readonly set: string; readonly path: string; readonly token: Record<string, unknown> } | undefined
  /** By register; `''` is the whole token. */
  readonly conflicts: Readonly<Record<string, ExpectedConflict>>
}

/**
 * Values that do not show, as JSON. `must`: neither the author of what shows nor of any deletion can have seen it. `may`: that
 * cannot be told, as files do not say what their author had seen.
 */
export interface ExpectedConflict {
  readonly must: readonly string[]
  readonly may: readonly string[]
}

/** A value in a register: of a file, a creation, or a write. */
interface Claim {
  readonly value: unknown
  readonly t: number
  /** `*` for files: ranks below every device. */
  readonly lane: string
  readonly by: Operation | null
}

/** What a deletion, or a newer file that lacks the token, takes away. */
type Removal = (claim: Stamped) => boolean

interface Stamped {
  readonly t: number
  readonly by: Operation | null
}

const leaves = ['$value', '$description', '$value/fontSize', '$value/lineHeight'] as const

/** uid → the token as it must show, or must not. */
export function expectedTokens({ births, seeds, operations }: Ledger): Map<string, ExpectedToken> {
  const files = seeds.toSorted((a, b) => b.ver - a.ver || (a.hash < b.hash ? 1 : -1))
  const expected = new Map<string, ExpectedToken>()
  const about = operationsByUid(operations)
  const deletions = operations.filter(({ what }) => what.kind === 'delete')
  for (const [uid, birth] of births) {
    expected.set(uid, expectedToken(uid, birth, files, about.get(uid) ?? [], deletions, operations))
  }
  return expected
}

function expectedToken(
  uid: string,
  birth: TokenBirth,
  files: readonly SeedFile[],
  about: readonly Operation[],
  allDeletions: readonly Operation[],
  operations: readonly Operation[],
): ExpectedToken {
  // Who overwrites a value erases what he has seen of it.
  const standing = about.filter((each) => each.what.kind === 'write' && !about.some(({ erased }) => erased.has(each)))
  const creations = about.filter(({ what }) => what.kind === 'create')
  const deletions = allDeletions.filter(({ what }) => what.kind === 'delete' && what.uid === uid)
  const above = (container: Container, move: Operation | undefined): Operation[] =>
    allDeletions.filter(({ what, seen }) => {
      if (what.kind !== 'delete' || !what.container) return false
      const { set, group } = what.container
      if (set !== container.set || (group !== '' && group !== container.group)) return false
      // A deletion from above that did not see the token move in does not reach it; where it was born it always does.
      return !move || sameContainer(container, birth.home) || seen.has(move)
    })

  const active = files[0]
  const lack = active && !active.tokens.has(uid) && files.some(({ tokens }) => tokens.has(uid)) ? active : undefined
  const removalsAt = (container: Container, move: Operation | undefined): Removal[] => [
    ...[...deletions, ...above(container, move)].map(
      (deletion): Removal =>
        ({ by, t }) =>
          by ? deletion.seen.has(by) : t <= deletion.t,
    ),
    ...(lack ? [({ t }: Stamped): boolean => t <= lack.ver] : []),
  ]
  const isReborn = (removals: readonly Removal[]): boolean =>
    removals.length > 0 && creations.some((by) => !removals.some((removes) => removes({ t: by.t, by })))

  // A place given before a re-creation is the old one's.
  const moves = standing.filter((each) => registerOf(each) === 'place')
  const homeRemovals = removalsAt(birth.home, undefined)
  const standingMoves = isReborn(homeRemovals)
    ? moves.filter((by) => !homeRemovals.some((removes) => removes({ t: by.t, by })))
    : moves
  const move = newestOf(standingMoves)
  const container = move?.what.kind === 'write' ? (move.what.value as Container) : birth.home
  const removals = removalsAt(container, move)
  const isCovered = (claim: Stamped): boolean => removals.some((removes) => removes(claim))

  // What a person deleted, he had seen; what only a newer file lacks, perhaps nobody.
  const deleted = removalsAt(container, move).slice(0, lack ? -1 : undefined)
  const isDeleted = (claim: Stamped): boolean => deleted.some((removes) => removes(claim))
  const conflicts: Record<string, ExpectedConflict> = {}
  const tell = (register: string, must: readonly unknown[], may: readonly unknown[] = must): void => {
    if (may.length > 0) conflicts[register] = { must: textsOf(must), may: textsOf(may) }
  }

  const claims = new Map(leaves.map((leaf) => [leaf, claimsOf(uid, leaf, files, creations, standing)] as const))
  const goneAt = (leaf: Register): number => {
    // A field that the newest file lacks and an older one has is gone, with all that is older than the newest.
    if (leaf === 'name' || leaf === 'place' || lack || !active) return -1
    const isGone = files.some((file) => hasLeaf(file, uid, leaf)) && !hasLeaf(active, uid, leaf)
    return isGone ? active.ver : -1
  }
  const isAlive =
    leaves.some((leaf) => claims.get(leaf)?.some((claim) => claim.t > goneAt(leaf) && !isCovered(claim))) ||
    standing.some((by) => !isCovered({ t: by.t, by }) && by.t > goneAt(registerOf(by) as Register))

  const names = standing.filter((by) => registerOf(by) === 'name')
  // A file that took a field away has changed the token, too.
  if (!isAlive && !(active?.tokens.has(uid) && !isCovered({ t: runOf(files, uid, 0, (fields) => fields), by: null }))) {
    for (const register of [...leaves, 'name', 'place'] as const) {
      const hidden = standing.filter((by) => registerOf(by) === register && !isDeleted({ t: by.t, by }))
      const isValue = register !== 'name' && register !== 'place'
      tell(register, isValue ? hidden.map(valueOf) : [], hidden.map(valueOf))
    }
    // A deletion names no files: whether its author had seen the newer one cannot be told.
    const [newest, before] = files.flatMap(({ tokens }) => tokens.get(uid) ?? [])
    if (!lack && deletions.length > 0 && newest && before && !sameJson(newest, before)) tell('', [], [newest])
    return { shown: undefined, conflicts }
  }

  const reborn = isReborn(removals)
  const counts = (claim: Stamped): boolean => !reborn || !isCovered(claim)
  const token: Record<string, unknown> = structuredClone(fixedFields(uid, files, creations))
  const wholes = (claims.get('$value') as readonly Claim[]).filter(counts)
  // A text in place of the parts makes void what is older, and hides the parts while nothing newer takes its place.
  const reference = newestClaim(wholes.filter(({ value, by }) => by && typeof value === 'string'))
  const hidesParts = reference !== undefined && reference === newestClaim(wholes)
  for (const leaf of leaves) {
    const [field, part] = leaf.split('/') as [string, string | undefined]
    const all = (claims.get(leaf) as readonly Claim[]).filter(counts)
    const voidBefore = part === undefined ? -1 : (reference?.t ?? -1)
    const shown = newestClaim(all.filter(({ t }) => t > goneAt(leaf) && t >= voidBefore))
    // Whoever replaced the whole cannot be told to have not seen what is older; what is newer is hidden, and listed.
    const isHidden = part !== undefined && hidesParts
    if (part === undefined && shown) token[field] = structuredClone(shown.value)
    else if (part !== undefined && shown && !isHidden) (token[field] as Record<string, unknown>)[part] = shown.value
    else if (part === undefined) delete token[field]
    const isSettled = settles(all.filter((claim) => claim.by && !isCovered(claim)))
    const lost = all.filter((claim) => {
      if (!claim.by || (claim.by.what.kind === 'create' && (isSettled || isHidden || !shown))) return false
      if (isHidden) return true
      return claim !== shown && !isDeleted(claim) && !sameJson(claim.value, shown?.value)
    })
    const must = lost.filter(
      (claim) => !isCovered(claim) && (claim.t > goneAt(leaf) || !shown) && claim.t >= voidBefore,
    )
    tell(
      leaf,
      must.map(({ value }) => value),
      lost.map(({ value }) => value),
    )
  }

  const name = newestOf(names.filter((by) => counts({ t: by.t, by })))
  for (const [register, winner, all] of [
    ['name', name, names.filter((by) => counts({ t: by.t, by }))],
    ['place', move, standingMoves],
  ] as const) {
    const lost = all.filter((by) => !sameJson(valueOf(by), winner && valueOf(winner)))
    const must = lost.filter((by) => !isCovered({ t: by.t, by }))
    tell(register, must.map(valueOf), lost.map(valueOf))
  }
  const group = container.group === '' ? [] : [nameOf(container, operations)]
  const set = nameOf({ set: container.set, group: '' }, operations)
  const path = [...group, name ? String(valueOf(name)) : birth.name].join('/')
  return { shown: { set, path, token }, conflicts }
}

/** A write's value as `conflicts` tells it: places by the id of the parent. */
function valueOf({ what }: Operation): unknown {
  if (what.kind !== 'write') return undefined
  return what.register === 'place' ? idOf(what.value as Container) : what.value
}

/**
 * All values that stand in one leaf. A file's value is as old as the oldest file in the unbroken run, from the newest that has
 * the token on, that has the same value.
 */
function claimsOf(
  uid: string,
  leaf: Leaf,
  files: readonly SeedFile[],
  creations: readonly Operation[],
  standing: readonly Operation[],
): Claim[] {
  const claims: Claim[] = []
  const newest = files.findIndex(({ tokens }) => tokens.has(uid))
  const from = newest > 0 ? newest : files.findIndex((file) => hasLeaf(file, uid, leaf))
  if (from >= 0 && hasLeaf(files[from] as SeedFile, uid, leaf)) {
    const value = leafOf((files[from] as SeedFile).tokens.get(uid) as Fields, leaf)
    claims.push({ value, t: runOf(files, uid, from, (fields) => leafOf(fields, leaf)), lane: '*', by: null })
  }
  for (const by of creations) {
    const value = by.what.kind === 'create' ? leafOf(by.what.fields, leaf) : undefined
    if (value !== undefined) claims.push({ value, t: by.t, lane: by.lane, by })
  }
  for (const by of standing)
    if (by.what.kind === 'write' && by.what.register === leaf)
      claims.push({ value: by.what.value, t: by.t, lane: by.lane, by })
  return claims
}

function hasLeaf({ tokens }: SeedFile, uid: string, leaf: Leaf): boolean {
  const fields = tokens.get(uid)
  return fields !== undefined && leafOf(fields, leaf) !== undefined
}

/** The time of the oldest file in the unbroken run of equal values that begins with this one. */
function runOf(files: readonly SeedFile[], uid: string, from: number, valueIn: (fields: Fields) => unknown): number {
  const value = valueIn((files[from] as SeedFile).tokens.get(uid) as Fields)
  let at = from
  while (at + 1 < files.length) {
    const older = (files[at + 1] as SeedFile).tokens.get(uid)
    if (!older || !sameJson(valueIn(older), value)) break
    at++
  }
  return (files[at] as SeedFile).ver
}

/** A write newer than every creation settles what the creations said. */
function settles(claims: readonly Claim[]): boolean {
  const newest = newestClaim(claims.filter(({ by }) => by?.what.kind === 'write'))
  return newest !== undefined && claims.every(({ by, t }) => by?.what.kind !== 'create' || newest.t > t)
}

function leafOf(fields: Fields, leaf: Leaf): unknown {
  const [field, part] = leaf.split('/') as [string, string | undefined]
  const value = fields[field]
  if (part === undefined) return value
  return value !== null && typeof value === 'object' ? (value as Fields)[part] : undefined
}

/** What never changes: the kind of token, its uid, the parts nobody edits. */
function fixedFields(uid: string, files: readonly SeedFile[], creations: readonly Operation[]): Fields {
  const file = files.find(({ tokens }) => tokens.has(uid))?.tokens.get(uid)
  if (file) return file
  const created = creations[0]?.what
  return created?.kind === 'create' ? created.fields : {}
}

export function nameOf(container: Container, operations: readonly Operation[]): string {
  const renames = operations.filter(({ what }) => what.kind === 'rename' && sameContainer(what.container, container))
  const newest = newestOf(renames)?.what
  return newest?.kind === 'rename' ? newest.name : container.group || container.set
}

export function sameContainer(a: Container, b: Container): boolean {
  return a.set === b.set && a.group === b.group
}

function idOf({ set, group }: Container): string {
  return `/values/${set}${group === '' ? '' : `/${group}`}`
}

/** What a write takes away, given what its author has seen. */
export function erasedBy(what: Operation['what'], seen: ReadonlySet<Operation>): Set<Operation> {
  if (what.kind !== 'write') return new Set()
  const same = [...seen].filter(
    (each) => each.what.kind === 'write' && each.what.uid === what.uid && each.what.register === what.register,
  )
  return new Set(same.filter((each) => !same.some(({ erased }) => erased.has(each))))
}

function registerOf({ what }: Operation): Register | undefined {
  return what.kind === 'write' ? what.register : undefined
}

/** The greatest by (t, lane): the rank of facts. */
function newestOf(operations: readonly Operation[]): Operation | undefined {
  let newest: Operation | undefined
  for (const each of operations)
    if (!newest || each.t > newest.t || (each.t === newest.t && each.lane > newest.lane)) newest = each
  return newest
}

function newestClaim(claims: readonly Claim[]): Claim | undefined {
  let newest: Claim | undefined
  for (const each of claims)
    if (!newest || each.t > newest.t || (each.t === newest.t && each.lane > newest.lane)) newest = each
  return newest
}

function operationsByUid(operations: readonly Operation[]): Map<string, Operation[]> {
  const byUid = new Map<string, Operation[]>()
  for (const operation of operations) {
    const { what } = operation
    if (what.kind !== 'create' && what.kind !== 'write') continue
    const list = byUid.get(what.uid)
    if (list) list.push(operation)
    else byUid.set(what.uid, [operation])
  }
  return byUid
}

function sameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function textsOf(values: readonly unknown[]): string[] {
  return [...new Set(values.map((value) => JSON.stringify(value)))].toSorted()
}
