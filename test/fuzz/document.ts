import { fuzzDocument } from '../support/fuzz-document.ts'
import type { FuzzArea } from './run.ts'

export const documentFuzz: FuzzArea = {
  mustReach: 0.3,
  run: (seed) => {
    const { kind, reached, ignored } = fuzzDocument(seed)
    return { kind, reached, counts: { 'ignored facts': ignored } }
  },
}
