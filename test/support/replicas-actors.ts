import type { Actor } from './replicas-concurrent.ts'
import { putFacts, toFactTime } from './replicas-facts.ts'

/** One call of the document's interface each, as an actor of `concurrently`. */

export const update =
  (set: string, path: string, fields: Record<string, unknown>): Actor =>
  (document) =>
    document.update(set, path, fields)

export const rename =
  (set: string, path: string, to: string): Actor =>
  (document) =>
    document.rename(set, path, to)

export const move =
  (set: string, path: string, toSet: string, toPath: string): Actor =>
  (document) =>
    document.move(set, path, toSet, toPath)

export const remove =
  (set: string, path: string): Actor =>
  (document) =>
    document.remove(set, path)

export const renameSet =
  (name: string, to: string): Actor =>
  (document) =>
    document.renameSet(name, to)

export const removeSet =
  (name: string): Actor =>
  (document) =>
    document.removeSet(name)

export const reorderSets =
  (...names: string[]): Actor =>
  (document) =>
    document.reorderSets(names)

export const setTheme =
  (theme: Parameters<Parameters<Actor>[0]['setTheme']>[0]): Actor =>
  (document) => {
    document.setTheme(theme)
  }

/** A fact past the interface, at this replica's time: as another version of the product would write it. */
export const fact =
  (id: string, field: string, text: string, orderKey?: string): Actor =>
  (_document, _step, { ydoc, lane, now }) =>
    putFacts(ydoc, lane, [id, field, text, toFactTime(now()), ...(orderKey === undefined ? [] : [orderKey])])

/** Facts in a lane of their own, at the times they name: as the bridge writes what it took from a bin. */
export const lane =
  (name: string, ...facts: readonly (readonly unknown[])[]): Actor =>
  (_document, _step, { ydoc }) =>
    putFacts(ydoc, name, ...facts)
