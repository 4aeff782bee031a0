import { type CSSResultGroup, html, LitElement, type PropertyDeclarations, type TemplateResult } from 'lit'
import type { TokenDocument } from 'y-tokens/doc'
import { problemOf } from '../actions.ts'
import { countOf, formatBytes, plainText } from '../model/plain-text.ts'
import { folderPicker, writeFiles } from '../write-files.ts'
import { controls } from '../styles/controls.ts'
import { dialogStyles, ModalDialog } from './dialog.ts'
import { icon } from './icon.ts'

const shownChars = 4_000

/** The room's tokens as one JSON file, key order as it came in: to download or to copy. */
export class ExportDialog extends LitElement {
  static override properties: PropertyDeclarations = {
    document: { attribute: false },
    fileName: {},
    said: { state: true },
    problem: { state: true },
  }

  declare document: TokenDocument
  declare fileName: string
  declare said: string
  declare problem: string
  #text = ''

  readonly #dialog = new ModalDialog(this)

  constructor() {
    super()
    this.fileName = 'tokens.json'
    this.said = ''
    this.problem = ''
  }

  static override styles: CSSResultGroup = [controls, dialogStyles]

  override connectedCallback(): void {
    super.connectedCallback()
    this.#text = this.document.toText({ indent: 2 })
  }

  override render(): TemplateResult {
    const bytes = new TextEncoder().encode(this.#text).length
    const cut = this.#text.length > shownChars
    return this.#dialog.render({
      heading: 'Export tokens',
      content: html`<div class="stack">
        <p class="hint">${countOf(this.document.setNames().length, 'set')}, ${formatBytes(bytes)}, as they are now.</p>
        <div class="field">
          <label for="text">${cut ? 'The beginning of the file' : 'The file'}</label>
          <textarea
            id="text"
            rows="10"
            readonly
            .value=${cut ? `${this.#text.slice(0, shownChars)}…` : this.#text}
          ></textarea>
        </div>
        <p class="problem" role="alert">${this.problem}</p>
        <p class="hint" role="status">${this.said}</p>
      </div>`,
      actions: html`<button type="button" @click=${this.#onCopy}>${icon('copy')}Copy JSON</button>
        ${
          folderPicker() &&
          html`<button type="button" @click=${this.#onSaveFolder}>${icon('export')}Save as a folder</button>`
        }
        <button type="button" class="primary" autofocus @click=${this.#onDownload}>
          ${icon('export')}Download JSON
        </button>`,
    })
  }

  readonly #onCopy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(this.#text)
      this.said = 'Copied.'
    } catch (error) {
      this.problem = `The browser did not let the page copy: ${problemOf(error)}. Download the file instead.`
    }
  }

  /** One file for each set, as Tokens Studio keeps them. What else lies in the folder stays. */
  readonly #onSaveFolder = async (): Promise<void> => {
    this.problem = ''
    try {
      const folder = await folderPicker()?.({ mode: 'readwrite' })
      if (!folder) return
      const files = this.document.toFiles()
      await writeFiles(folder, files)
      this.said = `Saved ${countOf(files.size, 'file')} in ${plainText(folder.name, 60)}.`
    } catch (error) {
      // Whoever closes the browser's own dialog has said enough.
      if (error instanceof DOMException && error.name === 'AbortError') return
      this.problem = `The folder cannot be written: ${problemOf(error)}. Choose another, or download the file instead.`
    }
  }

  readonly #onDownload = (): void => {
    const url = URL.createObjectURL(new Blob([this.#text], { type: 'application/json' }))
    const link = document.createElement('a')
    link.href = url
    link.download = this.fileName
    link.click()
    // The download has begun by then; the address would keep the text in memory.
    setTimeout(() => URL.revokeObjectURL(url), 10_000)
    this.said = `Downloading ${this.fileName}.`
  }
}
