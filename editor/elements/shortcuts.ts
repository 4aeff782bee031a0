export type Shortcut = 'undo' | 'redo' | 'search'

/**
 * What a key means for the whole editor; undefined for keys that belong to where they are typed: inputs keep their own undo,
 * and what stands beside the editor on a page keeps its keys.
 */
export function shortcutOf(event: KeyboardEvent, editor: HTMLElement): Shortcut | undefined {
  const path = event.composedPath()
  const [target] = path
  if (event.defaultPrevented || (!path.includes(editor) && target !== editor.ownerDocument.body)) return undefined
  if (target instanceof HTMLElement && target.matches('input, textarea, select')) return undefined
  const key = event.key.toLowerCase()
  if (!event.ctrlKey && !event.metaKey) return key === '/' ? 'search' : undefined
  if (key === 'z') return event.shiftKey ? 'redo' : 'undo'
  return key === 'y' ? 'redo' : undefined
}
