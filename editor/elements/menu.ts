import {
  css,
  type CSSResultGroup,
  html,
  LitElement,
  nothing,
  type PropertyDeclarations,
  type TemplateResult,
} from 'lit'
import { controls } from '../styles/controls.ts'
import { icon, type IconName } from './icon.ts'
import { placeBeside } from './place-beside.ts'

export interface MenuItem {
  readonly id: string
  readonly label: string
  readonly icon: IconName
  readonly keys?: string
  readonly danger?: boolean
  readonly disabled?: boolean
  /** Draws a line above. */
  readonly apart?: boolean
}

/** A menu that opens beside an element and gives the focus back to where it was. */
export class Menu extends LitElement {
  static override properties: PropertyDeclarations = { items: { attribute: false }, label: {} }

  declare items: readonly MenuItem[]
  declare label: string
  #picked: ((id: string) => void) | undefined

  constructor() {
    super()
    this.items = []
    this.label = ''
  }

  static override styles: CSSResultGroup = [
    controls,
    css`
      [role='menu'] {
        position: fixed;
        margin: 0;
        inset: auto;
        min-width: 12rem;
        max-width: min(20rem, 94vw);
        max-height: 80vh;
        overflow: auto;
        padding: 0.25rem;
        border: 1px solid var(--yt-line);
        border-radius: var(--yt-radius);
        background: var(--yt-raised);
        color: var(--yt-text);
        box-shadow: var(--yt-shadow);
      }
      button {
        width: 100%;
        justify-content: start;
        border-color: transparent;
        background: none;
      }
      button.danger {
        border-color: transparent;
      }
      button:focus-visible {
        outline-offset: -2px;
      }
      kbd {
        margin-inline-start: auto;
        padding-inline-start: 1rem;
        font: inherit;
        color: var(--yt-text-2);
      }
      hr {
        margin: 0.25rem 0;
        border: 0;
        border-top: 1px solid var(--yt-line);
      }
    `,
  ]

  override render(): TemplateResult {
    return html`<div
      role="menu"
      popover="auto"
      aria-label=${this.label}
      @keydown=${this.#onKeyDown}
      @focusout=${this.#onFocusOut}
    >
      ${this.items.map(
        (item) =>
          html`${item.apart ? html`<hr role="separator" />` : nothing}<button
              role="menuitem"
              tabindex="-1"
              class=${item.danger ? 'danger' : ''}
              ?disabled=${item.disabled}
              @click=${() => this.#pick(item.id)}
            >
              ${icon(item.icon)}<span>${item.label}</span>${item.keys ? html`<kbd aria-hidden="true">${item.keys}</kbd>` : nothing}
            </button>`,
      )}
    </div>`
  }

  /** Opens with the first item focused. `picked` is called after the focus has gone back. */
  async openBeside(anchor: Element, picked: (id: string) => void): Promise<void> {
    await this.updateComplete
    const menu = this.#menu
    if (!menu) return
    this.#picked = picked
    menu.showPopover()
    placeBeside(menu, anchor)
    this.#enabled[0]?.focus()
  }

  get #menu(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>('[role=menu]')
  }

  get #enabled(): readonly HTMLElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLElement>('[role=menuitem]:not(:disabled)')]
  }

  #pick(id: string): void {
    this.#menu?.hidePopover()
    this.#picked?.(id)
  }

  readonly #onFocusOut = (event: FocusEvent): void => {
    if (!(event.relatedTarget instanceof Node) || this.renderRoot.contains(event.relatedTarget)) return
    this.#menu?.hidePopover()
  }

  readonly #onKeyDown = (event: KeyboardEvent): void => {
    const items = this.#enabled
    const at = items.indexOf(this.shadowRoot?.activeElement as HTMLElement)
    const to = ((): number | undefined => {
      switch (event.key) {
        case 'ArrowDown':
          return (at + 1) % items.length
        case 'ArrowUp':
          return (at - 1 + items.length) % items.length
        case 'Home':
          return 0
        case 'End':
          return items.length - 1
        default:
          return undefined
      }
    })()
    if (event.key === 'Tab') this.#menu?.hidePopover()
    if (to === undefined) return
    event.preventDefault()
    event.stopPropagation()
    items[to]?.focus()
  }
}
