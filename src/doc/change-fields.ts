import { getKey, isObject, type Json, keysOf } from '../payload/ordered-json.ts'

export interface FieldChange {
  readonly field: readonly string[]
  readonly before: Json | undefined
  readonly after: Json | undefined
}

/** What differs between two values, as deep as both have the same shape. Equal objects are not looked into. */
export function* fieldChanges(
  before: Json | undefined,
  after: Json | undefined,
  field: readonly string[],
): Generator<FieldChange, void, undefined> {
  if (before === after) return
  if (isObject(before) && isObject(after)) {
    for (const key of keysOf(before))
      if (getKey(after, key) === undefined)
        yield { field: [...field, key], before: getKey(before, key), after: undefined }
    for (const key of keysOf(after)) yield* fieldChanges(getKey(before, key), getKey(after, key), [...field, key])
  } else if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    for (const [i, item] of after.entries()) yield* fieldChanges(before[i] as Json, item as Json, [...field, String(i)])
  } else yield { field, before, after }
}
