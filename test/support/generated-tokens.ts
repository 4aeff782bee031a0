import { createRandom, type Random } from './random.ts'

export interface GeneratedFileOptions {
  readonly tokens: number
  readonly seed?: number
  /** Key spelling of the tokens; `mixed` alternates per set. Default `dtcg`. */
  readonly format?: 'dtcg' | 'legacy' | 'mixed'
  readonly sets?: number
}

const components = ['button', 'card', 'input', 'dialog', 'tooltip', 'banner', 'avatar', 'badge', 'table', 'menu']
const parts = ['background', 'foreground', 'border', 'outline', 'icon', 'label', 'shadow', 'caption']
const states = ['default', 'hover', 'pressed', 'focus', 'disabled', 'selected']

/**
 * The text of a token file in Tokens Studio's single-file form with exactly `tokens` tokens, shaped like real ones: paths
 * of four names, mostly colours, some references, typography, descriptions and extensions. About 80 bytes a token.
 */
export function generateTokenFile(options: GeneratedFileOptions): string {
  const { tokens, seed = 1, format = 'dtcg', sets = 10 } = options
  const random = createRandom(seed)
  const values: Record<string, Record<string, Record<string, Record<string, unknown>>>> = {}
  const order: string[] = []
  const perSet = Math.ceil(tokens / sets)
  let made = 0
  for (let s = 0; s < sets && made < tokens; s++) {
    const name = `theme/mode-${s}`
    const legacy = format === 'legacy' || (format === 'mixed' && s % 2 === 1)
    order.push(name)
    const set: Record<string, Record<string, Record<string, unknown>>> = (values[name] = {})
    for (let i = 0; i < perSet && made < tokens; i++, made++) {
      const component = `${components[Math.floor(i / 480) % components.length]}-${Math.floor(i / 4800)}`
      const part = parts[Math.floor(i / 60) % parts.length] as string
      const group = ((set[component] ??= {})[part] ??= {})
      group[`${states[i % states.length]}-${String(i).padStart(4, '0')}`] = generateToken(
        random,
        legacy,
        component,
        part,
      )
    }
  }
  const selected = Object.fromEntries(order.map((name) => [name, 'enabled']))
  return JSON.stringify({
    values,
    $themes: [
      { id: 'theme-light', name: 'Light', selectedTokenSets: selected },
      { id: 'theme-dark', name: 'Dark', selectedTokenSets: selected },
    ],
    $metadata: { tokenSetOrder: order, updatedAt: '2026-01-01T00:00:00.000Z', version: '2.11.10' },
  })
}

function generateToken(random: Random, legacy: boolean, component: string, part: string): Record<string, unknown> {
  const kind = random.next()
  let type: string
  let value: unknown
  if (kind < 0.7) {
    type = 'color'
    value = random.chance(0.4)
      ? `{core.palette.blue.${random.int(10) * 100}}`
      : `#${random.int(0xffffff).toString(16).padStart(6, '0')}`
  } else if (kind < 0.9) {
    type = 'dimension'
    value = `${random.int(64)}px`
  } else {
    type = 'typography'
    value = {
      fontFamily: 'Inter',
      fontWeight: 400 + random.int(4) * 100,
      fontSize: `${8 + random.int(40)}px`,
      lineHeight: '150%',
      letterSpacing: '0',
    }
  }
  const token: Record<string, unknown> = legacy ? { value, type } : { $type: type, $value: value }
  if (random.chance(0.2)) token[legacy ? 'description' : '$description'] = `Used for the ${part} of ${component}`
  if (random.chance(0.05))
    token['$extensions'] = { 'studio.tokens': { modify: { type: 'alpha', value: `0.${random.int(9)}`, space: 'lch' } } }
  return token
}

/** One token of a file: its set and its path below the set. */
export interface TokenPlace {
  readonly set: string
  readonly path: readonly string[]
}

/** Every token of a plain payload, in document order; a token's children count too. */
export function tokenPlaces(payload: { readonly values: { readonly [set: string]: unknown } }): TokenPlace[] {
  const places: TokenPlace[] = []
  const walk = (set: string, node: unknown, path: readonly string[]): void => {
    if (node === null || typeof node !== 'object' || Array.isArray(node)) return
    if (path.length > 0 && isTokenObject(node)) places.push({ set, path })
    for (const [name, child] of Object.entries(node)) if (!name.startsWith('$')) walk(set, child, [...path, name])
  }
  for (const [set, tokens] of Object.entries(payload.values)) walk(set, tokens, [])
  return places
}

/** The specification's one test of a token: `$value`, or `value` where that is no object or `type` is a string. */
export function isTokenObject(node: unknown): node is Record<string, unknown> {
  if (node === null || typeof node !== 'object' || Array.isArray(node)) return false
  if (Object.hasOwn(node, '$value')) return true
  if (!Object.hasOwn(node, 'value')) return false
  const { value, type } = node as { value?: unknown; type?: unknown }
  return value === null || typeof value !== 'object' || Array.isArray(value) || typeof type === 'string'
}
