import { getKey, isIntegerKey, isObject, type Json } from '../payload/ordered-json.ts'
import { segmentOf } from './node-id.ts'

/**
 * The segments of the entries of `$themes`: their ids, where all are distinct texts, not empty and no integers. Undefined
 * where they are not: then entries are known by their place, as those of any array.
 */
export function themeSegments(themes: readonly Json[]): readonly string[] | undefined {
  const segments = new Set<string>()
  for (const theme of themes) {
    const id = isObject(theme) ? getKey(theme, 'id') : undefined
    if (typeof id !== 'string' || id === '' || isIntegerKey(id)) return undefined
    segments.add(segmentOf(id))
  }
  return segments.size === themes.length ? [...segments] : undefined
}
