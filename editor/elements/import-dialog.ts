import {
  css,
  type CSSResultGroup,
  html,
  LitElement,
  nothing,
  type PropertyDeclarations,
  type TemplateResult,
} from 'lit'
import { createTokenDocument, type ImportSource, type TokenDocument } from 'y-tokens/doc'
import { problemOf } from '../actions.ts'
import { type GivenFiles, readChosen, readDropped } from '../given-files.ts'
import { countOf, plainText } from '../model/plain-text.ts'
import { diffTokens, type TokenDiff } from '../model/token-diff.ts'
import { controls } from '../styles/controls.ts'
import { dialogStyles, ModalDialog } from './dialog.ts'
import { icon } from './icon.ts'

export interface ImportRequest {
  readonly source: ImportSource
  readonly mode: 'replace' | 'merge'
  /** The name of the file or folder, or `pasted text`. */
  readonly name: string
}

/** Takes in a token file, or a folder of them: dropped, chosen or pasted; says what it would change before it does. */
export class ImportDialog extends LitElement {
  static override properties: PropertyDeclarations = {
    document: { attribute: false },
    run: { attribute: false },
    source: { state: true },
    name: { state: true },
    mode: { state: true },
    diff: { state: true },
    problem: { state: true },
    over: { state: true },
  }

  declare document: TokenDocument
  /** Returns a sentence where it could not be done. */
  declare run: (request: ImportRequest) => string | undefined
  declare source: ImportSource
  declare name: string
  declare mode: 'replace' | 'merge'
  declare diff: TokenDiff | null
  declare problem: string
  declare over: boolean

  readonly #dialog = new ModalDialog(this)

  constructor() {
    super()
    this.source = ''
    this.name = 'pasted text'
    this.mode = 'replace'
    this.diff = null
    this.problem = ''
    this.over = false
  }

  static override styles: CSSResultGroup = [
    controls,
    dialogStyles,
    css`
      .drop {
        display: grid;
        justify-items: center;
        gap: 0.5rem;
        padding: 1.25rem;
        border: 2px dashed var(--yt-line-control);
        border-radius: var(--yt-radius);
        text-align: center;
      }
      .drop.over {
        border-color: var(--yt-accent);
        background: var(--yt-accent-weak);
      }
    `,
  ]

  override render(): TemplateResult {
    return this.#dialog.render({
      heading: 'Import tokens',
      content: html`<form id="form" class="stack" novalidate @submit=${this.#onSubmit}>
        <div
          class="drop ${this.over ? 'over' : ''}"
          @dragover=${this.#onDragOver}
          @dragleave=${() => {
            this.over = false
          }}
          @drop=${this.#onDrop}
        >
          ${icon('import')}
          <span>Drop a JSON file of tokens here, or a folder with one for each set, or</span>
          <span class="row">
            <button type="button" autofocus @click=${() => this.#input('file')?.click()}>Choose files</button>
            <button type="button" @click=${() => this.#input('folder')?.click()}>Choose a folder</button>
          </span>
          <input
            id="file"
            type="file"
            accept=".json,application/json"
            multiple
            hidden
            aria-label="Token file"
            @change=${this.#onChoose}
          />
          <input id="folder" type="file" webkitdirectory hidden aria-label="Token folder" @change=${this.#onChoose} />
        </div>
        <div class="field">
          <label for="text">Or paste JSON</label>
          <textarea
            id="text"
            rows="5"
            spellcheck="false"
            aria-describedby="problem"
            aria-invalid=${this.problem !== ''}
            .value=${shownText(this.source)}
            ?readonly=${typeof this.source !== 'string' || this.source.length > maxEditedChars}
            @input=${(event: Event) => this.#take((event.target as HTMLTextAreaElement).value, 'pasted text')}
          ></textarea>
        </div>
        ${this.#modes()}
        <p id="problem" class="problem" role="alert">${this.problem}</p>
        <div role="status">${this.diff ? this.#preview(this.diff) : ''}</div>
      </form>`,
      actions: html`<button type="button" @click=${() => this.#dialog.close()}>Cancel</button>
        <button type="submit" form="form" class="primary" ?disabled=${this.diff === null}>Import</button>`,
    })
  }

  #modes(): TemplateResult | typeof nothing {
    if (this.document.state === 'empty') return nothing
    const choice = (mode: 'replace' | 'merge', text: string): TemplateResult =>
      html`<label class="choice"
        ><input
          type="radio"
          name="mode"
          .checked=${this.mode === mode}
          @change=${() => {
            this.mode = mode
          }}
        />${text}</label
      >`
    return html`<fieldset class="choices">
      <legend>What becomes of the tokens here</legend>
      ${choice('replace', 'Replace: afterwards the room has exactly the file')}
      ${choice('merge', 'Merge: what the file lacks stays')}
    </fieldset>`
  }

  #preview({ sets, tokens, added, changed, missing }: TokenDiff): TemplateResult {
    const gone =
      this.mode === 'replace' ? `${countOf(missing, 'token')} deleted` : `${countOf(missing, 'token')} kept as they are`
    return html`<p class="note">
      <bdi>${plainText(this.name, 60)}</bdi> has ${countOf(tokens, 'token')} in ${countOf(sets, 'set')}:
      ${this.document.state === 'empty' ? 'all are new.' : `${added} new, ${changed} changed, ${gone}. You can undo it.`}
    </p>`
  }

  #input(id: 'file' | 'folder'): HTMLInputElement | null {
    return this.renderRoot.querySelector(`#${id}`)
  }

  #take(source: ImportSource, name: string): void {
    this.source = source
    this.name = name
    this.problem = ''
    this.diff = null
    if (typeof source === 'string' && source.trim() === '') return
    // Into a document of its own, to see what it would change.
    const file = createTokenDocument()
    try {
      file.import(source)
      this.diff = diffTokens(this.document, file)
    } catch (error) {
      this.problem = problemOf(error)
    }
    file.destroy()
    file.ydoc.destroy()
  }

  async #takeFiles(reading: Promise<GivenFiles | undefined>): Promise<void> {
    try {
      const given = await reading
      if (given) this.#take(given.source, given.name)
    } catch (error) {
      this.problem = `The file cannot be read: ${problemOf(error)}`
    }
  }

  readonly #onChoose = (event: Event): void => {
    const input = event.target as HTMLInputElement
    void this.#takeFiles(readChosen(input.files ?? []))
  }

  readonly #onDragOver = (event: DragEvent): void => {
    event.preventDefault()
    this.over = true
  }

  readonly #onDrop = (event: DragEvent): void => {
    event.preventDefault()
    this.over = false
    if (event.dataTransfer) void this.#takeFiles(readDropped(event.dataTransfer))
  }

  readonly #onSubmit = (event: SubmitEvent): void => {
    event.preventDefault()
    if (this.diff === null) return
    this.problem = this.run({ source: this.source, mode: this.mode, name: this.name }) ?? ''
    if (this.problem === '') this.#dialog.close()
  }
}

/** Longer text is shown by its beginning, and not for editing. */
const maxEditedChars = 200_000

function shownText(source: ImportSource): string {
  if (source instanceof Map) return [...source.keys()].join('\n')
  const text = String(source)
  return text.length > maxEditedChars ? `${text.slice(0, 2_000)}…` : text
}
