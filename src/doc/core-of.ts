import type { DocumentCore } from './document-core.ts'

const cores = new WeakMap<object, DocumentCore>()

/** Called once by the factory of the document. */
export function provideCore(document: object, core: DocumentCore): void {
  cores.set(document, core)
}

/** Undefined for anything but a document of this copy of the product. */
export function coreOf(document: object): DocumentCore | undefined {
  return cores.get(document)
}
