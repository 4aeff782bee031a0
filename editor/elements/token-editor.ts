import {
  type CSSResultGroup,
  html,
  LitElement,
  nothing,
  type PropertyDeclarations,
  type PropertyValues,
  type TemplateResult,
} from 'lit'
import type { TokenChange, TokenDocument } from 'y-tokens/doc'
import type { Tokens } from 'y-tokens'
import { problemOf } from '../actions.ts'
import { createNameIndex } from '../model/name-index.ts'
import { type ShownPerson, shownPeople } from '../model/people.ts'
import { plainText } from '../model/plain-text.ts'
import { createResolver, type Resolver } from '../model/resolve-value.ts'
import { searchSets, searchWords, type SetMatches } from '../model/search.ts'
import { rowsOfOutline } from '../model/set-rows.ts'
import { shownSets } from '../model/shown-sets.ts'
import { summarizeStatus } from '../model/status-summary.ts'
import { teamBridgeOf } from '../model/team-bridge.ts'
import { includesSet, type ShownTheme, shownThemes } from '../model/theme-draft.ts'
import { closeSnapshot, replaceSnapshot, type SnapshotRequest, type SnapshotView } from '../snapshot-view.ts'
import { controls } from '../styles/controls.ts'
import { theme } from '../styles/theme.ts'
import { banner, readOnlyReason } from './banner.ts'
import { type CommandEvent, sendCommand } from './command.ts'
import type { DialogState } from './dialog-state.ts'
import { editorDialog, snapshotDialog } from './editor-dialogs.ts'
import { editorStyles } from './editor-styles.ts'
import { listHead } from './list-head.ts'
import { createRemoteNews } from './remote-news.ts'
import { runCommand } from './run-command.ts'
import type { Notice, Toasts } from './toasts.ts'
import { shortcutOf } from './shortcuts.ts'
import { createStatusNews } from './status-news.ts'
import type { TokenList } from './token-list.ts'
import type { Toolbar } from './toolbar.ts'
import { Watch } from './watch.ts'

/**
 * The token editor. Give it an open room as `tokens`; it fills its container, and needs nothing else.
 *
 * It says `editor-command` of kind `rename-self` and `room-key` for what the page around it keeps: names and keys.
 */
export class TokenEditor extends LitElement {
  static override properties: PropertyDeclarations = {
    tokens: { attribute: false },
    heading: {},
    sample: { attribute: false },
    set: { state: true },
    query: { state: true },
    themeId: { state: true },
    dialog: { state: true },
    view: { state: true },
    pulling: { state: true },
    setsOpen: { state: true },
  }

  declare tokens: Tokens | null
  declare heading: string
  /** Gives the JSON text of tokens to begin with, offered in an empty room; null for none. */
  declare sample: (() => Promise<string>) | null
  declare set: string
  declare query: string
  /** The theme that references are looked up through; empty for all sets. */
  declare themeId: string
  declare dialog: DialogState | null
  declare view: SnapshotView | null
  declare pulling: boolean
  /** On narrow ground the sets are behind a button. */
  declare setsOpen: boolean

  #resolver: Resolver | undefined
  #found: readonly SetMatches[] | null = null
  #setAt = 0
  #status: { readonly tokens: Tokens; subscribe(listener: () => void): () => void } | undefined
  readonly #news = createRemoteNews((text) => this.say(text))
  readonly #statusNews = createStatusNews((text) => this.say(text))

  constructor() {
    super()
    this.tokens = null
    this.heading = ''
    this.sample = null
    this.set = ''
    this.query = ''
    this.themeId = ''
    this.dialog = null
    this.view = null
    this.pulling = false
    this.setsOpen = false
    new Watch(
      this,
      () => this.#shownDocument,
      (changes) => this.#follow(changes),
    )
    new Watch<void>(
      this,
      () => this.#statusSource(),
      () => this.#tellStatus(),
    )
    new Watch<void>(this, () => this.tokens?.presence)
    this.addEventListener(
      'editor-command',
      (event) => void runCommand(this.#commandHost, (event as CommandEvent).command),
    )
    this.addEventListener('dialog-close', () => this.#closeDialog())
  }

  static override styles: CSSResultGroup = [theme, controls, editorStyles]

  get document(): TokenDocument {
    const document = this.#shownDocument
    if (!document) throw new Error('The editor has no room: set its property "tokens" first')
    return document
  }

  get #shownDocument(): TokenDocument | undefined {
    return this.view?.document ?? this.tokens?.document
  }

  get readOnly(): string | null {
    return readOnlyReason(this.view, this.tokens)
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const document = this.#shownDocument
    if (!document) return
    const names = document.setNames()
    // Where the selected set is gone, the one that stands in its place.
    if (!names.includes(this.set)) this.set = names[Math.min(this.#setAt, names.length - 1)] ?? ''
    this.#setAt = Math.max(0, names.indexOf(this.set))
    if (
      this.#resolver === undefined ||
      changed.has('set') ||
      changed.has('themeId') ||
      changed.has('tokens') ||
      changed.has('view')
    ) {
      this.#resolver = createResolver(createNameIndex(document, includesSet(this.#theme, this.set)))
    }
    const words = searchWords(this.query)
    this.#found =
      words.length === 0
        ? null
        : searchSets(
            names.map((set) => ({ set, rows: rowsOfOutline(document.outline(set)) })),
            words,
          )
  }

  override render(): TemplateResult {
    const document = this.#shownDocument
    if (!document) return this.#nothingOpen()
    const { readOnly, tokens, view } = this
    const people = this.#people
    const status = view ? null : (tokens?.status ?? null)
    const empty = document.setNames().length === 0
    return html`<div class="editor">
        <yt-toolbar
          .heading=${view ? shownAddress(view.request.url) : this.heading || tokens?.room || ''}
          .query=${this.query}
          .canUndo=${document.canUndo}
          .canRedo=${document.canRedo}
          .readOnly=${readOnly}
          .people=${people}
          .status=${status}
          @search-typed=${this.#onSearch}
          @search-done=${() => this.#list?.focusCurrent()}
        ></yt-toolbar>
        ${banner(view, tokens, {
          refresh: () => sendCommand(this, { kind: 'refresh-snapshot' }),
          leave: () => sendCommand(this, { kind: 'leave-snapshot' }),
        })}
        <nav class="side ${this.setsOpen ? 'open' : ''}" aria-label="Token sets and bin">
          <yt-set-list
            .sets=${shownSets(document, this.#theme, this.#found)}
            .selected=${this.set}
            ?searching=${this.#found !== null}
            .people=${people}
            .readOnly=${readOnly}
          ></yt-set-list>
          ${status ? html`<yt-bridge-bar .bridge=${teamBridgeOf(status)} .readOnly=${readOnly} ?pulling=${this.pulling}></yt-bridge-bar>` : nothing}
        </nav>
        <section class="main" aria-label="Tokens">
          ${empty ? nothing : this.#listHead(document)}
          ${
            empty
              ? html`<yt-empty-room
                  .readOnly=${readOnly}
                  ?sample=${this.sample !== null}
                  ?unsure=${status !== null && status.relay.state.kind !== 'synced' && status.relay.state.kind !== 'off'}
                ></yt-empty-room>`
              : html`<yt-token-list
                  .document=${document}
                  .set=${this.set}
                  .found=${this.#found}
                  .resolver=${this.#resolver}
                  .people=${people}
                  .journal=${this.view ? null : (this.tokens?.bridge.journal ?? null)}
                  ?readOnly=${readOnly !== null}
                ></yt-token-list>`
          }
        </section>
        <yt-toasts></yt-toasts>
      </div>
      ${this.#dialogTemplate(document)}`
  }

  #nothingOpen(): TemplateResult {
    const { dialog } = this
    if (dialog?.kind === 'snapshot') return snapshotDialog(dialog, (request) => this.openSnapshot(request))
    return html`<p class="waiting" role="status">Opening the room…</p>
      <yt-toasts></yt-toasts>`
  }

  #listHead(document: TokenDocument): TemplateResult {
    return listHead({
      set: this.set,
      found: this.#found && this.#found.reduce((sum, { tokens }) => sum + tokens.length, 0),
      themes: shownThemes(document.getSnapshot().$themes),
      themeId: this.themeId,
      readOnly: this.readOnly !== null,
      setsOpen: this.setsOpen,
      toggleSets: () => {
        this.setsOpen = !this.setsOpen
      },
      chooseTheme: (id) => {
        this.themeId = id
      },
      foldAll: (folded) => this.#list?.foldAll(folded),
      addToken: () => sendCommand(this, { kind: 'add-token', set: this.set, name: '' }),
    })
  }

  #dialogTemplate(document: TokenDocument): TemplateResult | typeof nothing {
    if (!this.#resolver) return nothing
    return editorDialog(this.dialog, {
      document,
      tokens: this.tokens,
      resolver: this.#resolver,
      readOnly: this.readOnly,
      fileName: `${(this.tokens?.room ?? 'tokens').replaceAll('/', '-')}.json`,
      notify: (notice) => this.notify(notice),
      say: (text) => this.say(text),
      showToken: (set, path, focus) => this.showToken(set, path, focus),
      loadSnapshot: (request) => this.openSnapshot(request),
    })
  }

  /** Shows a message; a problem stays until it is dismissed. */
  notify(notice: Notice): void {
    this.#toasts?.show(notice)
  }

  /** Tells screen readers. */
  say(text: string): void {
    this.#toasts?.say(text)
  }

  /** Makes a token or group current, in its set. */
  showToken(set: string, path: readonly string[], focus = true): void {
    this.query = ''
    this.set = set
    void this.updateComplete.then(() => this.#list?.show(set, path, focus))
  }

  /** Shows the tokens at a URL instead of the room. Returns a sentence where they cannot be read. */
  async openSnapshot(request: SnapshotRequest): Promise<string | undefined> {
    try {
      const view = await replaceSnapshot(this.view, request)
      if (view.document !== this.view?.document) this.query = this.themeId = ''
      this.view = view
      return undefined
    } catch (error) {
      return problemOf(error)
    }
  }

  /** Asks for URL and headers, the URL filled in. */
  askForSnapshot(url: string, problem = ''): void {
    this.dialog = { kind: 'snapshot', url, problem }
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.ownerDocument.addEventListener('keydown', this.#onKeyDown)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.ownerDocument.removeEventListener('keydown', this.#onKeyDown)
    this.#news.stop()
    this.#statusNews.stop()
  }

  get #list(): TokenList | null {
    return this.renderRoot.querySelector('yt-token-list')
  }

  get #toasts(): Toasts | null {
    return this.renderRoot.querySelector('yt-toasts')
  }

  get #theme(): ShownTheme | undefined {
    if (this.themeId === '') return undefined
    return shownThemes(this.document.getSnapshot().$themes).find(({ id }) => id === this.themeId)
  }

  get #people(): readonly ShownPerson[] {
    return this.view ? [] : shownPeople(this.tokens?.presence.list() ?? [])
  }

  #statusSource(): { subscribe(listener: () => void): () => void } | undefined {
    const { tokens } = this
    if (!tokens) return undefined
    if (this.#status?.tokens !== tokens)
      this.#status = { tokens, subscribe: (listener) => tokens.subscribeStatus(listener) }
    return this.#status
  }

  #tellStatus(): void {
    if (this.tokens)
      this.#statusNews.look(summarizeStatus(this.tokens.status, { readOnly: this.readOnly, now: Date.now() }))
  }

  #follow(changes: readonly TokenChange[]): void {
    this.#resolver = undefined
    for (const { kind, renamedFrom, set } of changes) {
      if (kind === 'set' && renamedFrom?.set === this.set && set !== null) this.set = set
    }
    if (changes.some(({ origin }) => origin === 'local' || origin === 'undo' || origin === 'import'))
      this.#toasts?.withdrawUndo()
    this.#news.add(changes)
  }

  get #commandHost(): Parameters<typeof runCommand>[0] {
    return {
      document: this.document,
      tokens: this.tokens,
      readOnly: this.readOnly,
      selectSet: (set) => {
        this.set = set
        this.setsOpen = false
        this.tokens?.presence.setFocus({ set, path: '' })
      },
      showToken: (set, path, focus) => this.showToken(set, path, focus),
      openDialog: (dialog) => {
        this.dialog = dialog
      },
      notify: (notice) => this.notify(notice),
      say: (text) => this.say(text),
      setPulling: (pulling) => {
        this.pulling = pulling
      },
      leaveSnapshot: () => {
        if (this.view) closeSnapshot(this.view)
        this.view = null
      },
      refreshSnapshot: async () => {
        const { view } = this
        const problem = view ? await this.openSnapshot(view.request) : undefined
        this.notify(problem === undefined ? { kind: 'done', text: 'Read anew.' } : { kind: 'problem', text: problem })
      },
      useSample: async () => {
        if (this.sample) this.document.import(await this.sample())
      },
    }
  }

  #closeDialog(): void {
    this.dialog = null
    void this.updateComplete.then(() => {
      // What had the focus before the dialog may be gone.
      if (this.ownerDocument.activeElement === this.ownerDocument.body) this.#list?.focusCurrent()
    })
  }

  readonly #onSearch = (event: Event): void => {
    this.query = (event.target as Toolbar).query
  }

  readonly #onKeyDown = (event: KeyboardEvent): void => {
    const shortcut = this.dialog === null ? shortcutOf(event, this) : undefined
    if (shortcut === undefined) return
    event.preventDefault()
    if (shortcut === 'search') this.renderRoot.querySelector<Toolbar>('yt-toolbar')?.focusSearch()
    else if (this.readOnly === null) sendCommand(this, { kind: shortcut })
  }
}

/** Without its query, which may hold a key. */
function shownAddress(url: string): string {
  const { host, pathname } = new URL(url, location.href)
  return plainText(host + pathname, 120)
}
