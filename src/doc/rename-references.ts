import { tokensIn } from '../payload/is-token.ts'
import type { JsonObject } from '../payload/ordered-json.ts'
import { type NewName, type ReferenceKind, renameReferences } from '../payload/reference-text.ts'
import { TokenError } from '../payload/token-error.ts'
import { formatPath } from '../payload/token-name.ts'
import { updateNode } from './edit-tokens.ts'
import { type Editing, placeAt } from './editing.ts'
import { isAtOrBelow, type ReferenceIndex } from './reference-index.ts'

export interface RenameOptions {
  /**
   * Also rewrites what refers to it, in all sets, in values and colour modifiers, as Tokens Studio does; part of the same undo
   * step. A reference to what only other sets have is left alone. Where they have a renamed name, too, references leave that
   * for the new one: `references` and `setNames` tell beforehand. Throws `invalid-name` for a name that none can be written to.
   */
  readonly references?: boolean
}

/** Renames or moves by `move`, and takes the references along. */
export function takeReferences(
  editing: Editing,
  index: () => ReferenceIndex,
  from: { readonly set: string; readonly path: readonly string[] },
  toPath: readonly string[],
  move: () => void,
): void {
  const name = formatPath(from.path)
  const wanted = formatPath(toPath)
  if (/[{}]/.test(wanted))
    throw new TokenError(
      'invalid-name',
      `No reference can be written to "${wanted}": it holds "{" or "}". Choose another place, or leave the references.`,
      { name: wanted },
    )
  const { value } = placeAt(editing, from.set, from.path).view
  const renamed = new Set([...tokensIn(value as JsonObject, from.path)].map(({ path }) => formatPath(path)))
  move()
  if (wanted === name) return
  // As it stands now: who refers may have moved along.
  const { ownersOf, targetOf } = index()
  const owners = [...ownersOf(name)]
  const newName: NewName = (old, kind) => {
    const now = wanted + old.slice(name.length)
    const isRenamed = kind === 'nested' ? old.startsWith(`${name}.`) : isAtOrBelow(old, name) && isMeant(old, now, kind)
    return isRenamed ? now : undefined
  }
  const isMeant = (old: string, now: string, kind: ReferenceKind): boolean => {
    const target = targetOf(old)
    // Still there, and not one that was renamed, or only that one has the part: it is of another set.
    if (target !== undefined) return renamed.has(target) && targetOf(now) !== undefined
    // A `$` that named no token is text.
    return kind !== 'old' || [...renamed].some((each) => isAtOrBelow(old, each))
  }
  for (const { set, path, token } of owners) {
    const fields = renameReferences(token, newName)
    if (fields) updateNode(editing, set, path, fields)
  }
}
