import type { FactStore } from './fact-store.ts'
import type { Shown } from './shown.ts'
export interface Claim {
  readonly value: unknown
}
export interface Conflict {
  readonly set: string | null
}
export function conflictsIn(_store: FactStore, _shown: Shown): readonly Conflict[] {
  return []
}
