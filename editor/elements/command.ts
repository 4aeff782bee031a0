import type { BlockedExit } from 'y-tokens/bridge'

/** Panels and forms that stand in a dialog of their own. */
export type Panel = 'bins' | 'journal' | 'versions' | 'themes' | 'import' | 'export' | 'snapshot' | 'pause'

/** What an element asks the editor to do. `path` names a token or group below `set`. */
export type Command =
  | { readonly kind: 'select-set'; readonly set: string }
  | { readonly kind: 'look-at'; readonly set: string; readonly name: string }
  | { readonly kind: 'show-token'; readonly set: string; readonly name: string }
  | { readonly kind: 'add-token'; readonly set: string; readonly name: string }
  | { readonly kind: 'edit-token'; readonly set: string; readonly path: readonly string[] }
  | { readonly kind: 'duplicate-token'; readonly set: string; readonly path: readonly string[] }
  | { readonly kind: 'rename-node'; readonly set: string; readonly path: readonly string[] }
  | { readonly kind: 'delete-node'; readonly set: string; readonly path: readonly string[] }
  | { readonly kind: 'move-node'; readonly set: string; readonly path: readonly string[]; readonly by: -1 | 1 }
  | { readonly kind: 'copy-reference'; readonly name: string }
  | { readonly kind: 'add-set' }
  | { readonly kind: 'rename-set'; readonly set: string }
  | { readonly kind: 'delete-set'; readonly set: string }
  | { readonly kind: 'move-set'; readonly set: string; readonly to: number }
  | { readonly kind: 'undo' }
  | { readonly kind: 'redo' }
  | { readonly kind: 'open'; readonly panel: Panel }
  | { readonly kind: 'close' }
  | { readonly kind: 'use-sample' }
  | { readonly kind: 'pull' }
  | { readonly kind: 'pause'; readonly scope: 'team' | 'device'; readonly reason: string }
  | { readonly kind: 'resume' }
  | { readonly kind: 'leave-block'; readonly exit: BlockedExit }
  | { readonly kind: 'copy-unreadable' }
  | { readonly kind: 'room-key' }
  | { readonly kind: 'leave-snapshot' }
  | { readonly kind: 'refresh-snapshot' }
  | { readonly kind: 'rename-self'; readonly name: string }

export class CommandEvent extends Event {
  readonly command: Command

  constructor(command: Command) {
    super('editor-command', { bubbles: true, composed: true })
    this.command = command
  }
}

export function sendCommand(from: EventTarget, command: Command): void {
  from.dispatchEvent(new CommandEvent(command))
}
