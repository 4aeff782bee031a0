import type { ListAction } from '../model/list-keys.ts'
import type { ListRow } from '../model/list-rows.ts'
import { sendCommand } from './command.ts'
import type { MenuItem } from './menu.ts'

type NodeRow = Exclude<ListRow, { kind: 'set' }>

/** Everything that can be done with a token or group; each but the copy also has a key (`list-keys.ts`). */
export function rowMenu(row: NodeRow, readOnly: boolean): readonly MenuItem[] {
  const token = row.kind === 'token'
  const copy: MenuItem = { id: 'copy', label: 'Copy reference', icon: 'copy' }
  if (readOnly) return token ? [{ id: 'edit', label: 'View', icon: 'view', keys: 'Enter' }, copy] : [copy]
  return [
    ...(token ? [{ id: 'edit', label: 'Edit', icon: 'edit', keys: 'Enter' } as const] : []),
    { id: 'add', label: token ? 'Add token beside' : 'Add token here', icon: 'add', keys: 'Insert' },
    { id: 'rename', label: 'Rename or move', icon: 'edit', ...(token ? {} : { keys: 'F2' }) },
    ...(token ? [{ id: 'duplicate', label: 'Duplicate', icon: 'copy', keys: 'Ctrl+D' } as const, copy] : []),
    { id: 'up', label: 'Move up', icon: 'up', keys: 'Alt+↑', apart: true, disabled: row.position === 1 },
    { id: 'down', label: 'Move down', icon: 'down', keys: 'Alt+↓', disabled: row.position === row.siblings },
    { id: 'remove', label: 'Delete', icon: 'remove', keys: 'Del', danger: true, apart: true },
  ]
}

/** What a menu item or a row's button does. */
export function menuAction(id: string): ListAction {
  switch (id) {
    case 'up':
    case 'down':
      return { kind: 'move', by: id === 'up' ? -1 : 1 }
    case 'add':
    case 'rename':
    case 'duplicate':
    case 'remove':
    case 'menu':
      return { kind: id }
    default:
      return { kind: 'edit' }
  }
}

/** Asks the editor to do it; without the right to change, only looking is passed on. */
export function sendRowCommand(from: EventTarget, action: ListAction, row: NodeRow, readOnly: boolean): void {
  const { set } = row
  const { path, name } = row.row
  if (action.kind === 'edit') sendCommand(from, { kind: 'edit-token', set, path })
  if (readOnly) return
  switch (action.kind) {
    case 'rename':
      sendCommand(from, { kind: 'rename-node', set, path })
      break
    case 'remove':
      sendCommand(from, { kind: 'delete-node', set, path })
      break
    case 'duplicate':
      if (row.kind === 'token') sendCommand(from, { kind: 'duplicate-token', set, path })
      break
    case 'move':
      sendCommand(from, { kind: 'move-node', set, path, by: action.by })
      break
    case 'add': {
      const above = row.kind === 'group' ? name : path.slice(0, -1).join('.')
      sendCommand(from, { kind: 'add-token', set, name: above === '' ? '' : `${above}.` })
      break
    }
    default:
  }
}
