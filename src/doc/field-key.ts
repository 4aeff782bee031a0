import { isChildKey } from '../payload/is-token.ts'

/**
 * Whether a member of a group or token describes it, as `$type` does, and so lives and dies with it. Members that are no
 * objects do, too, whatever their key.
 */
export function isFieldKey(key: string, parentIsToken: boolean): boolean {
  return !isChildKey(key, parentIsToken)
}
