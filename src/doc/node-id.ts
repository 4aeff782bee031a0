/**
 * Node ids: JSON Pointers of birth paths, `/values/core~1a/color/red/$value`. Names change, ids never do.
 *
 * Beyond `~0` and `~1` a segment knows `~uXXXX` for a lone surrogate, which UTF-8 cannot carry; `~:k` at its end for the
 * k-th node born where an older one was renamed or moved away; and `~n<time>.<lane>` for an array entry added later. Any
 * other `~` is reserved for versions to come: such a node is kept and never shown.
 */

const needsEscape = /[~/\ud800-\udfff]/
const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g
const generationSuffix = /~:\d+$/

export type SegmentKind = 'name' | 'generation' | 'entry' | 'reserved'

export interface Segment {
  readonly kind: SegmentKind
  /** The name at birth: the key in a file; the segment itself for an entry, empty for a reserved one. */
  readonly name: string
}

export function segmentOf(name: string): string {
  if (!needsEscape.test(name)) return name
  return name
    .replaceAll('~', '~0')
    .replaceAll('/', '~1')
    .replace(loneSurrogate, (unit) => `~u${unit.charCodeAt(0).toString(16)}`)
}

/** Whether UTF-8 can carry the text as it is: names in facts are not escaped. */
export function isWellFormed(text: string): boolean {
  return text.search(loneSurrogate) === -1
}

export function idOf(names: readonly string[]): string {
  return names.map((name) => `/${segmentOf(name)}`).join('')
}

export function readSegment(segment: string): Segment {
  if (!segment.includes('~')) return { kind: 'name', name: segment }
  if (segment.startsWith('~n')) return { kind: 'entry', name: segment }
  const body = segment.replace(generationSuffix, '')
  const name = body
    .replace(/~u([0-9a-f]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replaceAll('~1', '/')
    .replaceAll('~0', '~')
  // Only the one spelling that `segmentOf` gives: two ids of one name would be two tokens.
  if (segmentOf(name) !== body) return { kind: 'reserved', name: '' }
  return { kind: body === segment ? 'name' : 'generation', name }
}

/** The segment of the k-th node of this name; the first has none of these suffixes. */
export function generationOf(name: string, k: number): string {
  return `${segmentOf(name)}~:${k}`
}

/**
 * The segment of the child that has this key in a file. A theme names its sets by the last segments of their ids; where that
 * is a later generation, the key is the segment itself.
 */
export function segmentForKey(parentId: string, key: string): string {
  const isLink =
    key.includes('~:') && generationSuffix.test(key) && isSetLinksId(parentId) && readSegment(key).kind === 'generation'
  return isLink ? key : segmentOf(key)
}

/** `selectedTokenSets` of a theme. */
export function isSetLinksId(id: string): boolean {
  return id.endsWith('/selectedTokenSets') && /^\/\$themes\/[^/]*\/selectedTokenSets$/.test(id)
}

export function parentIdOf(id: string): string {
  return id.slice(0, Math.max(0, id.lastIndexOf('/')))
}

export function lastSegmentOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1)
}
