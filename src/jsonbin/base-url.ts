import { JsonBinError } from './json-bin-error.ts'

/** Where the hosted service answers. */
export const defaultBaseUrl: string = 'https://api.jsonbin.io/v3'

export interface BaseUrl {
  readonly origin: string
  /** Without a slash at its end. */
  readonly href: string
}

/** @throws {JsonBinError} `bad-url`; its message does not repeat the text, which may hold a password */
export function parseBaseUrl(text: string): BaseUrl {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isPlain =
    url !== undefined &&
    /^https?:$/.test(url.protocol) &&
    [url.username, url.password, url.search, url.hash].every((part) => part === '')
  if (!isPlain)
    throw new JsonBinError(
      'bad-url',
      `baseUrl is no http(s) URL without password, query and fragment. Write it like ${defaultBaseUrl}.`,
    )
  return { origin: url.origin, href: url.href.replace(/\/+$/, '') }
}
