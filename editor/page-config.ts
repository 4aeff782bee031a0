/**
 * What the page is told: by the server, in `<script type="application/json" id="y-tokens-config">`, and by its address.
 * The address wins for the room and the snapshot; keys come by its fragment only, which no server sees.
 */

export interface PageConfig {
  /** WebSocket address of the relay; the page's own origin by default. */
  readonly relayUrl?: string
  readonly room?: string
  /** Base URL of the bins service; the hosted one by default. */
  readonly binsBaseUrl?: string
  readonly title?: string
}

export interface PageAddress {
  readonly room: string | undefined
  /** Tokens to look at by URL, instead of or beside a room. */
  readonly snapshot: string | undefined
  readonly key: string | undefined
  /** The same address without the key. */
  readonly clean: string
}

/** Fields of the wrong kind are left out. Throws where the text is no JSON: the server is at fault, and says so best. */
export function parseConfig(text: string): PageConfig {
  const given = JSON.parse(text.trim() === '' ? '{}' : text) as Readonly<Record<string, unknown>> | null
  const config: Record<string, string> = {}
  for (const name of ['relayUrl', 'room', 'binsBaseUrl', 'title']) {
    const value = given?.[name]
    if (typeof value === 'string' && value !== '') config[name] = value
  }
  return config
}

export function parseAddress(href: string): PageAddress {
  const url = new URL(href)
  const fragment = new URLSearchParams(url.hash.slice(1))
  const key = fragment.get('key') ?? undefined
  fragment.delete('key')
  const rest = fragment.toString()
  return {
    room: url.searchParams.get('room') || undefined,
    snapshot: url.searchParams.get('snapshot') || undefined,
    key: key === '' ? undefined : key,
    clean: `${url.pathname}${url.search}${rest === '' ? '' : `#${rest}`}`,
  }
}

/** `wss` for a page that came by `https`, at the page's own host. */
export function defaultRelayUrl(href: string): string {
  const { protocol, host } = new URL(href)
  return `${protocol === 'https:' ? 'wss:' : 'ws:'}//${host}`
}

/** The page with its configuration in place. No text of it can end the script element. */
export function injectConfig(page: string, config: PageConfig): string {
  const json = JSON.stringify(config).replaceAll('<', '\\u003c')
  return page.replace(
    /(<script type="application\/json" id="y-tokens-config">)[^<]*/,
    (_, start: string) => start + json,
  )
}
