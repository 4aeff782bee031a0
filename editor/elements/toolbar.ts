import {
  css,
  type CSSResultGroup,
  html,
  LitElement,
  nothing,
  type PropertyDeclarations,
  type TemplateResult,
} from 'lit'
import type { TokensStatus } from 'y-tokens'
import type { ShownPerson } from '../model/people.ts'
import { plainText } from '../model/plain-text.ts'
import { controls } from '../styles/controls.ts'
import { type Panel, sendCommand } from './command.ts'
import { icon } from './icon.ts'
import type { Menu, MenuItem } from './menu.ts'

/** The editor's head: its name, undo, search, who is here, the sync indicator, everything else in a menu. */
export class Toolbar extends LitElement {
  static override properties: PropertyDeclarations = {
    heading: {},
    query: {},
    canUndo: { type: Boolean },
    canRedo: { type: Boolean },
    readOnly: { attribute: false },
    people: { attribute: false },
    status: { attribute: false },
  }

  declare heading: string
  declare query: string
  declare canUndo: boolean
  declare canRedo: boolean
  declare readOnly: string | null
  declare people: readonly ShownPerson[]
  /** Null where no room is open. */
  declare status: TokensStatus | null

  constructor() {
    super()
    this.heading = ''
    this.query = ''
    this.canUndo = false
    this.canRedo = false
    this.readOnly = null
    this.people = []
    this.status = null
  }

  static override styles: CSSResultGroup = [
    controls,
    css`
      .bar {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.375rem 0.5rem;
        padding: 0.5rem 0.875rem;
        border-bottom: 1px solid var(--yt-line);
      }
      h1 {
        margin: 0;
        min-width: 0;
        max-width: 16rem;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        font-size: 1.0625em;
      }
      .undo {
        display: flex;
      }
      .search {
        position: relative;
        flex: 1 1 12rem;
        max-width: 26rem;
        margin-inline: auto;
      }
      .search .icon {
        position: absolute;
        inset-block-start: 0.5rem;
        inset-inline-start: 0.5rem;
        color: var(--yt-text-2);
        pointer-events: none;
      }
      .search input[type='search'] {
        padding-inline-start: 1.875rem;
        border-color: var(--yt-line-control);
      }
      .end {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.25rem 0.375rem;
        margin-inline-start: auto;
      }
      @container (max-width: 44rem) {
        .bar {
          display: grid;
          grid-template: 'name undo people more' auto 'search status status status' auto / minmax(0, 1fr) auto auto auto;
        }
        h1 {
          grid-area: name;
        }
        .undo {
          grid-area: undo;
        }
        .search {
          grid-area: search;
          min-width: 6rem;
          max-width: none;
        }
        .end {
          display: contents;
        }
        yt-people {
          grid-area: people;
        }
        yt-sync-status {
          grid-area: status;
        }
        #more {
          grid-area: more;
        }
      }
    `,
  ]

  override render(): TemplateResult {
    const { readOnly } = this
    return html`<section class="bar" aria-label="Room">
        <h1 title=${this.heading}><bdi>${plainText(this.heading, 80)}</bdi></h1>
        <div class="undo">
          ${this.#button('undo', 'Undo', 'Undo (Ctrl+Z)', !this.canUndo || readOnly !== null)}
          ${this.#button('redo', 'Redo', 'Redo (Ctrl+Shift+Z)', !this.canRedo || readOnly !== null)}
        </div>
        <div class="search" role="search">
          ${icon('search')}
          <input
            type="search"
            aria-label="Search sets and tokens"
            placeholder="Search sets and tokens"
            autocomplete="off"
            spellcheck="false"
            .value=${this.query}
            @input=${this.#onSearch}
            @keydown=${this.#onSearchKey}
          />
        </div>
        <div class="end">
          ${this.people.length > 0 ? html`<yt-people .people=${this.people}></yt-people>` : nothing}
          <yt-sync-status .status=${this.status} .readOnly=${readOnly}></yt-sync-status>
          <button
            type="button"
            id="more"
            class="quiet icon-only"
            aria-haspopup="menu"
            aria-label="More"
            title="More"
            @click=${this.#onMore}
          >
            ${icon('more')}
          </button>
        </div>
      </section>
      <yt-menu label="More"></yt-menu>`
  }

  focusSearch(): void {
    this.renderRoot.querySelector<HTMLInputElement>('input[type=search]')?.select()
  }

  #button(kind: 'undo' | 'redo', label: string, title: string, off: boolean): TemplateResult {
    return html`<button
      type="button"
      class="quiet icon-only"
      aria-label=${label}
      title=${title}
      ?disabled=${off}
      @click=${() => sendCommand(this, { kind })}
    >
      ${icon(kind)}
    </button>`
  }

  readonly #onSearch = (event: Event): void => {
    this.#search((event.target as HTMLInputElement).value)
  }

  readonly #onSearchKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && this.query !== '') {
      event.preventDefault()
      this.#search('')
    }
    if (event.key === 'ArrowDown' || event.key === 'Enter') {
      event.preventDefault()
      this.dispatchEvent(new Event('search-done'))
    }
  }

  #search(query: string): void {
    this.query = query
    this.dispatchEvent(new Event('search-typed'))
  }

  readonly #onMore = (): void => {
    const menu = this.renderRoot.querySelector<Menu>('yt-menu')
    const button = this.renderRoot.querySelector('#more')
    if (!menu || !button) return
    menu.items = this.#items()
    void menu.openBeside(button, (id) => sendCommand(this, { kind: 'open', panel: id as Panel }))
  }

  #items(): readonly MenuItem[] {
    const room = this.status !== null
    const off = this.readOnly !== null
    return [
      { id: 'import', label: 'Import tokens', icon: 'import', disabled: off },
      { id: 'export', label: 'Export tokens', icon: 'export' },
      { id: 'themes', label: 'Themes', icon: 'themes', apart: true },
      ...(room
        ? ([
            { id: 'versions', label: 'Versions', icon: 'versions' },
            { id: 'journal', label: 'Journal of merges', icon: 'journal' },
            { id: 'bins', label: 'Bins', icon: 'bins', apart: true },
          ] as const)
        : []),
      { id: 'snapshot', label: 'Look at tokens by URL', icon: 'view' },
    ]
  }
}
