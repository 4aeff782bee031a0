import { coreOf } from './core-of.ts'

/**
 * Throws what any edit of the document would throw now: `read-only`, `schema-too-new` or `closed`. For what is written beside
 * the document, and only by who may edit it.
 */
export function checkWritable(document: object): void {
  coreOf(document)?.checkWritable()
}
