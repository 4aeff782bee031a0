import type { Lens } from './lens.ts'
import { fieldText } from './row-fields.ts'
import type { EntryValue } from './side-entries.ts'
import { themePrefix } from './snapshot-content.ts'

/** Whether the document shows this value at its place. */
export function stillStands(lens: Lens, change: EntryValue): boolean {
  const view = lens.view()
  const key = view.keyById.get(change.node)
  switch (change.role) {
    case 'field': {
      const row = key?.startsWith(themePrefix)
        ? view.rows.themes.get(key.slice(themePrefix.length))
        : view.rows.tokens.get(key ?? '')
      return row !== undefined && (fieldText(row, change.field) ?? null) === change.text
    }
    case 'name':
      return key !== undefined && lens.access.pathOf(change.node)?.path.at(-1) === change.text
    case 'parent':
      return key !== undefined && parentNow(lens, change.node) === change.text
    case 'node':
      return (key === undefined) === (change.text === null)
    case 'order': {
      const shown = change.place === 'sets' ? view.rows.sets : [...view.rows.themes.keys()]
      const after = JSON.parse(change.text ?? '[]') as readonly string[]
      return JSON.stringify(shown.filter((name) => after.includes(name))) === change.text
    }
  }
}

function parentNow({ access }: Lens, node: string): string | undefined {
  const now = access.pathOf(node)
  if (!now || now.path.length === 0) return undefined
  return [now.set, ...now.path.slice(0, -1)].reduce<string | undefined>(
    (parent, name) => (parent === undefined ? undefined : access.childOf(parent, name)),
    access.setsId,
  )
}
