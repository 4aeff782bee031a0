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

/**
 * One update that brings a replica with this encoded state vector up to date, from updates that together are the document.
 * Null where Yjs cannot decode one of them.
 */
export function answerFrom(updates: readonly Uint8Array[], vector: Uint8Array): Uint8Array | null {
  const whole = mergeUpdates(updates)
  if (!whole || isEmptyVector(vector)) return whole
  try {
    return Y.diffUpdate(whole, vector)
  } catch {
    // The caller falls back to all of it.
    return null
  }
}

function isEmptyVector(vector: Uint8Array): boolean {
  return vector.length === 1 && vector[0] === 0
}
