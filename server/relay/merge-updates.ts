import * as Y from 'yjs'

/** `Y.mergeUpdates` takes quadratic time over many updates (yjs#710); as a tree of this width it does not. */
const fanIn = 64

/**
 * One update with the content of all. Nothing is collected: deleted content stays in it. Null where Yjs cannot decode one of
 * them; they must then be sent one by one.
 */
export function mergeUpdates(updates: readonly Uint8Array[]): Uint8Array | null {
  let level = [...updates]
  try {
    while (level.length > 1) {
      const next: Uint8Array[] = []
      for (let i = 0; i < level.length; i += fanIn) {
        const group = level.slice(i, i + fanIn)
        next.push(group.length === 1 ? (group[0] as Uint8Array) : Y.mergeUpdates(group))
      }
      level = next
    }
  } catch {
    // The caller falls back to the updates as they are, so the failure is answered, not hidden.
    return null
  }
  return level[0] ?? null
}
