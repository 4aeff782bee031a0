import { readFaults } from './document-read.ts'
import { shownFaults } from './document-shown.ts'
import { storedFaults } from './document-stored.ts'
import { writeFaults } from './document-write.ts'
import type { FaultArea } from './fault.ts'

/**
 * Rules of `document-model.md` by the number of their section: all that are marked † (found by attacks) or ‡ (reasoned), all of
 * sections 5 and 6, and what else the others stand on.
 */
const rules = [
  ...['2 †', '2.1', '2.1 †', '2.2', '2.2 ‡ lane', '2.2 ‡ header', '2.3 † 1970', '2.3 last', '2.3 † repair'],
  ...['2.4 ‡ future', '2.4 † manifest', '2.4 † hash', '2.4 client ids', '2.4 ‡ published seeds', '2.4 † copy root'],
  ...['3 † entries', '3 † themes', '3 † themes live', '3 ‡ reserved', '3 ‡ token', '3 generations', '3 order keys'],
  ...['4 † 10d', '4 † group moved in', '4 † set names', '4 † themes', '4 † one time'],
  ...['5.1', '5.2', '5.2 †', '5.3', '5.4', '5.4 †', '5.4 † moved in', '5.5', '5.6', '5.7', '5.8', '5.8 †', '5.9'],
  ...['6 action', '6 erasing', '6 erasing †', '6 deletion', '6 deletion †', '6 themes', '6 parts', '6 two paths'],
  ...['6 undo †', '6 undo v', '6 undo n p q', '6 undo c', '6 undo x', '6 redo', '6 steps', '6 steps ‡'],
  ...['8 versions', '11 ‡ who', '11 ‡ registers'],
]

export const documentFaults: FaultArea = {
  name: 'document',
  rules,
  faults: [...storedFaults, ...readFaults, ...shownFaults, ...writeFaults],
  suite: ['doc', 'storage/lane-lease.test.ts', 'seed-exchange.test.ts'],
  exclude: ['doc/convergence*.test.ts', 'doc/hostile.test.ts', 'doc/lossless.test.ts'],
  tableFile: 'test/doc/README.md',
}
