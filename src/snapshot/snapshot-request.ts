import { SnapshotError } from './snapshot-error.ts'

/** As in the headers field of Tokens Studio's URL provider; numbers and booleans are sent as text. */
export type SnapshotHeaders = Readonly<Record<string, string | number | boolean>>

/** Throws `bad-url`. A relative address is taken from the page, where there is one. */
export function checkUrl(given: string | URL): URL {
  const base = (globalThis as { readonly location?: { readonly href?: string } }).location?.href
  const url = URL.canParse(given, base) ? new URL(given, base) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new SnapshotError(
      'bad-url',
      'This is not an address of tokens. Give a full URL that starts with https:// or http://.',
    )
  }
  if (url.username || url.password) {
    throw new SnapshotError(
      'bad-url',
      'The URL holds a user name or password. Send them in a header (Authorization) instead.',
    )
  }
  return url
}

/** Throws `bad-header`, naming the header and never its value. */
export function checkHeaders(given: SnapshotHeaders): Headers {
  const headers = new Headers({ Accept: 'application/json' })
  for (const [name, value] of Object.entries(given)) {
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
      throw new SnapshotError('bad-header', `The header "${name}" must be text, a number, true or false.`)
    }
    try {
      headers.set(name, String(value))
    } catch {
      // The engine's own error may quote the value, so it is not passed on.
      const reason = /^[!#$%&'*+.^_`|~\w-]+$/.test(name)
        ? 'has a value with a line break or a character outside Latin-1'
        : 'is no header name'
      throw new SnapshotError('bad-header', `The header "${name}" ${reason}. Check how it was copied.`)
    }
  }
  return headers
}

/** The address for messages: queries may hold keys. */
export function shownUrl(url: URL): string {
  return url.origin + url.pathname
}

/** Text from a server, short and without any header value that it may have echoed. */
export function redact(text: string, headers: Headers): string {
  let shown = text.replaceAll(/\s+/g, ' ').trim()
  for (const [name, value] of headers) {
    if (name !== 'accept' && value.length > 3) shown = shown.replaceAll(value, '…')
  }
  return shown.length > 200 ? `${shown.slice(0, 199)}…` : shown
}
