import {
  type CSSResultGroup,
  html,
  LitElement,
  type PropertyDeclarations,
  type PropertyValues,
  type TemplateResult,
} from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { Journal } from 'y-tokens/bridge'
import type { TokenChange, TokenDocument } from 'y-tokens/doc'
import { listAction, type ListAction } from '../model/list-keys.ts'
import { type ListRow, rowId } from '../model/list-rows.ts'
import { createListState } from '../model/list-state.ts'
import type { ShownPerson } from '../model/people.ts'
import type { Resolver } from '../model/resolve-value.ts'
import { rowWindow, scrollTopFor, type Viewport, windowIndexes } from '../model/row-window.ts'
import type { SetMatches } from '../model/search.ts'
import { showValue } from '../model/shown-value.ts'
import { controls } from '../styles/controls.ts'
import { swatchStyles } from '../styles/swatch.ts'
import type { Menu } from './menu.ts'
import { menuAction, rowMenu, sendRowCommand } from './row-commands.ts'
import { sendCommand } from './command.ts'
import { styleOf } from './style-of.ts'
import { tokenListStyles } from './token-list-styles.ts'
import { tokenRow } from './token-row.ts'
import { Watch } from './watch.ts'

/**
 * The tokens of one set as a tree, or the results of a search, as a virtual treegrid. Only rows in view are on the page; the
 * current row always is, so that it keeps the focus while others insert, delete and rename around it.
 */
export class TokenList extends LitElement {
  static override properties: PropertyDeclarations = {
    document: { attribute: false },
    set: {},
    found: { attribute: false },
    resolver: { attribute: false },
    people: { attribute: false },
    journal: { attribute: false },
    readOnly: { type: Boolean },
    scrolled: { state: true },
    viewHeight: { state: true },
    rowHeight: { state: true },
  }

  declare document: TokenDocument | null
  declare set: string
  /** Search results in place of the set's tree, or null. */
  declare found: readonly SetMatches[] | null
  declare resolver: Resolver | null
  declare people: readonly ShownPerson[]
  /** Merges of the bin, null where no room is open. */
  declare journal: Journal | null
  declare readOnly: boolean
  declare scrolled: number
  declare viewHeight: number
  declare rowHeight: number

  readonly #list = createListState()
  #batches: (readonly TokenChange[])[] = []
  #anchor: { readonly id: string; readonly offset: number } | undefined
  #hadFocus = false
  readonly #sizes = new ResizeObserver(() => this.#measure())

  constructor() {
    super()
    this.document = null
    this.set = ''
    this.found = null
    this.resolver = null
    this.people = []
    this.journal = null
    this.readOnly = false
    this.scrolled = 0
    this.viewHeight = 600
    this.rowHeight = 32
    new Watch<void>(this, () => this.journal)
    new Watch(
      this,
      () => this.document,
      (changes) => this.#batches.push(changes),
    )
  }

  static override styles: CSSResultGroup = [controls, swatchStyles, tokenListStyles]

  protected override willUpdate(changed: PropertyValues<this>): void {
    const sameList = !changed.has('set') && !changed.has('found') && !changed.has('document')
    this.#hadFocus = this.#focusedRow !== null
    this.#anchor = sameList ? this.#topRow() : undefined
    this.#list.refresh(this.#source, this.#batches)
    this.#batches = []
  }

  override render(): TemplateResult {
    const { rows, current } = this.#list
    const conflicts = this.#conflicts()
    const kept = new Set(
      (this.journal?.unresolved() ?? []).flatMap(({ set, path }) => (set === null ? [] : [rowId(set, path)])),
    )
    const nothing = this.found ? 'Nothing found.' : 'This set has no tokens yet.'
    return html`<div
        class="grid"
        role="treegrid"
        aria-label=${this.found ? 'Search results' : `Tokens of ${this.set}`}
        aria-rowcount=${rows.length + 1}
        aria-colcount="4"
        @scroll=${this.#onScroll}
        @keydown=${this.#onKeyDown}
        @click=${this.#onClick}
        @dblclick=${this.#onDoubleClick}
        @contextmenu=${this.#onContextMenu}
        @focusin=${this.#onFocusIn}
      >
        <div class="head" role="row" aria-rowindex="1">
          <div role="columnheader">Name</div>
          <div role="columnheader">Value</div>
          <div role="columnheader">Type</div>
          <div role="columnheader"><span class="visually-hidden">Actions</span></div>
        </div>
        <div class="body" role="rowgroup" ${styleOf({ height: `${rows.length * this.rowHeight}px` })}>
          ${repeat(
            windowIndexes(rowWindow(this.#viewport), current),
            (index) => (rows[index] as ListRow).id,
            (index) => this.#row(index, index === current, conflicts, kept),
          )}
        </div>
      </div>
      <div class="probe" aria-hidden="true"></div>
      ${rows.length === 0 ? html`<p class="nothing">${nothing}</p>` : ''}
      <yt-menu></yt-menu>`
  }

  #row(index: number, current: boolean, conflicts: ReadonlySet<string>, kept: ReadonlySet<string>): TemplateResult {
    const row = this.#list.rows[index] as ListRow
    const name = row.kind === 'set' ? undefined : row.row.name
    return tokenRow({
      row,
      index,
      current,
      top: index * this.rowHeight,
      shown: row.kind === 'token' && this.resolver ? showValue(row.set, row.row, this.resolver) : undefined,
      here: this.people.filter(({ self, focus }) => !self && focus?.set === row.set && focus.path === name),
      wholeName: this.found !== null,
      readOnly: this.readOnly,
      conflict: conflicts.has(row.id),
      kept: kept.has(row.id),
    })
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('set') || changed.has('found')) this.#grid?.scrollTo({ top: this.#startTop() })
    else this.#keepPlace()
    if (this.#hadFocus && this.#focusedRow !== this.#currentRow) this.focusCurrent()
  }

  override connectedCallback(): void {
    super.connectedCallback()
    void this.updateComplete.then(() => {
      for (const each of this.renderRoot.querySelectorAll('.grid, .probe')) this.#sizes.observe(each)
    })
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#sizes.disconnect()
  }

  /** Makes a token or group current, unfolding what hides it; focuses it where asked. */
  async show(set: string, path: readonly string[], focus: boolean): Promise<void> {
    this.#list.reveal(set, path)
    await this.#goToCurrent(focus)
  }

  /** Puts the keyboard on the current row; nothing happens where the list is empty. */
  focusCurrent(): void {
    this.#currentRow?.focus({ preventScroll: true })
  }

  foldAll(folded: boolean): void {
    this.#list.foldAll(this.#source, folded)
    this.requestUpdate()
  }

  get #source(): {
    readonly document: TokenDocument | null
    readonly set: string
    readonly matches: readonly SetMatches[] | null
  } {
    return { document: this.document, set: this.set, matches: this.found }
  }

  #conflicts(): ReadonlySet<string> {
    return new Set(this.document?.conflicts.flatMap(({ set, path }) => (set === null ? [] : [rowId(set, path)])) ?? [])
  }

  get #grid(): HTMLElement | null {
    return this.renderRoot.querySelector('.grid')
  }

  get #currentRow(): HTMLElement | null {
    return this.renderRoot.querySelector(`[data-index="${this.#list.current}"]`)
  }

  get #focusedRow(): Element | null {
    return this.shadowRoot?.activeElement?.closest('[data-index]') ?? null
  }

  get #viewport(): Viewport {
    const { rowHeight, viewHeight: height } = this
    return { scrollTop: this.scrolled, height, rowHeight, count: this.#list.rows.length }
  }

  get #headHeight(): number {
    return this.renderRoot.querySelector<HTMLElement>('.head')?.offsetHeight ?? 0
  }

  #measure(): void {
    const probe = this.renderRoot.querySelector<HTMLElement>('.probe')
    this.rowHeight = probe?.getBoundingClientRect().height || this.rowHeight
    this.viewHeight = this.#grid?.clientHeight || this.viewHeight
  }

  /** The first row in view and how far it is scrolled in, before rows change. */
  #topRow(): { readonly id: string; readonly offset: number } | undefined {
    const index = Math.floor(this.scrolled / this.rowHeight)
    const row = this.scrolled > 0 ? this.#list.rows[index] : undefined
    return row && { id: row.id, offset: this.scrolled - index * this.rowHeight }
  }

  #keepPlace(): void {
    const anchor = this.#anchor
    const index = anchor ? this.#list.rows.findIndex((row) => row.id === anchor.id) : -1
    if (!anchor || index < 0) return
    const top = index * this.rowHeight + anchor.offset
    if (Math.abs(top - this.scrolled) > 0.5) this.#grid?.scrollTo({ top })
  }

  #startTop(): number {
    const { current } = this.#list
    return current < 0 ? 0 : (scrollTopFor(current, { ...this.#viewport, scrollTop: 0 }, this.#headHeight) ?? 0)
  }

  async #goToCurrent(focus: boolean): Promise<void> {
    this.requestUpdate()
    await this.updateComplete
    const grid = this.#grid
    const index = this.#list.current
    if (!grid || index < 0) return
    const top = scrollTopFor(index, { ...this.#viewport, scrollTop: grid.scrollTop }, this.#headHeight)
    if (top !== undefined) {
      grid.scrollTo({ top })
      this.scrolled = grid.scrollTop
      await this.updateComplete
    }
    if (focus) this.focusCurrent()
  }

  readonly #onScroll = (): void => {
    this.scrolled = this.#grid?.scrollTop ?? 0
  }

  readonly #onFocusIn = (event: FocusEvent): void => {
    const at = this.#indexAt(event)
    if (at >= 0) this.#makeCurrent(at)
  }

  readonly #onClick = (event: MouseEvent): void => {
    const at = this.#indexAt(event)
    const row = this.#list.rows[at]
    const act = (event.target as Element).closest<HTMLElement>('[data-act]')?.dataset['act']
    if (!row || act === undefined) return
    this.#act(act === 'fold' ? { kind: row.unfolded ? 'fold' : 'unfold' } : menuAction(act), at)
  }

  readonly #onDoubleClick = (event: MouseEvent): void => {
    const at = this.#indexAt(event)
    const row = this.#list.rows[at]
    if (!row || (event.target as Element).closest('button')) return
    this.#act({ kind: row.kind === 'token' ? 'edit' : row.unfolded ? 'fold' : 'unfold' }, at)
  }

  readonly #onContextMenu = (event: MouseEvent): void => {
    const at = this.#indexAt(event)
    if (at < 0 || this.#list.rows[at]?.kind === 'set') return
    event.preventDefault()
    this.#act({ kind: 'menu' }, at)
  }

  readonly #onKeyDown = (event: KeyboardEvent): void => {
    if (!(event.target as Element).matches('[role=row]')) return
    const at = this.#list.current
    const pageSize = Math.max(1, Math.floor((this.viewHeight - this.#headHeight) / this.rowHeight) - 1)
    const { key, altKey: alt, shiftKey: shift } = event
    const action = listAction({ key, alt, shift, ctrl: event.ctrlKey || event.metaKey }, this.#list.rows, at, pageSize)
    if (!action) return
    event.preventDefault()
    this.#act(action, at)
  }

  #indexAt(event: Event): number {
    const line = (event.target as Element).closest<HTMLElement>('[data-index]')
    return line ? Number(line.dataset['index']) : -1
  }

  #makeCurrent(at: number): void {
    if (this.#list.current === at) return
    this.#list.goTo(at)
    this.requestUpdate()
    const row = this.#list.rows[at]
    if (row && row.kind !== 'set') sendCommand(this, { kind: 'look-at', set: row.set, name: row.row.name })
  }

  #act(action: ListAction, at: number): void {
    const row = this.#list.rows[at]
    if (!row) return
    switch (action.kind) {
      case 'go':
        this.#makeCurrent(action.to)
        void this.#goToCurrent(true)
        break
      case 'fold':
      case 'unfold':
        this.#list.fold(row, action.kind === 'fold')
        this.requestUpdate()
        break
      case 'menu':
        void this.#openMenu(at)
        break
      default:
        if (row.kind !== 'set') sendRowCommand(this, action, row, this.readOnly)
    }
  }

  async #openMenu(at: number): Promise<void> {
    const row = this.#list.rows[at]
    const menu = this.renderRoot.querySelector<Menu>('yt-menu')
    if (!menu || !row || row.kind === 'set') return
    this.#makeCurrent(at)
    await this.#goToCurrent(true)
    const line = this.#currentRow
    if (!line) return
    menu.label = `Actions for ${row.row.name}`
    menu.items = rowMenu(row, this.readOnly)
    await menu.openBeside(line.querySelector('[data-act=menu]') ?? line, (id) => this.#pick(id, row))
  }

  #pick(id: string, row: Exclude<ListRow, { kind: 'set' }>): void {
    if (id === 'copy') sendCommand(this, { kind: 'copy-reference', name: row.row.name })
    else sendRowCommand(this, menuAction(id), row, this.readOnly)
  }
}
