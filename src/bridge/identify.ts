/**
 * Which node each place of a foreign file means, read against its base alone, so that two bridges with different documents say
 * the same: rows both have, unique renames, and the ids of what is new.
 */
import { generationOf, parentIdOf, segmentOf } from '../doc/node-id.ts'
import { escapeSegment, segmentsOf } from '../payload/json-pointer.ts'
import type { PluginRows, Row } from '../payload/plugin-rows.ts'
import type { NodePlace } from './node-place.ts'
import { formerKeyOf, renamedGroups } from './renamed-groups.ts'
import type { RenamedSets } from './renamed-sets.ts'
import { themePrefix } from './snapshot-content.ts'
import type { SnapView } from './snapshot-history.ts'

export interface Pair {
  /** Row key in the file. */
  readonly key: string
  readonly baseKey: string
  readonly place: NodePlace
}

export interface Identity {
  /** Tokens of the file that the base has, unique renames included, in the order of the file. */
  readonly tokens: readonly Pair[]
  readonly sets: readonly Pair[]
  /** Groups under another name than in the base. */
  readonly groups: readonly Pair[]
  readonly themes: readonly Pair[]
  /** Keys of the base that the file lacks. */
  readonly gone: {
    readonly tokens: readonly string[]
    readonly sets: readonly string[]
    readonly themes: readonly string[]
  }
  /** Keys of the file that the base lacks. */
  readonly born: {
    readonly tokens: readonly string[]
    readonly sets: readonly string[]
    readonly themes: readonly string[]
  }
  /** The node of any key of the file, groups above tokens included; one the base lacks has `order` `''`. */
  placeOf(key: string): NodePlace
  /** False for what the base has. */
  isNew(key: string): boolean
  /** Whether tokens that come new into this set spell their keys the old way, as most of its tokens do. */
  spellsOld(setKey: string): boolean
}

/** Stands for the node whose children are the sets. */
export const rootKey = ''

export function identify(file: PluginRows, base: SnapView, setsId: string, renamedSets: RenamedSets): Identity {
  const sets = pairSets(file, base, renamedSets)
  const baseSetOf = new Map(sets.pairs.map(({ key, baseKey }) => [key, baseKey]))
  const groups = renamedGroups(file, base.rows, baseSetOf)
  const prefixes = new Map([...baseSetOf, ...groups])
  const toBase = (key: string): string | undefined => formerKeyOf(key, prefixes)
  const tokens = pairTokens(file, base, toBase)
  const baseTokenOf = new Map(tokens.pairs.map(({ key, baseKey }) => [key, baseKey]))
  const usedIds = new Set([...base.places.values()].map(({ id }) => id))
  const groupsInFile = groupKeys(file)
  const fresh = new Map<string, NodePlace>()

  const inBase = (key: string): NodePlace | undefined => {
    if (file.tokens.has(key)) {
      const baseKey = baseTokenOf.get(key)
      return baseKey === undefined ? undefined : base.places.get(baseKey)
    }
    if (key.startsWith(themePrefix)) return base.places.get(key)
    const baseKey = toBase(key)
    // A token of the base that became a group is another node.
    return baseKey === undefined || base.rows.tokens.has(baseKey) ? undefined : base.places.get(baseKey)
  }
  const placeOf = (key: string): NodePlace => {
    const known = inBase(key) ?? fresh.get(key)
    if (known) return known
    const place: NodePlace = { id: newId(key), old: noneOld, order: '', folded: 1 }
    fresh.set(key, place)
    return place
  }
  const newId = (key: string): string => {
    const parentId = key.startsWith(themePrefix)
      ? '/$themes'
      : parentOf(key) === rootKey
        ? setsId
        : placeOf(parentOf(key)).id
    const name = key.startsWith(themePrefix) ? key.slice(themePrefix.length) : (segmentsOf(key).at(-1) ?? '')
    const emptied = file.tokens.has(key) && !groupsInFile.has(key) ? base.places.get(toBase(key) ?? '') : undefined
    // A group of the base whose place a token took, with nothing left below: it becomes the token.
    if (emptied && parentIdOf(emptied.id) === parentId) return emptied.id
    let id = `${parentId}/${segmentOf(name)}`
    for (let k = 1; usedIds.has(id); k++) id = `${parentId}/${generationOf(name, k)}`
    return id
  }
  return {
    tokens: tokens.pairs,
    sets: sets.pairs,
    groups: [...groups].flatMap(([key, baseKey]) => pairAt(key, baseKey, base)),
    themes: [...file.themes.keys()].flatMap((id) => pairAt(themePrefix + id, themePrefix + id, base)),
    gone: {
      tokens: tokens.gone,
      sets: sets.gone,
      themes: [...base.rows.themes.keys()].filter((id) => !file.themes.has(id)).map((id) => themePrefix + id),
    },
    born: {
      tokens: tokens.born,
      sets: sets.born,
      themes: [...file.themes.keys()].filter((id) => !base.rows.themes.has(id)).map((id) => themePrefix + id),
    },
    placeOf,
    isNew: (key) => inBase(key) === undefined,
    spellsOld: createSpellingVote(base, toBase),
  }
}

const noneOld: ReadonlySet<never> = new Set()

export function setKeyOf(key: string): string {
  const end = key.indexOf('/', 1)
  return end < 0 ? key : key.slice(0, end)
}

export function parentOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/'))
}

function pairAt(key: string, baseKey: string, base: SnapView): Pair[] {
  const place = base.places.get(baseKey)
  return place ? [{ key, baseKey, place }] : []
}

/** Keys of all groups that hold a token of the file. */
function groupKeys(file: PluginRows): ReadonlySet<string> {
  const groups = new Set<string>()
  for (const key of file.tokens.keys()) {
    for (let group = parentOf(key); group !== rootKey && !groups.has(group); group = parentOf(group)) groups.add(group)
  }
  return groups
}

interface Pairing {
  readonly pairs: readonly Pair[]
  readonly gone: readonly string[]
  readonly born: readonly string[]
}

/** A set that is gone and a new one with equal tokens, each the only one of its kind, are one set renamed; so are those that the choice of the base found to be. */
function pairSets(file: PluginRows, base: SnapView, renamedSets: RenamedSets): Pairing {
  const keys = file.sets.map((name) => `/${escapeSegment(name)}`)
  const baseKeys = base.rows.sets.map((name) => `/${escapeSegment(name)}`)
  const gone = baseKeys.filter((key) => !keys.includes(key))
  const born = keys.filter((key) => !baseKeys.includes(key))
  const contents = (rows: PluginRows, of: readonly string[]): ReadonlyMap<string, string> => {
    const texts = new Map<string, [string, Row][]>(of.map((key) => [key, []]))
    for (const [key, row] of rows.tokens) texts.get(setKeyOf(key))?.push([key.slice(setKeyOf(key).length), row])
    return new Map(
      [...texts].map(([key, tokens]) => [
        key,
        tokens.length > 0 ? JSON.stringify(tokens.toSorted(([a], [b]) => (a < b ? -1 : 1))) : '',
      ]),
    )
  }
  const renamed = new Map([...renamedSets].filter(([key, former]) => born.includes(key) && gone.includes(former)))
  const taken = new Set(renamed.values())
  for (const [key, former] of pairUnique(contents(base.rows, gone), contents(file, born))) {
    if (!renamed.has(key) && !taken.has(former)) renamed.set(key, former)
  }
  return collect(keys, baseKeys, renamed, base)
}

function pairTokens(file: PluginRows, base: SnapView, toBase: (key: string) => string | undefined): Pairing {
  const gone = new Map(base.rows.tokens)
  const born = new Map<string, Row>()
  for (const [key, row] of file.tokens) {
    const baseKey = toBase(key)
    if (baseKey !== undefined && !gone.delete(baseKey)) born.set(key, row)
  }
  const renamed = new Map<string, string>()
  const pairBy = (placeOf: (key: string) => string | undefined): void => {
    const taken = new Set(renamed.values())
    const told = (keys: Iterable<readonly [string, Row]>, toKey: (key: string) => string): Map<string, string> =>
      new Map(
        [...keys].map(([key, row]) => {
          const place = renamed.has(key) || taken.has(key) ? undefined : placeOf(toKey(key))
          return [key, place === undefined ? '' : JSON.stringify([place, row])]
        }),
      )
    const pairs = pairUnique(
      told(gone, (key) => key),
      told(born, (key) => toBase(key) ?? key),
    )
    for (const [key, former] of pairs) renamed.set(key, former)
  }
  pairBy(parentOf)
  // In another group of its set. A name that is shown in several parts belongs to its group.
  pairBy((key) => ((base.places.get(key)?.folded ?? 1) === 1 ? setKeyOf(key) : undefined))
  const keys = [...file.tokens.keys()]
  const all = new Map(keys.map((key) => [key, renamed.get(key) ?? toBase(key) ?? key]))
  return collect(keys, [...base.rows.tokens.keys()], all, base)
}

function collect(
  keys: readonly string[],
  baseKeys: readonly string[],
  baseKeyOf: ReadonlyMap<string, string>,
  base: SnapView,
): Pairing {
  const inBase = new Set(baseKeys)
  const pairs = keys.flatMap((key) => {
    const baseKey = baseKeyOf.get(key) ?? key
    return inBase.has(baseKey) ? pairAt(key, baseKey, base) : []
  })
  const paired = new Set(pairs.map(({ key }) => key))
  const used = new Set(pairs.map(({ baseKey }) => baseKey))
  return {
    pairs,
    gone: baseKeys.filter((key) => !used.has(key)),
    born: keys.filter((key) => !paired.has(key)),
  }
}

/** Pairs keys of equal text where only one on each side has it; `''` pairs nothing. Later key → earlier key. */
function pairUnique(gone: ReadonlyMap<string, string>, born: ReadonlyMap<string, string>): Map<string, string> {
  const goneByText = keysByText(gone)
  const pairs = new Map<string, string>()
  for (const [text, keys] of keysByText(born)) {
    const from = goneByText.get(text)
    if (text !== '' && keys.length === 1 && from?.length === 1) pairs.set(keys[0] as string, from[0] as string)
  }
  return pairs
}

function keysByText(texts: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  const keys = new Map<string, string[]>()
  for (const [key, text] of texts) keys.set(text, [...(keys.get(text) ?? []), key])
  return keys
}

function createSpellingVote(base: SnapView, toBase: (key: string) => string | undefined): (setKey: string) => boolean {
  const votes = new Map<string, number>()
  let all = 0
  for (const key of base.rows.tokens.keys()) {
    const vote = base.places.get(key)?.old.has('$value') ? 1 : -1
    votes.set(setKeyOf(key), (votes.get(setKeyOf(key)) ?? 0) + vote)
    all += vote
  }
  return (setKey) => (votes.get(toBase(setKey) ?? '') ?? all) > 0
}
