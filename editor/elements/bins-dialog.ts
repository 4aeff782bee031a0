import {
  css,
  type CSSResultGroup,
  html,
  LitElement,
  nothing,
  type PropertyDeclarations,
  type TemplateResult,
} from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { type Bins, isBridgeError } from 'y-tokens/bridge'
import { problemOf } from '../actions.ts'
import { controls } from '../styles/controls.ts'
import { dialogStyles, ModalDialog } from './dialog.ts'
import type { BinAnswer } from './bin-form.ts'
import type { BinItem } from './bin-item.ts'
import { sendCommand } from './command.ts'
import { icon } from './icon.ts'
import { Watch } from './watch.ts'

/** The bins of the team, and a form to add one. */
export class BinsDialog extends LitElement {
  static override properties: PropertyDeclarations = {
    bins: { attribute: false },
    readOnly: { attribute: false },
    hasTokens: { type: Boolean },
    begin: {},
    adding: { state: true },
    again: { state: true },
    said: { state: true },
  }

  declare bins: Bins
  declare readOnly: string | null
  declare hasTokens: boolean
  /** `key`: begins with the applied bin's key. */
  declare begin: 'list' | 'key'
  declare adding: boolean
  /** An earlier creation had no answer; the next try makes a second bin, knowingly. */
  declare again: boolean
  declare said: string

  readonly #dialog = new ModalDialog(this)

  constructor() {
    super()
    this.readOnly = null
    this.hasTokens = true
    this.begin = 'list'
    this.adding = false
    this.again = false
    this.said = ''
    new Watch<void>(this, () => this.bins)
  }

  static override styles: CSSResultGroup = [
    controls,
    dialogStyles,
    css`
      ul {
        display: grid;
        gap: 0.5rem;
        margin: 0;
        padding: 0;
        list-style: none;
      }
    `,
  ]

  override render(): TemplateResult {
    const bins = this.bins.list()
    return this.#dialog.render({
      heading: 'Bins',
      content: html`<div class="stack">
        <p class="hint">
          A bin holds this room’s tokens at JSONBin, where the Tokens Studio plugin and others read them. The team
          shares the list; each device has its own keys.
        </p>
        ${this.readOnly === null ? nothing : html`<p class="note">${this.readOnly}</p>`}
        ${this.begin === 'key' ? html`<p class="note">To read the applied bin, this device needs a key for it.</p>` : nothing}
        ${bins.length === 0 ? html`<p class="note">No bin yet. Add one to let others read these tokens.</p>` : nothing}
        <ul aria-label="Bins of the team">
          ${repeat(
            bins,
            ({ id }) => id,
            (bin) =>
              html`<li>
                <yt-bin-item
                  .bin=${bin}
                  .bins=${this.bins}
                  .readOnly=${this.readOnly}
                  ?hasTokens=${this.hasTokens}
                  ?autofocus=${this.begin === 'key' && bin.applied}
                  .step=${this.begin === 'key' && bin.applied ? 'key' : 'none'}
                  @bin-said=${(event: Event) => {
                    this.said = (event.target as BinItem).said
                  }}
                ></yt-bin-item>
              </li>`,
          )}
        </ul>
        <p class="hint" role="status">${this.said}</p>
        ${
          this.adding
            ? html`<yt-bin-form
                kind="add"
                .again=${this.again}
                .cancel=${this.#close}
                .submit=${this.#add}
              ></yt-bin-form>`
            : this.#addButtons()
        }
      </div>`,
    })
  }

  #addButtons(): TemplateResult {
    return html`<div class="row">
      <button type="button" id="add" ?disabled=${this.readOnly !== null} @click=${this.#onAdd}>
        ${icon('add')}Add bin
      </button>
      <button type="button" class="quiet" @click=${() => sendCommand(this, { kind: 'open', panel: 'snapshot' })}>
        ${icon('view')}Only look at a bin
      </button>
    </div>`
  }

  readonly #onAdd = (): void => {
    this.adding = true
    this.again = false
    this.said = ''
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('yt-bin-form')?.focus())
  }

  readonly #close = (): void => {
    this.adding = false
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('#add')?.focus())
  }

  readonly #add = async ({ name, id, url, key, remember }: BinAnswer): Promise<string | undefined> => {
    try {
      const added = await this.bins.add({
        name,
        ...(id === '' ? {} : { id }),
        ...(url === '' ? {} : { url }),
        // A bin that exists needs no key to be listed; its key then goes the way that asks whether to remember it.
        ...(key === null || id !== '' ? {} : { key }),
        ...(this.again ? { again: true } : {}),
      })
      if (key !== null) this.bins.setKey(added, key, { remember })
      this.#close()
      this.said =
        id === ''
          ? 'The bin is created with the tokens of this room. Apply it to keep it up to date.'
          : 'The bin is on the list. Apply it to use it.'
      return undefined
    } catch (error) {
      this.again = isBridgeError(error) && error.code === 'maybe-created'
      return problemOf(error)
    }
  }
}
