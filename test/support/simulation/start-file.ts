import { worldFile } from '../scenario-tokens.ts'
import type { Ledger } from './ledger.ts'

/**
 * The small file of the directed tests, each of its values a ghost: both spellings, types that the plugin renames, a folded
 * name, a composite value, themes. Values of one token are one entity.
 */
export function startFile(ledger: Ledger): {
  readonly text: string
  readonly ghosts: Map<string, ReadonlySet<number>>
} {
  const ghosts = new Map<string, ReadonlySet<number>>()
  const mark = (entity: number): string => {
    const ghost = ledger.add({ kind: 'value', by: 'file', author: 'file', over: [], entity, arrival: new Map() })
    ghosts.set(ghost.mark, new Set([ghost.id]))
    return ghost.mark
  }
  const visit = (node: unknown, entity: number | undefined, key: string): unknown => {
    if (typeof node === 'string') return entity === undefined ? node : mark(entity)
    if (typeof node !== 'object' || node === null) return node
    const isToken = 'value' in node || '$value' in node
    const own = isToken ? ledger.newEntity() : entity
    return Object.fromEntries(
      Object.entries(node).map(([name, child]) => {
        const isText = /^\$?(value|description)$/.test(name) || entity !== undefined
        const isMarked = isText && (isToken || entity !== undefined)
        return [name, visit(child, isMarked ? own : undefined, `${key}/${name}`)]
      }),
    )
  }
  const file = JSON.parse(worldFile) as { readonly values: unknown; readonly $themes: readonly { name: string }[] }
  const themes = file.$themes.map((theme) => ({ ...theme, name: mark(ledger.newEntity()) }))
  return { text: JSON.stringify({ ...file, values: visit(file.values, undefined, ''), $themes: themes }), ghosts }
}
