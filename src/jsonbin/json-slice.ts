/**
 * The text of one member of a JSON object, exactly as it stands there: parsing and writing it again would move
 * integer-like keys to the front and rewrite numbers. Of repeated members the last counts, as for `JSON.parse`.
 *
 * @param text an object that `JSON.parse` has accepted; the walk is therefore lax about syntax
 */
export function sliceMember(text: string, name: string): string | undefined {
  let found: string | undefined
  let at = text.indexOf('{') + 1
  for (;;) {
    const keyStart = text.indexOf('"', at)
    if (keyStart === -1) return found
    const keyEnd = skipString(text, keyStart)
    const valueStart = text.indexOf(':', keyEnd) + 1
    at = skipValue(text, valueStart)
    if (JSON.parse(text.slice(keyStart, keyEnd)) === name) found = text.slice(valueStart, at).trim()
    if (text[at] === '}') return found
  }
}

function skipString(text: string, start: number): number {
  let at = start + 1
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at + 1
}

/** The place of the comma or bracket that ends the value. */
function skipValue(text: string, start: number): number {
  let depth = 0
  let at = start
  for (;;) {
    const character = text[at]
    if (character === '"') {
      at = skipString(text, at)
      continue
    }
    const isClosing = character === '}' || character === ']'
    if (depth === 0 && (isClosing || character === ',')) return at
    if (isClosing) depth--
    else if (character === '{' || character === '[') depth++
    at++
  }
}
