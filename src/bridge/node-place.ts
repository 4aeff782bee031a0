import type { Json } from '../payload/ordered-json.ts'

/** The plugin's fields that a token may spell the old way, without `$`. */
export type SpelledField = '$value' | '$type' | '$description'

/** The node behind a row of the plugin's view, with all that a fact about it needs. */
export interface NodePlace {
  readonly id: string
  /** Fields stored in the old spelling. */
  readonly old: ReadonlySet<SpelledField>
  /** Order key among its siblings; `''` where it has none. */
  readonly order: string
  /** How many segments of the key stand for the node's own name: `x.l`, shown as `x/l`, takes 2. */
  readonly folded: number
}

const letters = { v: '$value', t: '$type', d: '$description' } as const
const birthRoot = '/values'

/**
 * Compact form in a snapshot: the order key alone for a node that still stands at its birth path under `/values`, spelled
 * with `$`; else `[id, letters of old spellings, order, folded]`, the defaults left out at the end.
 */
export function writePlace(key: string, { id, old, order, folded }: NodePlace): Json {
  if (id === birthRoot + key && old.size === 0 && folded === 1) return order
  const spelled = Object.entries(letters)
    .filter(([, field]) => old.has(field))
    .map(([letter]) => letter)
    .join('')
  const shownId = id === birthRoot + key ? '' : id
  return folded === 1 ? [shownId, spelled, order] : [shownId, spelled, order, folded]
}

export function readPlace(key: string, stored: Json): NodePlace {
  if (typeof stored === 'string') return { id: birthRoot + key, old: none, order: stored, folded: 1 }
  const [id, spelled, order, folded] = (Array.isArray(stored) ? stored : []) as readonly Json[]
  const old = new Set<SpelledField>()
  for (const [letter, field] of Object.entries(letters)) {
    if (typeof spelled === 'string' && spelled.includes(letter)) old.add(field)
  }
  return {
    id: typeof id === 'string' && id !== '' ? id : birthRoot + key,
    old: old.size > 0 ? old : none,
    order: typeof order === 'string' ? order : '',
    folded: typeof folded === 'number' ? folded : 1,
  }
}

const none: ReadonlySet<SpelledField> = new Set()

/** The register of a row field: `$value/fontSize` of a token in old spelling is `<id>/value/fontSize`. */
export function registerOf(place: NodePlace, field: string): string {
  const slash = field.indexOf('/')
  const key = slash < 0 ? field : field.slice(0, slash)
  return `${place.id}/${storedKey(place, key)}${slash < 0 ? '' : field.slice(slash)}`
}

/** The key under which the token stores this field of the plugin's view. */
export function storedKey(place: NodePlace, key: string): string {
  return place.old.has(key as SpelledField) ? key.slice(1) : key
}
