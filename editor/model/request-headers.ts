/** Headers as Tokens Studio's URL provider takes them: a JSON object as text, `{ "X-Access-Key": "…", "X-Bin-Meta": false }`. */

import type { SnapshotHeaders } from 'y-tokens/snapshot'

export type ParsedHeaders =
  | { readonly kind: 'headers'; readonly headers: SnapshotHeaders }
  | { readonly kind: 'refused'; readonly message: string }

const example = '{"X-Access-Key": "…", "X-Bin-Meta": false}'

/** Blank text is no headers. The message never repeats what was typed: it may be a key. */
export function parseHeaders(text: string): ParsedHeaders {
  if (text.trim() === '') return { kind: 'headers', headers: {} }
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch {
    return refused(`The headers are not JSON. Write them as ${example}.`)
  }
  if (given === null || typeof given !== 'object' || Array.isArray(given)) {
    return refused(`The headers must be a JSON object, such as ${example}.`)
  }
  const headers: Record<string, string | number | boolean> = {}
  for (const [name, value] of Object.entries(given)) {
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return refused(`"${name.slice(0, 40)}" cannot be the name of a header.`)
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
      return refused(`The header ${name} must be a text, a number, true or false.`)
    }
    headers[name] = value
  }
  return { kind: 'headers', headers }
}

function refused(message: string): ParsedHeaders {
  return { kind: 'refused', message }
}
