/** Starts the page. The key leaves the address before anything else runs: it would stay in the history and be copied along. */
import { defineElements, defineTokenEditor } from './define-token-editor.ts'
import { EditorPage } from './elements/editor-page.ts'
import { KeyDialog } from './elements/key-dialog.ts'
import { StartPage } from './elements/start-page.ts'
import { parseAddress, parseConfig } from './page-config.ts'

const address = parseAddress(location.href)
if (address.key !== undefined) history.replaceState(history.state, '', address.clean)

defineTokenEditor()
defineElements({ 'yt-editor-page': EditorPage, 'yt-key-dialog': KeyDialog, 'yt-start-page': StartPage })

const page = new EditorPage()
page.config = parseConfig(document.getElementById('y-tokens-config')?.textContent ?? '')
page.address = address
document.getElementById('page')?.append(page)
