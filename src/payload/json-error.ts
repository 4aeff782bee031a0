/** Where JSON text breaks off being JSON. Lines and columns count from 1; a column counts UTF-16 units. */
export interface JsonErrorPlace {
  readonly line: number
  readonly column: number
  /** A clause for people, such as `"}" is missing`. */
  readonly reason: string
}

const openText = 'a text is not closed, or holds a line break or a bad escape'
const space = /[ \t\r\n]*/y
const escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y

/**
 * The first place where `text` is not JSON; null where it is JSON. Engines word this differently or not at all, so the text
 * is read once more, without recursion.
 */
export function locateJsonError(text: string): JsonErrorPlace | null {
  let at = 0
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    const found = pattern.test(text)
    if (found) at = pattern.lastIndex
    return found
  }
  /** Stops at the character that is wrong. */
  const skipString = (): boolean => {
    if (text[at] !== '"') return false
    at++
    while (at < text.length) {
      const char = text[at] as string
      if (char === '"') {
        at++
        return true
      }
      if (char < ' ' || (char === '\\' && !skip(escape))) return false
      if (char !== '\\') at++
    }
    return false
  }
  const take = (char: string): boolean => {
    skip(space)
    if (text[at] !== char) return false
    at++
    return true
  }
  const failed = (reason: string): JsonErrorPlace => {
    const before = text.slice(0, at)
    const lineStart = before.lastIndexOf('\n') + 1
    const ended = at >= text.length ? 'the text ends too early: ' : ''
    return { line: before.split('\n').length, column: at - lineStart + 1, reason: ended + reason }
  }
  const open: ('{' | '[')[] = []
  const readKey = (): JsonErrorPlace | null => {
    skip(space)
    const start = at
    if (!skipString()) return failed(at > start ? openText : 'a name in double quotes is expected')
    return take(':') ? null : failed('":" is expected after the name')
  }

  for (;;) {
    if (take('{')) {
      if (!take('}')) {
        open.push('{')
        const error = readKey()
        if (error) return error
        continue
      }
    } else if (take('[')) {
      if (!take(']')) {
        open.push('[')
        continue
      }
    } else if (text[at] === '"') {
      if (!skipString()) return failed(openText)
    } else if (!skip(scalar)) {
      return failed('a value is expected')
    }
    // A value has ended: close what ends with it, and go on behind the comma.
    for (;;) {
      const container = open.at(-1)
      if (container === undefined) {
        skip(space)
        return at === text.length ? null : failed('nothing may follow the end of the JSON')
      }
      if (take(',')) {
        if (container === '{') {
          const error = readKey()
          if (error) return error
        }
        break
      }
      const close = container === '{' ? '}' : ']'
      if (!take(close)) return failed(`"," or "${close}" is expected`)
      open.pop()
    }
  }
}
