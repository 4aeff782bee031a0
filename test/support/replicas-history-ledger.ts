import { expect } from 'vitest'
import * as Y from 'yjs'
import { tokenPlaces } from './generated-tokens.ts'
import { peek } from './generated-tokens-sample.ts'
import type { Random } from './random.ts'
import { laneFacts, tokenFacts } from './replicas-facts.ts'
import type { Scenario } from './replicas-history.ts'
import type { Replica, Replicas } from './replicas.ts'

/**
 * A scenario with an independent oracle: it keeps a ledger of what each author did and had seen, and computes from it which
 * tokens live, where, under which name, and with which values; nothing of the document's own reading is used.
 *
 * Tokens have unique names and a `uid`. What the specification hides on purpose does not occur here: no move back to the birth
 * group, no re-creation of a path, no part edited below a replaced composite. Nor does storage lose its tail: where an update
 * overtook an earlier one of its author, its erasures are in force before what replaces the erased, and a crash of the author
 * that takes the earlier update then takes both values.
 */
export function ledgerScenario(options: { readonly skewMs?: number } = {}): Scenario {
  const { skewMs = 600_000 } = options
  const ledger = createLedger()
  return {
    files: () => [ledger.file],
    skewMs,
    losesTails: false,
    act: (replica, random, count) => ledger.act(replica, random, count),
    check: (replicas) => ledger.check(replicas),
  }
}

interface Container {
  /** Set and group at birth; a group of '' is the set itself. */
  readonly set: string
  readonly group: string
}

type Register = '$value' | '$description' | '$value/fontSize' | '$value/lineHeight' | 'name' | 'place'

interface Operation {
  readonly number: number
  readonly t: number
  readonly lane: string
  /** The Yjs struct that carries it; who has this has the operation. */
  readonly client: number
  readonly clock: number
  readonly seen: ReadonlySet<Operation>
  readonly what:
    | {
        readonly kind: 'create'
        readonly uid: string
        readonly home: Container
        readonly fields: Fields
        readonly name: string
      }
    | { readonly kind: 'write'; readonly uid: string; readonly register: Register; readonly value: unknown }
    | { readonly kind: 'rename'; readonly container: Container; readonly name: string }
    | { readonly kind: 'delete'; readonly uid?: string; readonly container?: Container }
}

type What = Operation['what']
type Fields = Readonly<Record<string, unknown>>
type TokenBirth = {
  readonly home: Container
  readonly name: string
  readonly fields: Fields
  readonly by: Operation | null
}

const setNames = ['s0', 's1', 's2']
const groupNames = ['', 'g0', 'g1']
const containers: readonly Container[] = setNames.flatMap((set) => groupNames.map((group) => ({ set, group })))
const containerAt = (set: string, group: string): Container =>
  containers.find((each) => each.set === set && each.group === group)!

function createLedger(): {
  readonly file: string
  readonly act: (replica: Replica, random: Random, count: number) => void
  readonly check: (replicas: Replicas) => void
} {
  const births = new Map<string, TokenBirth>()
  const operations: Operation[] = []
  const values: Record<string, Record<string, Record<string, unknown>>> = {}
  for (const home of containers) {
    const set = (values[home.set] ??= {})
    const parent = home.group === '' ? set : (set[home.group] ??= {})
    for (let i = 0; i < 3; i++) {
      const uid = `${home.set}-${home.group}-${i}`
      const fields = fieldsOf(uid, i === 0)
      births.set(uid, { home, name: `t-${uid}`, fields, by: null })
      parent[`t-${uid}`] = fields as Record<string, unknown>
    }
  }

  /** What is shown for a token now, by its uid: the only thing read from the document. */
  const find = (
    replica: Replica,
    uid: string,
  ): { readonly set: string; readonly path: readonly string[] } | undefined => {
    const json = replica.document.getSnapshot()
    return tokenPlaces(json).find(({ set, path }) => peek(json.values[set], `${path.join('/')}/uid`) === uid)
  }
  const shownName = (
    replica: Replica,
    container: Container,
  ): { readonly set: string; readonly path: readonly string[] } | undefined => {
    const known = operations.filter((operation) => knows(replica.ydoc, operation))
    const set = nameOf({ set: container.set, group: '' }, known)
    const path = container.group === '' ? [] : [nameOf(container, known)]
    return replica.document.get(set, path) === undefined ? undefined : { set, path }
  }

  const record = (replica: Replica, what: What, run: () => void): void => {
    const seen = new Set(operations.filter((operation) => knows(replica.ydoc, operation)))
    const newest = Math.max(0, ...tokenFacts(replica.ydoc).map(({ fact }) => fact[3]))
    const before = Y.getState(replica.ydoc.store, replica.ydoc.clientID)
    run()
    const clock = Y.getState(replica.ydoc.store, replica.ydoc.clientID)
    expect(clock, `operation ${operations.length} wrote nothing`).toBeGreaterThan(before)
    const t = laneFacts(replica.ydoc, replica.lane).at(-1)![3]
    expect(t).toBeGreaterThanOrEqual(replica.now() * 1024)
    expect(t).toBeGreaterThan(newest)
    operations.push({
      number: operations.length,
      t,
      lane: replica.lane,
      client: replica.ydoc.clientID,
      clock,
      seen,
      what,
    })
  }

  const act = (replica: Replica, random: Random, count: number): void => {
    const { document } = replica
    const uid = random.pick([...births.keys()])
    const place = find(replica, uid)
    const kind = random.next()
    if (kind < 0.13) {
      const home = random.pick(containers)
      const at = shownName(replica, home)
      if (!at) return
      const born = `new-${count}`
      const fields = fieldsOf(born, random.chance(0.3))
      record(replica, { kind: 'create', uid: born, home, fields, name: `t-${born}` }, () =>
        document.set(at.set, [...at.path, `t-${born}`], fields as never),
      )
      births.set(born, { home, name: `t-${born}`, fields, by: operations.at(-1)! })
      return
    }
    if (kind < 0.17) {
      const container = random.pick(containers)
      const at = shownName(replica, container)
      if (!at) return
      const name = `${container.group || container.set}-${count}`
      record(replica, { kind: 'rename', container, name }, () =>
        container.group === '' ? document.renameSet(at.set, name) : document.rename(at.set, at.path, [name]),
      )
      return
    }
    if (kind < 0.21) {
      const container = random.pick(containers)
      const at = shownName(replica, container)
      // A set goes rarely, or nothing would be left.
      if (!at || (container.group === '' && random.chance(0.8))) return
      record(replica, { kind: 'delete', container }, () =>
        container.group === '' ? document.removeSet(at.set) : document.remove(at.set, at.path),
      )
      return
    }
    if (!place) return
    const write = (register: Register, value: unknown, run: () => void): void =>
      record(replica, { kind: 'write', uid, register, value }, run)
    if (kind < 0.29) return record(replica, { kind: 'delete', uid }, () => document.remove(place.set, place.path))
    if (kind < 0.39) {
      const name = `r-${count}`
      return write('name', name, () => document.rename(place.set, place.path, [...place.path.slice(0, -1), name]))
    }
    if (kind < 0.5) {
      const target = random.pick(containers)
      const { home } = births.get(uid)!
      const at = shownName(replica, target)
      // Moving back to the birth group beside its deletion is W9.
      if (!at || target === home) return
      const to = [...at.path, place.path.at(-1)!]
      if (at.set === place.set && to.join('/') === place.path.join('/')) return
      return write('place', target, () => document.move(place.set, place.path, at.set, to))
    }
    const composite = typeof births.get(uid)!.fields['$value'] === 'object'
    const register: Register = random.chance(0.4)
      ? '$description'
      : composite
        ? random.pick(['$value/fontSize', '$value/lineHeight'])
        : '$value'
    const value = `v${count}`
    const [field, part] = register.split('/')
    write(register, value, () =>
      document.update(place.set, place.path, { [field!]: part === undefined ? value : { [part]: value } }),
    )
  }

  const check = (replicas: Replicas): void => {
    const [first] = replicas.all
    const known = operations.filter((operation) => knows(first!.ydoc, operation))
    // What a crash took before anybody had it never happened.
    for (const lost of operations.filter((operation) => !known.includes(operation))) {
      if (lost.what.kind === 'create') births.delete(lost.what.uid)
    }
    operations.splice(0, operations.length, ...known)
    const json = first!.document.getSnapshot()
    const expected = expectedTokens(births, operations)
    const shown = new Map<string, unknown>()
    for (const { set, path } of tokenPlaces(json)) {
      const token = peek(json.values[set], path.join('/')) as Record<string, unknown>
      const uid = String(token['uid'])
      expect(shown.has(uid), `${uid} is shown twice`).toBe(false)
      shown.set(uid, { set, path: path.join('/'), token })
    }
    for (const [uid, token] of expected) expect(shown.get(uid), `${explain(uid, operations)}`).toEqual(token)
    for (const uid of shown.keys())
      expect(expected.has(uid), `${uid} should be gone. ${explain(uid, operations)}`).toBe(true)
  }

  return {
    file: JSON.stringify({
      values,
      $themes: [],
      $metadata: { tokenSetOrder: setNames, updatedAt: '2026-01-01T00:00:00.000Z' },
    }),
    act,
    check,
  }
}

function fieldsOf(uid: string, composite: boolean): Fields {
  return composite
    ? { $type: 'typography', $value: { fontSize: '1', lineHeight: '2', fontFamily: 'Inter' }, uid }
    : { $type: 'color', $value: '#000', uid }
}

function knows(ydoc: Y.Doc, operation: Operation): boolean {
  return Y.getState(ydoc.store, operation.client) >= operation.clock
}

/** The greatest by (t, lane): the rank of facts. */
function newestOf(operations: readonly Operation[]): Operation | undefined {
  let newest: Operation | undefined
  for (const each of operations)
    if (!newest || each.t > newest.t || (each.t === newest.t && each.lane > newest.lane)) newest = each
  return newest
}

function nameOf(container: Container, operations: readonly Operation[]): string {
  const renames = operations.filter(
    ({ what }) =>
      what.kind === 'rename' && what.container.set === container.set && what.container.group === container.group,
  )
  const newest = newestOf(renames)?.what
  return newest?.kind === 'rename' ? newest.name : container.group || container.set
}

/** uid → where a living token is shown and with what, computed from the ledger alone. */
function expectedTokens(
  births: ReadonlyMap<string, TokenBirth>,
  operations: readonly Operation[],
): Map<string, { readonly set: string; readonly path: string; readonly token: Record<string, unknown> }> {
  const expected = new Map<string, { set: string; path: string; token: Record<string, unknown> }>()
  for (const [uid, birth] of births) {
    const writes = operations.filter(({ what }) => what.kind === 'write' && what.uid === uid)
    // Who overwrites a value erases what it has seen of it.
    const standing = writes.filter(
      (each) => !writes.some((later) => later.seen.has(each) && registerOf(later) === registerOf(each)),
    )
    const newestIn = (register: Register, among: readonly Operation[]): Operation | undefined =>
      newestOf(among.filter((each) => registerOf(each) === register))
    const move = newestIn('place', standing)
    const container = move?.what.kind === 'write' ? (move.what.value as Container) : birth.home

    const deletions = operations.filter(({ what, seen }) => {
      if (what.kind !== 'delete') return false
      if (what.uid !== undefined) return what.uid === uid
      const above = what.container!
      if (above.set !== container.set || (above.group !== '' && above.group !== container.group)) return false
      // A deletion from above that did not see the move does not reach the moved token.
      return !move || seen.has(move)
    })
    const covered = (operation: Operation | null): boolean =>
      deletions.some(({ seen }) => operation === null || seen.has(operation))
    const alive = deletions.length === 0 || !covered(birth.by) || standing.some((each) => !covered(each))
    if (!alive) continue

    // Created anew as far as the deletions know: then only what they have not seen counts; else the whole token is back.
    const counting =
      deletions.length > 0 && birth.by !== null && !covered(birth.by)
        ? standing.filter((each) => !covered(each))
        : standing
    const token = structuredClone(birth.fields) as Record<string, unknown>
    for (const register of ['$value', '$description', '$value/fontSize', '$value/lineHeight'] as const) {
      const write = newestIn(register, counting)?.what
      if (write?.kind !== 'write') continue
      const [field, part] = register.split('/')
      if (part === undefined) token[field!] = write.value
      else (token[field!] as Record<string, unknown>)[part] = write.value
    }
    const renamed = newestIn('name', standing)?.what
    const name = renamed?.kind === 'write' ? String(renamed.value) : birth.name
    const group = container.group === '' ? [] : [nameOf(container, operations)]
    expected.set(uid, {
      set: nameOf(containerAt(container.set, ''), operations),
      path: [...group, name].join('/'),
      token,
    })
  }
  return expected
}

function registerOf({ what }: Operation): Register | undefined {
  return what.kind === 'write' ? what.register : undefined
}

/** The story of one token, for the person who reads the failure. */
function explain(uid: string, operations: readonly Operation[]): string {
  const lines = operations
    .filter(({ what }) => ('uid' in what && what.uid === uid) || what.kind === 'delete' || what.kind === 'rename')
    .map(
      ({ number, lane, t, what, seen }) =>
        `#${number} ${lane}@${t} ${JSON.stringify(what)} saw ${[...seen].map((each) => each.number).join(' ')}`,
    )
  return `The story of ${uid}:\n${lines.join('\n')}`
}
