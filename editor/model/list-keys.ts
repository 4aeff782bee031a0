/** Keys of the token list (the treegrid pattern of the ARIA Authoring Practices, rows focused). */
import { type ListRow, parentIndex } from './list-rows.ts'

export type ListAction =
  | { readonly kind: 'go'; readonly to: number }
  | { readonly kind: 'fold' }
  | { readonly kind: 'unfold' }
  | { readonly kind: 'edit' }
  | { readonly kind: 'rename' }
  | { readonly kind: 'remove' }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'add' }
  | { readonly kind: 'move'; readonly by: -1 | 1 }
  | { readonly kind: 'menu' }

export interface ListKey {
  readonly key: string
  readonly ctrl: boolean
  readonly alt: boolean
  readonly shift: boolean
}

/** What a key does at row `at`; undefined for keys that are not the list's. */
export function listAction(
  pressed: ListKey,
  rows: readonly ListRow[],
  at: number,
  pageSize: number,
): ListAction | undefined {
  const row = rows[at]
  if (!row) return undefined
  const last = rows.length - 1
  const go = (to: number): ListAction => ({ kind: 'go', to: Math.max(0, Math.min(last, to)) })
  if (pressed.ctrl) return pressed.key === 'd' || pressed.key === 'D' ? { kind: 'duplicate' } : undefined
  switch (pressed.key) {
    case 'ArrowDown':
      return pressed.alt ? { kind: 'move', by: 1 } : go(at + 1)
    case 'ArrowUp':
      return pressed.alt ? { kind: 'move', by: -1 } : go(at - 1)
    case 'Home':
      return go(0)
    case 'End':
      return go(last)
    case 'PageDown':
      return go(at + pageSize)
    case 'PageUp':
      return go(at - pageSize)
    case 'ArrowRight':
      if (row.unfolded === undefined) return undefined
      return row.unfolded ? go(at + 1) : { kind: 'unfold' }
    case 'ArrowLeft': {
      if (row.unfolded === true && row.kind !== 'set') return { kind: 'fold' }
      const parent = parentIndex(rows, at)
      return parent < 0 ? undefined : go(parent)
    }
    case 'Enter':
      if (row.kind === 'token') return { kind: 'edit' }
      return row.unfolded ? { kind: 'fold' } : { kind: 'unfold' }
    case 'F2':
      return row.kind === 'token' ? { kind: 'edit' } : { kind: 'rename' }
    case 'Delete':
    case 'Backspace':
      return { kind: 'remove' }
    case 'Insert':
      return { kind: 'add' }
    case 'ContextMenu':
      return { kind: 'menu' }
    case 'F10':
      return pressed.shift ? { kind: 'menu' } : undefined
    default:
      return undefined
  }
}
