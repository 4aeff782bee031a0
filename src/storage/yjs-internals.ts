/**
 * The two looks behind Yjs 13's public interface that safe storage needs, each with a public way for a Yjs that hides them.
 *
 * A listener of the application that throws in a document event (`update`, `beforeTransaction`, …) stops Yjs in the middle
 * of its clean-up: from then on edits seem to work, but no event fires and nothing is stored or sent any more
 * (yjs/yjs#799).
 */
import * as Y from 'yjs'

interface Internals {
  _transaction?: unknown
  _transactionCleanups?: unknown[]
  readonly store?: { readonly pendingStructs: unknown; readonly pendingDs: unknown }
}

/** Whether the document refers to content that it has not got. */
export function hasGap(ydoc: Y.Doc): boolean {
  const { store } = ydoc as unknown as Internals
  if (store && 'pendingStructs' in store && 'pendingDs' in store) {
    return store.pendingStructs !== null || store.pendingDs !== null
  }
  return hasStructGap(ydoc)
}

/** By public means: sees missing content, not a deletion of missing content. Encodes the whole document. */
export function hasStructGap(ydoc: Y.Doc): boolean {
  const known = Y.decodeStateVector(Y.encodeStateVector(ydoc))
  for (const [client, clock] of Y.parseUpdateMeta(Y.encodeStateAsUpdate(ydoc)).to) {
    if (clock > (known.get(client) ?? 0)) return true
  }
  return false
}

/**
 * Calls `onSilenced` when a throwing listener has silenced the document, after it has been woken up again (a Yjs that hides
 * its internals stays silent). Updates made before that are in the document, but other listeners may have missed them:
 * store and send the whole state.
 *
 * Returns a function that ends the watch. Watch before the application adds listeners of its own.
 */
export function watchSilence(ydoc: Y.Doc, onSilenced: () => void): () => void {
  const internals = ydoc as unknown as Internals
  let checking = false
  let settled = true

  const check = (): void => {
    checking = false
    // Transactions are synchronous: in a microtask none can be under way.
    const silenced = internals._transactionCleanups
      ? internals._transactionCleanups.length > 0 || internals._transaction !== null
      : !settled
    if (!silenced) return
    if (internals._transactionCleanups) {
      internals._transactionCleanups = []
      internals._transaction = null
    }
    settled = true
    onSilenced()
  }
  const began = (): void => {
    settled = false
    if (checking) return
    checking = true
    queueMicrotask(check)
  }
  const ended = (): void => {
    settled = true
  }

  ydoc.on('beforeAllTransactions', began)
  ydoc.on('beforeTransaction', began)
  ydoc.on('afterAllTransactions', ended)
  return () => {
    ydoc.off('beforeAllTransactions', began)
    ydoc.off('beforeTransaction', began)
    ydoc.off('afterAllTransactions', ended)
  }
}
