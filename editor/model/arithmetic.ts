/**
 * Arithmetic in values, such as `16px * 1.5`: numbers with one unit at most, `+ - * / %`, brackets. For display only; the
 * plugin evaluates more (functions), which is then shown as its text.
 */

interface Term {
  readonly amount: number
  readonly unit: string
}

const numberWithUnit = /\s*(\d*\.?\d+)(px|rem|em|%|ms|s|deg|vw|vh|pt)?/y

/** The result as text, such as `24px`; undefined where `text` is no calculation or mixes units. */
export function calculate(text: string): string | undefined {
  if (!/[+*/%()-]/.test(text) || text.length > 200) return undefined
  let at = 0
  let operations = 0
  const peek = (): string => {
    while (text[at] === ' ') at++
    return text[at] ?? ''
  }
  const atom = (): Term | undefined => {
    const char = peek()
    if (char === '-') {
      at++
      const term = atom()
      return term && { amount: -term.amount, unit: term.unit }
    }
    if (char === '(') {
      at++
      const term = sum()
      if (peek() !== ')') return undefined
      at++
      operations++
      return term
    }
    numberWithUnit.lastIndex = at
    const match = numberWithUnit.exec(text)
    if (!match) return undefined
    at = numberWithUnit.lastIndex
    return { amount: Number(match[1]), unit: match[2] ?? '' }
  }
  const chain = (next: () => Term | undefined, signs: string): Term | undefined => {
    let left = next()
    while (left && peek() !== '' && signs.includes(peek())) {
      const sign = text[at++] as string
      const right = next()
      if (!right || (left.unit && right.unit && left.unit !== right.unit)) return undefined
      operations++
      left = { amount: operate(sign, left.amount, right.amount), unit: left.unit || right.unit }
    }
    return left
  }
  const product = (): Term | undefined => chain(atom, '*/%')
  const sum = (): Term | undefined => chain(product, '+-')

  const result = sum()
  if (!result || peek() !== '' || operations === 0 || !Number.isFinite(result.amount)) return undefined
  return `${Number(result.amount.toFixed(4))}${result.unit}`
}

function operate(sign: string, left: number, right: number): number {
  switch (sign) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      return left / right
    default:
      return left % right
  }
}
