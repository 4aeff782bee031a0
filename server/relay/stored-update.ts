import { type StructHeader, type UpdateWalker, type WalkLimits, createUpdateWalker } from './update-walk.ts'

/** For bytes that were judged when they came in. */
export const noWalkLimits: WalkLimits = {
  maxClientsPerUpdate: Number.POSITIVE_INFINITY,
  maxStructsPerUpdate: Number.POSITIVE_INFINITY,
  maxDeleteRangesPerUpdate: Number.POSITIVE_INFINITY,
  maxRunLength: Number.MAX_SAFE_INTEGER,
  maxValueDepth: Number.POSITIVE_INFINITY,
}

/** Walks what was stored; shared, since its result is used before anything else is walked. */
export const storedWalker: UpdateWalker = createUpdateWalker(noWalkLimits)

/** The structs of a sound update, without what it skips. */
export function structsOf(update: Uint8Array): readonly StructHeader[] {
  const structs: StructHeader[] = []
  createUpdateWalker(noWalkLimits, (struct) => structs.push(struct)).walk(update)
  return structs
}

/** The delete set of a sound update as an update of its own; null where it deletes nothing. */
export function deletesOf(update: Uint8Array): Uint8Array | null {
  if (storedWalker.walk(update) || storedWalker.shape.deletes.length === 0) return null
  const deletes = update.subarray(storedWalker.shape.deletesAt)
  const alone = new Uint8Array(1 + deletes.length)
  alone.set(deletes, 1)
  return alone
}
