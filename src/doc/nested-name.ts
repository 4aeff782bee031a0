import type { JsonObject } from '../payload/ordered-json.ts'
import { valueOf } from '../payload/reference-text.ts'

/** Values grow by what they refer to: a name made of more steps or characters is a mistake, or an attack. */
const maxSteps = 50
const maxNameChars = 1_000

const innermost = /\{([^{}]*)\}/

/**
 * A name with the references in it replaced by what they come to: `color.{mode}.bg` is `color.dark.bg` where `mode` is `dark`.
 * Undefined where one of them comes to no text.
 */
export function expandName(text: string, tokenNamed: (name: string) => JsonObject | undefined): string | undefined {
  let stepsLeft = maxSteps
  const expand = (part: string): string | undefined => {
    let result = part
    for (let inner = innermost.exec(result); inner; inner = innermost.exec(result)) {
      const token = tokenNamed((inner[1] as string).trim())
      const value = token && valueOf(token)
      const plain = typeof value === 'number' ? String(value) : value
      if (stepsLeft-- <= 0 || typeof plain !== 'string') return undefined
      const put = plain.includes('{') ? expand(plain) : plain
      if (put === undefined || result.length + put.length > maxNameChars) return undefined
      result = result.slice(0, inner.index) + put + result.slice(inner.index + inner[0].length)
    }
    return result
  }
  return expand(text)
}
