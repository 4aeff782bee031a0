import { css, type CSSResultGroup, html, LitElement, type PropertyDeclarations, type TemplateResult } from 'lit'
import { controls } from '../styles/controls.ts'
import { icon } from './icon.ts'

/**
 * A modal dialog: heading, content in the default slot, buttons in the slot `actions`. It opens when it comes onto the page and
 * says `dialog-close` when it has been closed by Escape, its button or {@link Dialog.close}; the focus goes back by itself.
 */
export class Dialog extends LitElement {
  static override properties: PropertyDeclarations = { heading: {}, size: { reflect: true } }

  declare heading: string
  declare size: 'small' | 'medium' | 'large'

  constructor() {
    super()
    this.heading = ''
    this.size = 'medium'
  }

  static override styles: CSSResultGroup = [
    controls,
    css`
      dialog {
        width: min(36rem, calc(100vw - 1rem));
        max-width: none;
        max-height: min(46rem, calc(100dvh - 1rem));
        padding: 0;
        border: 1px solid var(--yt-line);
        border-radius: 10px;
        background: var(--yt-raised);
        color: var(--yt-text);
        box-shadow: var(--yt-shadow);
        overflow: hidden;
      }
      :host([size='small']) dialog {
        width: min(26rem, calc(100vw - 1rem));
      }
      :host([size='large']) dialog {
        width: min(52rem, calc(100vw - 1rem));
      }
      dialog[open] {
        display: flex;
        flex-direction: column;
      }
      dialog::backdrop {
        background: #0a0c1073;
      }
      header {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 0.5rem;
        padding: 0.75rem 0.75rem 0.75rem 1.25rem;
      }
      h2 {
        margin: 0;
        font-size: 1.125em;
        overflow-wrap: anywhere;
      }
      .content {
        overflow: auto;
        padding: 0.25rem 1.25rem 1.25rem;
      }
      footer {
        display: flex;
        flex-wrap: wrap;
        justify-content: flex-end;
        gap: 0.5rem;
        padding: 0.75rem 1.25rem;
        border-top: 1px solid var(--yt-line);
        background: var(--yt-ground-2);
      }
      footer:not(:has(slot.filled)) {
        display: none;
      }
      @media (max-height: 30rem) {
        dialog[open] {
          display: block;
          overflow: auto;
        }
        .content {
          overflow: visible;
        }
      }
    `,
  ]

  override render(): TemplateResult {
    return html`<dialog aria-labelledby="heading" @close=${this.#onClose}>
      <header>
        <h2 id="heading">${this.heading}</h2>
        <button type="button" class="quiet icon-only" aria-label="Close" @click=${() => this.close()}>
          ${icon('close')}
        </button>
      </header>
      <div class="content"><slot></slot></div>
      <footer><slot name="actions" @slotchange=${this.#onActions}></slot></footer>
    </dialog>`
  }

  override firstUpdated(): void {
    this.#dialog?.showModal()
    void this.#focusFirst()
  }

  /** What the content marks `autofocus`; an element of ours has to be rendered first. */
  async #focusFirst(): Promise<void> {
    const first = this.querySelector<HTMLElement>('[autofocus]')
    if (first instanceof LitElement) await first.updateComplete
    first?.focus()
  }

  close(): void {
    this.#dialog?.close()
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector('dialog')
  }

  readonly #onActions = ({ target }: Event): void => {
    const slot = target as HTMLSlotElement
    slot.classList.toggle('filled', slot.assignedElements().length > 0)
  }

  readonly #onClose = (): void => {
    this.dispatchEvent(new Event('dialog-close', { bubbles: true, composed: true }))
  }
}

/** Closes the dialog an element of its content stands in. */
export function closeDialogOf(element: LitElement): void {
  element.renderRoot.querySelector<Dialog>('yt-dialog')?.close()
}
