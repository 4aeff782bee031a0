import { css, type CSSResult, html, LitElement, nothing, type ReactiveController, type TemplateResult } from 'lit'
import { icon } from './icon.ts'

export interface DialogContent {
  readonly heading: string
  readonly size?: 'small' | 'medium' | 'large'
  readonly content: TemplateResult
  /** The buttons at the foot. */
  readonly actions?: TemplateResult
}

/**
 * The modal dialog that an element consists of. It opens when the element comes onto the page, puts the focus on what is marked
 * `autofocus`, and says `dialog-close` when it was closed by Escape, its button or {@link ModalDialog.close}. The focus goes
 * back by itself.
 */
export class ModalDialog implements ReactiveController {
  readonly #host: LitElement
  #shown = false

  constructor(host: LitElement) {
    this.#host = host
    host.addController(this)
  }

  render({ heading, size = 'medium', content, actions }: DialogContent): TemplateResult {
    return html`<dialog class=${size} aria-labelledby="dialog-heading" @close=${this.#onClose}>
      <header class="dialog-head">
        <h2 id="dialog-heading">${heading}</h2>
        <button type="button" class="quiet icon-only" aria-label="Close" @click=${() => this.close()}>
          ${icon('close')}
        </button>
      </header>
      <div class="dialog-content">${content}</div>
      ${actions ? html`<footer class="dialog-foot">${actions}</footer>` : nothing}
    </dialog>`
  }

  close(): void {
    this.#dialog?.close()
  }

  hostUpdated(): void {
    const dialog = this.#dialog
    // Once: an update between closing and leaving the page must not open it again.
    if (!dialog || this.#shown || !this.#host.isConnected) return
    this.#shown = true
    dialog.showModal()
    void this.#focusFirst(dialog)
  }

  hostDisconnected(): void {
    this.#shown = false
  }

  /** An element of ours has to be rendered before it can take the focus. */
  async #focusFirst(dialog: HTMLDialogElement): Promise<void> {
    const first = dialog.querySelector<HTMLElement>('[autofocus]')
    if (first instanceof LitElement) await first.updateComplete
    first?.focus()
  }

  get #dialog(): HTMLDialogElement | null {
    return this.#host.renderRoot.querySelector('dialog')
  }

  readonly #onClose = (): void => {
    this.#host.dispatchEvent(new Event('dialog-close', { bubbles: true, composed: true }))
  }
}

export const dialogStyles: CSSResult = css`
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
  dialog.small {
    width: min(26rem, calc(100vw - 1rem));
  }
  dialog.large {
    width: min(52rem, calc(100vw - 1rem));
  }
  dialog[open] {
    display: flex;
    flex-direction: column;
  }
  dialog::backdrop {
    background: #0a0c1073;
  }
  .dialog-head {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 0.5rem;
    padding: 0.75rem 0.75rem 0.75rem 1.25rem;
  }
  #dialog-heading {
    margin: 0;
    font-size: 1.125em;
    overflow-wrap: anywhere;
  }
  .dialog-content {
    overflow: auto;
    padding: 0.25rem 1.25rem 1.25rem;
  }
  .dialog-foot {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    gap: 0.5rem;
    padding: 0.75rem 1.25rem;
    border-top: 1px solid var(--yt-line);
    background: var(--yt-ground-2);
  }
  @media (max-height: 30rem) {
    dialog[open] {
      display: block;
      overflow: auto;
    }
    .dialog-content {
      overflow: visible;
    }
  }
`
