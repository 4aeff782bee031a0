import {
  css,
  type CSSResultGroup,
  html,
  LitElement,
  nothing,
  type PropertyDeclarations,
  type PropertyValues,
  type TemplateResult,
} from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { ShownPerson } from '../model/people.ts'
import { countOf, plainText } from '../model/plain-text.ts'
import type { ShownSet } from '../model/shown-sets.ts'
import { controls } from '../styles/controls.ts'
import { sendCommand } from './command.ts'
import { icon } from './icon.ts'
import type { Menu, MenuItem } from './menu.ts'
import { styleOf } from './style-of.ts'

/** The token sets in their order. Arrow keys go through them; Alt with an arrow, or dragging, moves one. */
export class SetList extends LitElement {
  static override properties: PropertyDeclarations = {
    sets: { attribute: false },
    searching: { type: Boolean },
    selected: {},
    people: { attribute: false },
    readOnly: { attribute: false },
    focused: { state: true },
    dropAt: { state: true },
  }

  declare sets: readonly ShownSet[]
  /** Only sets with something found are given. */
  declare searching: boolean
  declare selected: string
  declare people: readonly ShownPerson[]
  declare readOnly: string | null
  /** The set whose button is in the tab order. */
  declare focused: string
  declare dropAt: number | null
  #dragged: string | undefined
  #hadFocus = false

  constructor() {
    super()
    this.sets = []
    this.searching = false
    this.selected = ''
    this.people = []
    this.readOnly = null
    this.focused = ''
    this.dropAt = null
  }

  static override styles: CSSResultGroup = [
    controls,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 0;
      }
      header {
        display: flex;
        align-items: center;
        gap: 0.25rem;
        padding: 0.375rem 0.5rem 0.375rem 0.875rem;
      }
      h2 {
        flex: 1;
        margin: 0;
        font-size: 1em;
      }
      ul {
        flex: 1;
        min-height: 0;
        margin: 0;
        padding: 0 0.375rem 0.5rem;
        overflow: auto;
        list-style: none;
      }
      .nothing {
        padding: 0 0.875rem;
      }
      li {
        position: relative;
        display: flex;
        align-items: center;
        border-radius: var(--yt-radius);
      }
      li:hover {
        background: var(--yt-ground-3);
      }
      li.selected {
        background: var(--yt-accent-weak);
      }
      li.drop::before {
        content: '';
        position: absolute;
        inset: -1px 0.25rem auto;
        height: 2px;
        background: var(--yt-accent);
      }
      li.drop.after::before {
        inset: auto 0.25rem -1px;
      }
      .set {
        flex: 1;
        min-width: 0;
        justify-content: start;
        border-color: transparent;
        background: none;
        padding-inline: 0.5rem;
      }
      .set:hover:not(:disabled) {
        background: none;
      }
      .name {
        flex: 1;
        min-width: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .folder {
        color: var(--yt-text-2);
      }
      li.selected .name {
        font-weight: 600;
      }
      .status {
        font-size: 0.875em;
        color: var(--yt-text-2);
      }
      li.disabled .name {
        color: var(--yt-text-2);
      }
      .dot {
        width: 0.5rem;
        height: 0.5rem;
        border-radius: 50%;
        flex: none;
        forced-color-adjust: none;
      }
      .more {
        visibility: hidden;
        color: var(--yt-text-2);
      }
      li:hover .more,
      li:focus-within .more,
      li.selected .more {
        visibility: visible;
      }
      @media (forced-colors: active) {
        li.selected {
          outline: 2px solid Highlight;
        }
      }
      @media (hover: none) {
        .more {
          visibility: visible;
        }
      }
    `,
  ]

  protected override willUpdate(changed: PropertyValues<this>): void {
    this.#hadFocus = this.shadowRoot?.activeElement?.classList.contains('set') ?? false
    const names = this.sets.map(({ name }) => name)
    if (changed.has('selected') && !this.#hadFocus) this.focused = this.selected
    if (!names.includes(this.focused)) this.focused = names.includes(this.selected) ? this.selected : (names[0] ?? '')
  }

  override render(): TemplateResult {
    return html`<header>
        <h2 id="heading">Token sets</h2>
        <button
          type="button"
          class="quiet icon-only"
          aria-label="Add set"
          title=${this.readOnly ?? 'Add set'}
          ?disabled=${this.readOnly !== null}
          @click=${() => sendCommand(this, { kind: 'add-set' })}
        >
          ${icon('add')}
        </button>
      </header>
      <p class="hint nothing" ?hidden=${!this.searching || this.sets.length > 0}>No set matches.</p>
      <ul
        aria-labelledby="heading"
        @keydown=${this.#onKeyDown}
        @focusin=${this.#onFocusIn}
        @dragstart=${this.#onDragStart}
        @dragover=${this.#onDragOver}
        @drop=${this.#onDrop}
        @dragend=${this.#onDragEnd}
      >
        ${repeat(
          this.sets,
          ({ name }) => name,
          (set, at) => this.#item(set, at),
        )}
      </ul>
      <yt-menu></yt-menu>`
  }

  #item({ name, tokens, found, status }: ShownSet, at: number): TemplateResult {
    const selected = name === this.selected
    const here = this.people.filter(({ self, focus }) => !self && focus?.set === name)
    const folder = plainText(name.slice(0, name.lastIndexOf('/') + 1))
    const label = plainText(name.slice(name.lastIndexOf('/') + 1))
    const drop =
      this.dropAt === at ? 'drop' : this.dropAt === this.sets.length && at === this.sets.length - 1 ? 'drop after' : ''
    return html`<li
      class="${selected ? 'selected' : ''} ${status === 'disabled' ? 'disabled' : ''} ${drop}"
      data-at=${at}
      draggable=${this.readOnly === null}
    >
      <button
        type="button"
        class="set"
        tabindex=${name === this.focused ? 0 : -1}
        aria-current=${selected ? 'true' : nothing}
        aria-label=${this.#label(name, tokens, found, status, here)}
        title=${plainText(name)}
        @click=${() => sendCommand(this, { kind: 'select-set', set: name })}
      >
        <bdi class="name">${folder === '' ? nothing : html`<span class="folder">${folder}</span>`}${label}</bdi>
        ${here.map((person) => html`<span class="dot" ${styleOf({ 'background-color': person.color })}></span>`)}
        ${status === 'source' || status === 'disabled' ? html`<span class="status">${status === 'source' ? 'source' : 'off'}</span>` : nothing}
        <span class="number">${found === null ? tokens : `${found} / ${tokens}`}</span>
      </button>
      <button
        type="button"
        class="quiet icon-only more"
        tabindex="-1"
        aria-label="Actions for the set ${plainText(name)}"
        ?hidden=${this.readOnly !== null}
        @click=${() => this.#openMenu(at)}
      >
        ${icon('more')}
      </button>
    </li>`
  }

  #label(
    name: string,
    tokens: number,
    found: number | null,
    status: ShownSet['status'],
    here: readonly ShownPerson[],
  ): string {
    return [
      plainText(name),
      found === null ? countOf(tokens, 'token') : `${found} / ${countOf(tokens, 'token')} found`,
      status === null ? '' : status === 'disabled' ? 'off in this theme' : status,
      here.length === 0 ? '' : `${here.map((person) => person.name).join(', ')} here`,
    ]
      .filter(Boolean)
      .join(', ')
  }

  protected override updated(): void {
    if (this.#hadFocus) this.#buttonAt(this.#focusedAt)?.focus({ preventScroll: true })
  }

  /** Puts the keyboard on the set in the tab order. */
  focusCurrent(): void {
    this.#buttonAt(this.#focusedAt)?.focus()
  }

  get #focusedAt(): number {
    return this.sets.findIndex(({ name }) => name === this.focused)
  }

  #buttonAt(at: number): HTMLElement | undefined {
    return [...this.renderRoot.querySelectorAll<HTMLElement>('.set')][at]
  }

  readonly #onFocusIn = (event: FocusEvent): void => {
    const at = this.#itemAt(event)
    const set = this.sets[at]
    if (set && (event.target as Element).classList.contains('set')) this.focused = set.name
  }

  readonly #onKeyDown = (event: KeyboardEvent): void => {
    const at = this.#itemAt(event)
    const set = this.sets[at]
    if (!set) return
    const go = (to: number): void => this.#buttonAt(Math.max(0, Math.min(this.sets.length - 1, to)))?.focus()
    const editable = this.readOnly === null
    const { key, altKey } = event
    if (key === 'ArrowDown' || key === 'ArrowUp') {
      const by = key === 'ArrowDown' ? 1 : -1
      if (altKey && editable) this.#move(set.name, at + by)
      else go(at + by)
    } else if (key === 'Home') go(0)
    else if (key === 'End') go(this.sets.length - 1)
    else if (key === 'F2' && editable) sendCommand(this, { kind: 'rename-set', set: set.name })
    else if ((key === 'Delete' || key === 'Backspace') && editable)
      sendCommand(this, { kind: 'delete-set', set: set.name })
    else if ((key === 'ContextMenu' || (key === 'F10' && event.shiftKey)) && editable) this.#openMenu(at)
    else return
    event.preventDefault()
  }

  #itemAt(event: Event): number {
    const item = (event.target as Element).closest<HTMLElement>('li')
    return item ? Number(item.dataset['at']) : -1
  }

  #move(set: string, to: number): void {
    // Places count among all sets; a search may hide some.
    if (this.sets.some(({ found }) => found !== null)) return
    if (to >= 0 && to < this.sets.length) sendCommand(this, { kind: 'move-set', set, to })
  }

  #openMenu(at: number): void {
    const set = this.sets[at]
    const menu = this.renderRoot.querySelector<Menu>('yt-menu')
    const button = this.#buttonAt(at)
    if (!set || !menu || !button || this.readOnly !== null) return
    button.focus()
    menu.label = `Actions for the set ${plainText(set.name)}`
    menu.items = setMenu(at, this.sets.length)
    void menu.openBeside(button.nextElementSibling ?? button, (id) => {
      if (id === 'up' || id === 'down') this.#move(set.name, id === 'up' ? at - 1 : at + 1)
      else sendCommand(this, { kind: id === 'rename' ? 'rename-set' : 'delete-set', set: set.name })
    })
  }

  readonly #onDragStart = (event: DragEvent): void => {
    this.#dragged = this.sets[this.#itemAt(event)]?.name
    event.dataTransfer?.setData('text/plain', this.#dragged ?? '')
    if (event.dataTransfer) event.dataTransfer.effectAllowed = 'move'
  }

  readonly #onDragOver = (event: DragEvent): void => {
    const at = this.#itemAt(event)
    if (this.#dragged === undefined || at < 0) return
    event.preventDefault()
    const { top, height } = (event.target as Element).closest('li')?.getBoundingClientRect() ?? { top: 0, height: 0 }
    this.dropAt = event.clientY > top + height / 2 ? at + 1 : at
  }

  readonly #onDrop = (event: DragEvent): void => {
    event.preventDefault()
    const from = this.sets.findIndex(({ name }) => name === this.#dragged)
    const to = this.dropAt
    if (this.#dragged === undefined || to === null || from < 0) return
    this.#move(this.#dragged, to > from ? to - 1 : to)
  }

  readonly #onDragEnd = (): void => {
    this.#dragged = undefined
    this.dropAt = null
  }
}

function setMenu(at: number, count: number): readonly MenuItem[] {
  return [
    { id: 'rename', label: 'Rename', icon: 'edit', keys: 'F2' },
    { id: 'up', label: 'Move up', icon: 'up', keys: 'Alt+↑', apart: true, disabled: at === 0 },
    { id: 'down', label: 'Move down', icon: 'down', keys: 'Alt+↓', disabled: at === count - 1 },
    { id: 'remove', label: 'Delete', icon: 'remove', keys: 'Del', danger: true, apart: true },
  ]
}
