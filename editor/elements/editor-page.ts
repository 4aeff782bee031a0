import {
  css,
  type CSSResultGroup,
  html,
  LitElement,
  nothing,
  type PropertyDeclarations,
  type TemplateResult,
} from 'lit'
import { openTokens, type Tokens } from 'y-tokens'
import { problemOf } from '../actions.ts'
import { fallbackColor } from '../model/people.ts'
import { wouldLoseEdits } from '../model/status-summary.ts'
import { defaultRelayUrl, type PageAddress, type PageConfig } from '../page-config.ts'
import { rememberedName, rememberedRoomKey, rememberName, rememberRoomKey } from '../session-memory.ts'
import type { CommandEvent } from './command.ts'
import type { TokenEditor } from './token-editor.ts'

/** The page around the editor: opens the room of the address, keeps the person's name and the room key. */
export class EditorPage extends LitElement {
  static override properties: PropertyDeclarations = {
    config: { attribute: false },
    address: { attribute: false },
    room: { state: true },
    tokens: { state: true },
    problem: { state: true },
    looking: { state: true },
    asksKey: { state: true },
  }

  declare config: PageConfig
  declare address: PageAddress
  declare room: string | undefined
  declare tokens: Tokens | null
  declare problem: string
  /** Without a room: the editor is there for tokens by URL alone. */
  declare looking: boolean
  declare asksKey: boolean
  readonly #color = fallbackColor(Math.floor(Math.random() * 1_000))

  constructor() {
    super()
    this.room = undefined
    this.tokens = null
    this.problem = ''
    this.looking = false
    this.asksKey = false
    this.addEventListener('editor-command', (event) => this.#onCommand(event as CommandEvent))
    this.addEventListener('dialog-close', () => {
      this.asksKey = false
      if (this.room === undefined && !this.#editor?.view) this.looking = false
    })
  }

  static override styles: CSSResultGroup = css`
    :host {
      display: block;
      height: 100%;
    }
  `

  override connectedCallback(): void {
    super.connectedCallback()
    globalThis.addEventListener('beforeunload', this.#onLeave)
    const { room = this.config.room, snapshot, key } = this.address
    if (room !== undefined && key !== undefined) rememberRoomKey(room, key)
    // With a snapshot in the address the room is opened only if the address names one, too.
    if (snapshot === undefined ? room : this.address.room) void this.#open(room as string)
    if (snapshot !== undefined) void this.#look(snapshot)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    globalThis.removeEventListener('beforeunload', this.#onLeave)
    void this.tokens?.close()
  }

  override render(): TemplateResult {
    if (this.room === undefined && !this.looking) {
      return html`<yt-start-page
        .problem=${this.problem}
        .open=${(room: string) => this.#goTo(room)}
        .look=${() => void this.#look('')}
      ></yt-start-page>`
    }
    return html`<token-editor
        .tokens=${this.tokens}
        .heading=${this.config.title ?? ''}
        .sample=${async () => (await fetch(new URL('sample.json', this.ownerDocument.baseURI))).text()}
      ></token-editor>
      ${
        this.asksKey && this.room !== undefined
          ? html`<yt-key-dialog .room=${this.room} .use=${(key: string) => void this.#useKey(key)}></yt-key-dialog>`
          : nothing
      }`
  }

  get #editor(): TokenEditor | null {
    return this.renderRoot.querySelector('token-editor')
  }

  #goTo(room: string): void {
    const url = new URL(this.ownerDocument.location.href)
    url.searchParams.set('room', room)
    url.searchParams.delete('snapshot')
    this.ownerDocument.defaultView?.history.replaceState(null, '', url)
    void this.#open(room)
  }

  async #open(room: string): Promise<void> {
    this.room = room
    this.problem = ''
    const { relayUrl = defaultRelayUrl(this.ownerDocument.location.href), binsBaseUrl, title } = this.config
    const key = rememberedRoomKey(room)
    try {
      this.tokens = await openTokens({
        room,
        relay: { url: relayUrl, ...(key === undefined ? {} : { key }) },
        storage: 'indexeddb',
        user: { name: rememberedName() ?? 'Guest', color: this.#color },
        ...(binsBaseUrl === undefined ? {} : { bins: { defaultUrl: binsBaseUrl } }),
      })
      this.ownerDocument.title = `${title ?? room} · tokens`
    } catch (error) {
      this.room = undefined
      this.problem = problemOf(error)
    }
  }

  async #look(url: string): Promise<void> {
    this.looking = true
    await this.updateComplete
    const editor = this.#editor
    const problem = url === '' ? '' : await editor?.openSnapshot({ url, headers: {} })
    if (problem !== undefined) editor?.askForSnapshot(url, problem)
  }

  async #useKey(key: string): Promise<void> {
    const { room, tokens } = this
    if (room === undefined) return
    rememberRoomKey(room, key)
    this.tokens = null
    await tokens?.close()
    await this.#open(room)
  }

  #onCommand({ command }: CommandEvent): void {
    if (command.kind === 'room-key') this.asksKey = true
    if (command.kind !== 'rename-self') return
    rememberName(command.name)
    this.tokens?.presence.setUser({ name: command.name, color: this.#color })
  }

  readonly #onLeave = (event: BeforeUnloadEvent): void => {
    if (this.tokens && wouldLoseEdits(this.tokens.status)) event.preventDefault()
  }
}
