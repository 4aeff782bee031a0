/**
 * Groups that a foreign file has under another name than its base. A renamed group looks like all of its tokens deleted and as
 * many created; read as a rename, edits of its tokens follow it, and what the plugin never showed of it stays.
 */
import type { PluginRows, Row } from '../payload/plugin-rows.ts'

/** More groups than this, gone and new under one parent, are no renames by hand. */
const maxComparisons = 2_500

/** Group key in the file → group key in the base; only those whose own name differs. */
export type RenamedGroups = ReadonlyMap<string, string>

/**
 * Pairs groups under one parent: one that is gone and one that is new, with equal tokens, or with more than half of the tokens of
 * both, and no other that would do as well. `sets` pairs the set keys of file and base.
 */
export function renamedGroups(file: PluginRows, base: PluginRows, sets: ReadonlyMap<string, string>): RenamedGroups {
  const inFile = createGroups(file)
  const inBase = createGroups(base)
  const renamed = new Map<string, string>()
  const walk = (fileParent: string, baseParent: string): void => {
    const theirs = inFile.below(fileParent)
    const ours = inBase.below(baseParent)
    const sameName = (key: string, from: string, to: string): string => to + key.slice(from.length)
    const born = theirs.filter((key) => {
      const here = sameName(key, fileParent, baseParent)
      return !ours.includes(here) && !base.tokens.has(here)
    })
    const gone = ours.filter((key) => {
      const there = sameName(key, baseParent, fileParent)
      return !theirs.includes(there) && !file.tokens.has(there)
    })
    const isWorthIt = born.length > 0 && gone.length > 0 && born.length * gone.length <= maxComparisons
    const pairs = isWorthIt ? pairAlike(born, gone, inFile, inBase) : new Map<string, string>()
    for (const key of theirs) {
      const former = pairs.get(key)
      if (former !== undefined) renamed.set(key, former)
      const here = former ?? sameName(key, fileParent, baseParent)
      if (former !== undefined || ours.includes(here)) walk(key, here)
    }
  }
  for (const [fileSet, baseSet] of sets) walk(fileSet, baseSet)
  return renamed
}

/** Where the base has what the file shows under `key`; `prefixes` pairs keys of sets and groups, and the innermost counts. */
export function formerKeyOf(key: string, prefixes: ReadonlyMap<string, string>): string | undefined {
  for (let end = key.length; end > 0; end = key.lastIndexOf('/', end - 1)) {
    const former = prefixes.get(key.slice(0, end))
    if (former !== undefined) return former + key.slice(end)
  }
  return undefined
}

interface Groups {
  /** Keys of the groups right below a set or group. */
  below(parent: string): readonly string[]
  /** Tokens at any depth of the group, by their key below it. */
  tokensOf(group: string): ReadonlyMap<string, string>
}

function createGroups({ tokens }: PluginRows): Groups {
  const children = new Map<string, Set<string>>()
  for (const token of tokens.keys()) {
    for (let key = parentOf(token); parentOf(key) !== ''; key = parentOf(key)) {
      const siblings = children.get(parentOf(key)) ?? new Set<string>()
      if (siblings.has(key)) break
      children.set(parentOf(key), siblings.add(key))
    }
  }
  return {
    below: (parent) => [...(children.get(parent) ?? [])],
    tokensOf: (group) => {
      const inside = new Map<string, string>()
      for (const [key, row] of tokens) if (key.startsWith(`${group}/`)) inside.set(key.slice(group.length), textOf(row))
      return inside
    },
  }
}

/** Later key → earlier key. */
function pairAlike(born: readonly string[], gone: readonly string[], file: Groups, base: Groups): Map<string, string> {
  const theirs = new Map(born.map((key) => [key, file.tokensOf(key)]))
  const ours = new Map(gone.map((key) => [key, base.tokensOf(key)]))
  const likeness = [...theirs].flatMap(([key, tokens]) =>
    [...ours].map(([former, before]) => ({ key, former, share: shareOf(tokens, before) })),
  )
  const alike = likeness.filter(({ share }) => share > 0.5)
  const pairs = new Map<string, string>()
  for (const { key, former, share } of alike) {
    const rivals = alike.filter((each) => (each.key === key) !== (each.former === former) && each.share >= share)
    if (rivals.length === 0) pairs.set(key, former)
  }
  return pairs
}

/** Equal tokens at equal places, of all that the larger of both has. */
function shareOf(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): number {
  let equal = 0
  for (const [key, text] of a) if (b.get(key) === text) equal++
  return equal / Math.max(a.size, b.size)
}

function textOf(row: Row): string {
  return JSON.stringify(row)
}

function parentOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/'))
}
