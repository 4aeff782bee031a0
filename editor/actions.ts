/**
 * What the editor does to the document, each as one undo step. A refused action writes nothing and comes back as a sentence:
 * the form that asked shows it, or else a message.
 */
import type { ImportSource, TokenDocument } from 'y-tokens/doc'
import { parseTokenFile } from '../src/payload/file-form.ts'
import { parsePath } from '../src/payload/token-name.ts'
import { countOf, plainText } from './model/plain-text.ts'
import { danglingText } from './model/referrers.ts'
import { pathKey, rowsOfOutline, type SetRow } from './model/set-rows.ts'
import { formFields, formToken, type TokenForm } from './model/token-form.ts'

/** `problem` where nothing was done. */
export type Outcome =
  | { readonly kind: 'done'; readonly text: string }
  | { readonly kind: 'problem'; readonly text: string }

export interface RenameRequest {
  readonly set: string
  readonly path: readonly string[]
  readonly toSet: string
  /** Dotted. */
  readonly toName: string
  /** Also rewrites references to the old name. */
  readonly references: boolean
}

/** What went wrong, for people. A message of the library names its remedy already. */
export function problemOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function attempt(act: () => string): Outcome {
  try {
    return { kind: 'done', text: act() }
  } catch (error) {
    return { kind: 'problem', text: problemOf(error) }
  }
}

export function addToken(document: TokenDocument, set: string, form: TokenForm): Outcome {
  return attempt(() => {
    const path = parsePath(form.draft.name.trim())
    refuseTaken(document, set, path)
    document.set(set, path, formToken(form))
    return `Added ${plainText(form.draft.name)}`
  })
}

/** `references`: under another name, also rewrites what refers to it. */
export function saveToken(
  document: TokenDocument,
  set: string,
  path: readonly string[],
  form: TokenForm,
  references: boolean,
): Outcome {
  return attempt(() => {
    document.transact(() => {
      const fields = formFields(form)
      if (Object.keys(fields).length > 0) document.update(set, path, fields)
      const name = form.draft.name.trim()
      if (name !== form.base.name) document.rename(set, path, parsePath(name), { references })
    })
    return `Saved ${plainText(form.draft.name)}`
  })
}

/** Writing over another token would be no addition. */
function refuseTaken(document: TokenDocument, set: string, path: readonly string[]): void {
  if (document.get(set, path) === undefined) return
  throw new Error(
    `There is already something named ${plainText(path.join('.'))} in ${plainText(set)}. Choose another name.`,
  )
}

export function renameNode(document: TokenDocument, { set, path, toSet, toName, references }: RenameRequest): Outcome {
  return attempt(() => {
    const to = parsePath(toName.trim())
    document.move(set, path, toSet, to, { references })
    const also = references ? ', and the references to it' : ''
    return `Renamed ${plainText(path.join('.'))} to ${plainText(to.join('.'))}${also}`
  })
}

export function deleteNode(document: TokenDocument, set: string, path: readonly string[]): Outcome {
  return attempt(() => {
    const row = rowAt(document, set, path)
    document.remove(set, path)
    const name = plainText(path.join('.'))
    const what = row?.kind === 'group' ? `${name} with ${countOf(row.tokens, 'token')}` : name
    return `Deleted ${what}${danglingText(document, path)}`
  })
}

/** One place up or down among its siblings. */
export function moveNode(document: TokenDocument, set: string, path: readonly string[], by: -1 | 1): Outcome {
  return attempt(() => {
    const rows = rowsOfOutline(document.outline(set))
    const row = rowAt(document, set, path)
    const neighbour = rows.find((each) => each.parent === row?.parent && each.position === row.position + by)
    const name = plainText(path.join('.'))
    if (!row || !neighbour) return `${name} is already ${by < 0 ? 'first' : 'last'}`
    document.reorder(set, path, by < 0 ? { before: neighbour.label } : { after: neighbour.label })
    return `${name} is now ${row.position + by} of ${row.siblings}`
  })
}

export function addSet(document: TokenDocument, name: string, copyOf: string | null): Outcome {
  return attempt(() => {
    // From the text, which alone keeps the order of names such as 100.
    const tokens = copyOf === null ? undefined : parseTokenFile(document.toText()).sets.get(copyOf)
    document.addSet(name, tokens)
    return `Added the set ${plainText(name)}`
  })
}

export function renameSet(document: TokenDocument, set: string, to: string): Outcome {
  return attempt(() => {
    document.renameSet(set, to)
    return `Renamed the set ${plainText(set)} to ${plainText(to)}`
  })
}

export function deleteSet(document: TokenDocument, set: string): Outcome {
  return attempt(() => {
    const tokens = rowsOfOutline(document.outline(set)).filter((row) => row.kind === 'token').length
    document.removeSet(set)
    return `Deleted the set ${plainText(set)} with ${countOf(tokens, 'token')}`
  })
}

/** `to` is the set's place afterwards, from 0. */
export function moveSet(document: TokenDocument, set: string, to: number): Outcome {
  return attempt(() => {
    const names = document.setNames().filter((name) => name !== set)
    const at = Math.max(0, Math.min(names.length, to))
    document.reorderSets(names.toSpliced(at, 0, set))
    return `${plainText(set)} is now ${at + 1} of ${names.length + 1}`
  })
}

export function importFile(document: TokenDocument, source: ImportSource, mode: 'replace' | 'merge'): Outcome {
  return attempt(() => {
    document.import(source, { mode })
    return `Imported ${countOf(document.setNames().length, 'set')}`
  })
}

export function rowAt(document: TokenDocument, set: string, path: readonly string[]): SetRow | undefined {
  if (!document.setNames().includes(set)) return undefined
  const key = pathKey(path)
  return rowsOfOutline(document.outline(set)).find((row) => row.key === key)
}
