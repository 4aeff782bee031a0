/**
 * What people typed and what they sent to a bin, kept by the test itself, and judged against what is there in the end. It knows
 * token files as text and nothing of the product: no projection, no facts, no merge.
 *
 * Every value that somebody typed must be current, or have been replaced by somebody who had seen it, or stand in the journal.
 * And nothing else may have changed.
 */
import { isDeepStrictEqual } from 'node:util'

export type Leaf = unknown

/** One token, wherever it is by now. */
export interface TokenHandle {
  set: string
  path: readonly string[]
}

/** A value in the journal, as any surface tells it. */
export interface JournalledValue {
  readonly set: string | null
  readonly path: readonly string[]
  /** JSON text; null for "absent". */
  readonly text: string | null
}

export interface Verdict {
  readonly current: number
  readonly replaced: number
  readonly journalled: number
}

export interface Ledger {
  token(set: string, path: string | readonly string[]): TokenHandle
  /** `who` set `field` of the token to `value`, and saw what stood there before. `undefined` stands for "absent". */
  typed(who: string, token: TokenHandle, field: string, value: Leaf, saw: Leaf): void
  /** `who` renamed or moved a group or set: everything below it goes along. */
  renamedGroup(set: string, from: readonly string[], to: readonly string[]): void
  /** `who` deleted the set, knowing everything in it. */
  deletedSet(set: string): void
  /** `who` read `base`, changed something, and wrote `body`: each leaf that differs is a value of theirs. */
  wrote(who: string, base: string, body: string): number
  /** Throws with every value that is lost, came back, or that nobody wrote. */
  check(end: { readonly text: string; readonly journal: readonly JournalledValue[] }): Verdict
}

interface Edit {
  readonly who: string
  readonly value: Leaf
  readonly saw: Leaf
}

/** `original` is the text of the file that was there before anybody typed. */
export function createLedger(original: string): Ledger {
  let handles: { readonly handle: TokenHandle; readonly edits: Map<string, Edit[]> }[] = []
  const expected = leavesOf(original)
  const deletedSets = new Set<string>()

  const entryOf = (handle: TokenHandle): (typeof handles)[number] => {
    const entry = handles.find((each) => each.handle === handle)
    if (!entry) throw new Error('This token is none of this ledger')
    return entry
  }
  const find = (set: string, path: readonly string[]): TokenHandle => {
    const known = handles.find(({ handle }) => handle.set === set && isDeepStrictEqual(handle.path, path))
    if (known) return known.handle
    const handle = { set, path }
    handles.push({ handle, edits: new Map() })
    return handle
  }
  const note = (handle: TokenHandle, field: string, edit: Edit): void => {
    const { edits } = entryOf(handle)
    edits.set(field, [...(edits.get(field) ?? []), edit])
  }
  const moveLeaves = (set: string, from: readonly string[], to: readonly string[]): void => {
    for (const [key, leaf] of expected) {
      if (leaf.set !== set || !startsWith(leaf.path, from)) continue
      expected.delete(key)
      const path = [...to, ...leaf.path.slice(from.length)]
      expected.set(keyOf(set, path, leaf.field), { ...leaf, path })
    }
  }

  return {
    token: (set, path) => find(set, typeof path === 'string' ? path.split('.') : path),
    typed: (who, handle, field, value, saw) => note(handle, field, { who, value, saw }),
    renamedGroup: (set, from, to) => {
      moveLeaves(set, from, to)
      for (const { handle } of handles)
        if (handle.set === set && startsWith(handle.path, from))
          handle.path = [...to, ...handle.path.slice(from.length)]
    },
    deletedSet: (set) => {
      deletedSets.add(set)
      for (const [key, leaf] of expected) if (leaf.set === set) expected.delete(key)
      handles = handles.filter(({ handle }) => handle.set !== set)
    },
    wrote: (who, base, body) => {
      const before = leavesOf(base)
      const after = leavesOf(body)
      let count = 0
      for (const key of new Set([...before.keys(), ...after.keys()])) {
        const [saw, value] = [before.get(key), after.get(key)]
        if (isDeepStrictEqual(saw?.value, value?.value)) continue
        const { set, path, field } = (value ?? saw) as PlacedLeaf
        note(find(set, path), field, { who, value: value?.value, saw: saw?.value })
        count++
      }
      return count
    },
    check: ({ text, journal }) => {
      const actual = leavesOf(text)
      const faults: string[] = []
      const verdict = { current: 0, replaced: 0, journalled: 0 }
      const judged = new Set<string>()
      for (const { handle, edits } of handles) {
        for (const [field, made] of edits) {
          const key = keyOf(handle.set, handle.path, field)
          judged.add(key)
          const now = actual.get(key)?.value
          const place = `${handle.set}: ${handle.path.join('.')} ${field}`
          const maximal = made.filter(
            (edit, at) => !made.slice(at + 1).some((later) => isDeepStrictEqual(later.saw, edit.value)),
          )
          if (!maximal.some(({ value }) => isDeepStrictEqual(value, now)))
            faults.push(
              `${place} is ${show(now)}, which nobody typed last (${maximal.map(({ value }) => show(value)).join(', ')})`,
            )
          for (const edit of made) {
            if (isDeepStrictEqual(edit.value, now)) verdict.current++
            else if (!maximal.includes(edit)) verdict.replaced++
            else if (journal.some((each) => tellsOf(each, handle, edit.value))) verdict.journalled++
            else faults.push(`${place}: ${edit.who}'s ${show(edit.value)} is lost (now ${show(now)})`)
          }
        }
      }
      for (const key of new Set([...expected.keys(), ...actual.keys()])) {
        if (judged.has(key)) continue
        const [was, is] = [expected.get(key), actual.get(key)]
        if (!isDeepStrictEqual(was?.value, is?.value) && !deletedSets.has((was ?? is)?.set ?? ''))
          faults.push(`${key} was ${show(was?.value)} and is ${show(is?.value)}, though nobody touched it`)
      }
      if (faults.length > 0) throw new Error(`The ledger does not agree:\n${faults.slice(0, 20).join('\n')}`)
      return verdict
    },
  }
}

interface PlacedLeaf {
  readonly set: string
  readonly path: readonly string[]
  readonly field: string
  readonly value: Leaf
}

/** Every field of every token of a file, values of composites part by part, whatever the spelling. */
export function leavesOf(text: string): Map<string, PlacedLeaf> {
  const leaves = new Map<string, PlacedLeaf>()
  const { values } = JSON.parse(text) as { readonly values: Readonly<Record<string, unknown>> }
  const put = (set: string, path: readonly string[], field: string, value: Leaf): void =>
    void leaves.set(keyOf(set, path, field), { set, path, field, value })
  const walk = (set: string, path: readonly string[], node: Readonly<Record<string, unknown>>): void => {
    const value = node['$value'] ?? (typeof node['type'] === 'string' ? node['value'] : undefined)
    if (value === undefined) {
      for (const [name, child] of Object.entries(node)) if (isObject(child)) walk(set, [...path, name], child)
      return
    }
    for (const [name, member] of Object.entries(node)) {
      const field = fields[name] ?? name
      // The plugin knows no difference between an empty description and none.
      if (field === 'description' && member === '') continue
      if (field === 'value' && isObject(member)) {
        for (const [part, own] of Object.entries(member)) put(set, path, `value.${part}`, own)
      } else put(set, path, field, member)
    }
  }
  for (const [set, tokens] of Object.entries(values)) if (isObject(tokens)) walk(set, [], tokens)
  return leaves
}

const fields: Readonly<Record<string, string>> = { $value: 'value', $type: 'type', $description: 'description' }

function tellsOf(journalled: JournalledValue, handle: TokenHandle, value: Leaf): boolean {
  if (journalled.set !== handle.set || !isDeepStrictEqual(journalled.path, handle.path)) return false
  const told: unknown = journalled.text === null ? undefined : JSON.parse(journalled.text)
  return isDeepStrictEqual(told, value)
}

function keyOf(set: string, path: readonly string[], field: string): string {
  return JSON.stringify([set, ...path, field])
}

function startsWith(path: readonly string[], start: readonly string[]): boolean {
  return start.length <= path.length && start.every((segment, at) => segment === path[at])
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function show(value: unknown): string {
  return value === undefined ? 'absent' : JSON.stringify(value)
}
