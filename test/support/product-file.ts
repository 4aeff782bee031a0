import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateTokenFile } from './generated-tokens.ts'
import { repository } from './product.ts'

/** The file a team works on in the end-to-end tests. */
export interface TeamFile {
  readonly path: string
  readonly text: string
  /** For the test's own words: which file it was. */
  readonly label: string
}

const sage = join(repository, '../shared/corpora/Sage__design-tokens.json')
const sageTokens = 1_894

/** The real file of Sage's design system; where it is absent, a generated one of its size, written into `folder`. */
export function teamFile(folder: string): TeamFile {
  if (existsSync(sage))
    return { path: sage, text: readFileSync(sage, 'utf8'), label: 'the tokens of Sage’s design system' }
  process.stderr.write(`No ${sage}: a generated file of its size is used instead.\n`)
  const path = join(folder, 'generated.json')
  const text = generateTokenFile({ tokens: sageTokens, sets: 6 })
  writeFileSync(path, text)
  return { path, text, label: 'a generated file of the size of Sage’s' }
}

export interface FileToken {
  readonly set: string
  readonly path: readonly string[]
  readonly name: string
  readonly type: string
  readonly value: unknown
  readonly description: string | undefined
}

/** The tokens of a DTCG-spelled file that carry their own type, in its order. */
export function tokensOf(text: string): readonly FileToken[] {
  const tokens: FileToken[] = []
  const walk = (set: string, path: readonly string[], node: Readonly<Record<string, unknown>>): void => {
    const { $value: value, $type: type, $description: description } = node
    if (value === undefined) {
      for (const [name, child] of Object.entries(node))
        if (typeof child === 'object' && child !== null) walk(set, [...path, name], child as Record<string, unknown>)
    } else if (typeof type === 'string' && path.every((name) => /^[\w-]+$/.test(name))) {
      tokens.push({ set, path, name: path.join('.'), type, value, description: description as string | undefined })
    }
  }
  const { values } = JSON.parse(text) as { readonly values: Readonly<Record<string, Record<string, unknown>>> }
  for (const [set, groups] of Object.entries(values)) walk(set, [], groups)
  return tokens
}

/** Takes tokens for a test by what they are, each only once. */
export function createPicker(text: string): {
  /** A token with a value in one line. */
  line(): FileToken
  typography(): FileToken
  /** A group with at least `size` tokens in one line directly below it. */
  group(size: number): { readonly set: string; readonly path: readonly string[]; readonly tokens: readonly FileToken[] }
} {
  const free = new Set(tokensOf(text))
  const take = (fits: (token: FileToken) => boolean): FileToken => {
    const found = [...free].find(fits)
    if (!found) throw new Error('The file has no such token left')
    free.delete(found)
    return found
  }
  const isLine = ({ type, value }: FileToken): boolean => type === 'color' && typeof value === 'string'
  return {
    line: () => take((token) => isLine(token) && token.path.length >= 2),
    typography: () => take(({ type, value }) => type === 'typography' && typeof value === 'object'),
    group: (size) => {
      const byGroup = new Map<string, FileToken[]>()
      for (const token of [...free].filter(isLine).toReversed()) {
        const key = JSON.stringify([token.set, ...token.path.slice(0, -1)])
        byGroup.set(key, [...(byGroup.get(key) ?? []), token])
      }
      const tokens = [...byGroup.values()].find(
        (each) => each.length >= size && (each[0] as FileToken).path.length >= 2,
      )
      if (!tokens) throw new Error(`The file has no group of ${size} tokens left`)
      for (const token of tokens) free.delete(token)
      const { set, path } = tokens[0] as FileToken
      return { set, path: path.slice(0, -1), tokens }
    },
  }
}
