import { BinForm } from './elements/bin-form.ts'
import { BinItem } from './elements/bin-item.ts'
import { BinsDialog } from './elements/bins-dialog.ts'
import { BridgeBar } from './elements/bridge-bar.ts'
import { ConfirmDialog } from './elements/confirm-dialog.ts'
import { EmptyRoom } from './elements/empty-room.ts'
import { ExportDialog } from './elements/export-dialog.ts'
import { ImportDialog } from './elements/import-dialog.ts'
import { JournalDialog } from './elements/journal-dialog.ts'
import { Menu } from './elements/menu.ts'
import { NameDialog } from './elements/name-dialog.ts'
import { PauseDialog } from './elements/pause-dialog.ts'
import { People } from './elements/people.ts'
import { SetList } from './elements/set-list.ts'
import { SnapshotDialog } from './elements/snapshot-dialog.ts'
import { SyncStatus } from './elements/sync-status.ts'
import { ThemesDialog } from './elements/themes-dialog.ts'
import { Toasts } from './elements/toasts.ts'
import { TokenDialog } from './elements/token-dialog.ts'
import { TokenEditor } from './elements/token-editor.ts'
import { TokenList } from './elements/token-list.ts'
import { Toolbar } from './elements/toolbar.ts'
import { ValueInput } from './elements/value-input.ts'
import { VersionsDialog } from './elements/versions-dialog.ts'

const elements: Readonly<Record<string, CustomElementConstructor>> = {
  'yt-bin-form': BinForm,
  'yt-bin-item': BinItem,
  'yt-bins-dialog': BinsDialog,
  'yt-bridge-bar': BridgeBar,
  'yt-confirm-dialog': ConfirmDialog,
  'yt-empty-room': EmptyRoom,
  'yt-export-dialog': ExportDialog,
  'yt-import-dialog': ImportDialog,
  'yt-journal-dialog': JournalDialog,
  'yt-menu': Menu,
  'yt-name-dialog': NameDialog,
  'yt-pause-dialog': PauseDialog,
  'yt-people': People,
  'yt-set-list': SetList,
  'yt-snapshot-dialog': SnapshotDialog,
  'yt-sync-status': SyncStatus,
  'yt-themes-dialog': ThemesDialog,
  'yt-toasts': Toasts,
  'yt-token-dialog': TokenDialog,
  'token-editor': TokenEditor,
  'yt-token-list': TokenList,
  'yt-toolbar': Toolbar,
  'yt-value-input': ValueInput,
  'yt-versions-dialog': VersionsDialog,
}

/**
 * Registers `<token-editor>` and the elements it is made of. A page may load two copies of the editor, and a second `define`
 * of one name would throw: the first copy stands.
 */
export function defineTokenEditor(): void {
  defineElements(elements)
}

export function defineElements(constructors: Readonly<Record<string, CustomElementConstructor>>): void {
  for (const [name, constructor] of Object.entries(constructors)) {
    if (!customElements.get(name)) customElements.define(name, constructor)
  }
}
