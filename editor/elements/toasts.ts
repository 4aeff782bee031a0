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
import { controls } from '../styles/controls.ts'
import { sendCommand } from './command.ts'
import { icon } from './icon.ts'

export interface Notice {
  readonly kind: 'done' | 'problem'
  readonly text: string
  /** Offers to undo what was done, while it is the last thing done. */
  readonly undo?: boolean
}

interface Toast extends Notice {
  readonly id: number
}

/** What was done goes by itself; a problem stays until it is dismissed. */
const doneMs = 12_000
const maxShown = 4

/**
 * Messages about what was done or went wrong. Both lists are there from the start, since screen readers announce only what is
 * added to a live region they know. `say` announces without showing.
 */
export class Toasts extends LitElement {
  static override properties: PropertyDeclarations = { toasts: { state: true }, spoken: { state: true } }

  declare toasts: readonly Toast[]
  declare spoken: string
  #lastId = 0
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>()

  constructor() {
    super()
    this.toasts = []
    this.spoken = ''
  }

  static override styles: CSSResultGroup = [
    controls,
    css`
      :host {
        position: absolute;
        inset-inline: 0.75rem;
        inset-block-end: 0.75rem;
        display: grid;
        justify-items: end;
        gap: 0.5rem;
        pointer-events: none;
        z-index: 3;
      }
      .toasts {
        display: grid;
        justify-items: end;
        gap: 0.5rem;
      }
      .toast {
        display: flex;
        align-items: center;
        gap: 0.75rem;
        max-width: min(30rem, 100%);
        padding: 0.5rem 0.5rem 0.5rem 0.875rem;
        border: 1px solid var(--yt-line);
        border-radius: var(--yt-radius);
        background: var(--yt-raised);
        box-shadow: var(--yt-shadow);
        pointer-events: auto;
        overflow-wrap: anywhere;
      }
      .toast.problem {
        border-color: var(--yt-problem);
        color: var(--yt-text);
      }
      .toast.problem > .icon {
        color: var(--yt-problem);
      }
    `,
  ]

  override render(): TemplateResult {
    const list = (kind: Notice['kind']): unknown =>
      repeat(
        this.toasts.filter((toast) => toast.kind === kind),
        (toast) => toast.id,
        (toast) =>
          html`<div class="toast ${kind}">
            ${kind === 'problem' ? icon('warning') : nothing}
            <span class="grow">${toast.text}</span>
            ${
              toast.undo
                ? html`<button type="button" @click=${() => this.#undo(toast.id)}>${icon('undo')}Undo</button>`
                : nothing
            }
            <button type="button" class="quiet icon-only" aria-label="Dismiss" @click=${() => this.dismiss(toast.id)}>
              ${icon('close')}
            </button>
          </div>`,
      )
    return html`<div class="visually-hidden" role="status">${this.spoken}</div>
      <div class="toasts" role="status">${list('done')}</div>
      <div class="toasts" role="alert">${list('problem')}</div>`
  }

  show(notice: Notice): void {
    const id = ++this.#lastId
    const kept = this.toasts.filter((toast) => toast.kind === 'problem' || !toast.undo)
    this.toasts = [...kept, { ...notice, id }].slice(-maxShown)
    if (notice.kind === 'done')
      this.#timers.set(
        id,
        setTimeout(() => this.dismiss(id), doneMs),
      )
  }

  /** For screen readers only; the same words twice are said twice. */
  say(text: string): void {
    this.spoken = this.spoken === text ? `${text}\u00a0` : text
  }

  dismiss(id: number): void {
    clearTimeout(this.#timers.get(id))
    this.#timers.delete(id)
    this.toasts = this.toasts.filter((toast) => toast.id !== id)
  }

  /** Something else was done: Undo would no longer undo what the message says. */
  withdrawUndo(): void {
    this.toasts = this.toasts.map((toast) => ({ ...toast, undo: false }))
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
  }

  #undo(id: number): void {
    this.dismiss(id)
    sendCommand(this, { kind: 'undo' })
  }
}
