import type * as Y from 'yjs'

/** Who caused a transaction. `bridge` = merged from a bin; `import` = taken from a file; `remote` = a teammate. */
export type ChangeOrigin = 'local' | 'remote' | 'bridge' | 'undo' | 'import'

/** The origin of the Yjs transactions of a document; any other origin is somebody else's transaction. */
export class DocumentOrigin {
  readonly kind: ChangeOrigin

  constructor(kind: ChangeOrigin) {
    this.kind = kind
  }
}

export function originOf(transaction: Y.Transaction): ChangeOrigin {
  if (transaction.origin instanceof DocumentOrigin) return transaction.origin.kind
  return transaction.local ? 'local' : 'remote'
}
