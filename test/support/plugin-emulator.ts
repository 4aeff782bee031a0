/**
 * The Tokens Studio plugin (2.11.10) as a reader and writer of files: what it takes in, what it holds in memory, and what it
 * writes back. Behaviour of its `convertTokens`, `convertTokensToObject`, `normalizeTokenType`, `setTokenData` and of the
 * `set-value` 3.0.3 below them, written anew and apart from `src/payload`. Plain objects only, as in the plugin: whole-number
 * keys move to the front.
 */
import { pluginFileSchema, type PluginTheme } from './plugin-schema.ts'

export type PluginFormat = 'dtcg' | 'legacy'

/** A token in memory. Its identity is its dotted name in its set. */
export interface PluginToken {
  name: string
  value?: unknown
  type?: string
  description?: string
  /** How deep the group stands that the type comes from; 1 is the set. */
  inheritTypeLevel?: number
  [key: string]: unknown
}

export interface PluginModel {
  sets: Map<string, PluginToken[]>
  themes: PluginTheme[]
  /** One for all sets: the spelling of the set that was read last. */
  format: PluginFormat
  /** What the file said, or when it was read where it said nothing. */
  updatedAt: string
}

/** The whole pull fails and the plugin keeps what it had. */
export class PluginRefusal extends Error {
  override readonly name = 'PluginRefusal'
}

type Tree = Record<string, unknown>

/** Reads a file. Throws {@link PluginRefusal} where the plugin would reject it, or crash on it. */
export function pluginPull(file: unknown, now = '2030-01-01T00:00:00.000Z'): PluginModel {
  const parsed = pluginFileSchema.safeParse(file)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new PluginRefusal(`Contents don't pass schema validation: ${issue?.path.join('.')}: ${issue?.message}`)
  }
  const sets = new Map<string, PluginToken[]>()
  let format: PluginFormat = 'dtcg'
  for (const [name, set] of entriesOf(parsed.data.values as Tree)) {
    format = JSON.stringify(set).includes('$value') ? 'dtcg' : 'legacy'
    sets.set(name, readTokens(set as Tree, format))
  }
  const themes = (parsed.data.$themes ?? []).map((theme) => ({
    ...theme,
    selectedTokenSets: Object.fromEntries(
      Object.entries(theme.selectedTokenSets).filter(([set, status]) => sets.has(set) && status !== 'disabled'),
    ),
  }))
  return { sets, themes, format, updatedAt: parsed.data.$metadata?.updatedAt ?? parsed.data.updatedAt ?? now }
}

/** The body of its PUT: minified, with the keys in its order. */
export function pluginWrite(model: PluginModel, updatedAt: string, version = '2.11.10'): string {
  const values: Tree = {}
  for (const [name, tokens] of model.sets) values[name] = writeTokens(tokens, model.format)
  return JSON.stringify({
    values,
    $metadata: { version, updatedAt, tokenSetOrder: Object.keys(values) },
    $themes: model.themes,
  })
}

/** What the plugin makes of a file that nobody edits. */
export function pluginRoundTrip(text: string, updatedAt = '2030-01-01T00:00:00.000Z'): string {
  return pluginWrite(pluginPull(JSON.parse(text)), updatedAt)
}

/** Without `__proto__`, which zod leaves out of records and loose objects. */
function entriesOf(tree: Tree): [string, unknown][] {
  return Object.entries(tree).filter(([key]) => key !== '__proto__')
}

function keysFor(format: PluginFormat): { value: string; type: string; description: string } {
  return format === 'dtcg'
    ? { value: '$value', type: '$type', description: '$description' }
    : { value: 'value', type: 'type', description: 'description' }
}

function readTokens(set: Tree, format: PluginFormat): PluginToken[] {
  const key = keysFor(format)
  const tokens: PluginToken[] = []

  const read = (
    node: unknown,
    root: string,
    inherited: string | undefined,
    level: number,
    typeLevel: number,
  ): Omit<PluginToken, 'name'> | undefined => {
    if (node === null) throw new PluginRefusal('TypeError: Cannot read properties of null')
    if (typeof node !== 'object') return { value: node, type: 'other' }
    const tree = Object.fromEntries(entriesOf(node as Tree))
    const value = tree[key.value]
    const nested = typeof value === 'object' && value !== null && key.value in value
    if (value !== undefined && value !== null && !nested) {
      if (tree['name'] && typeof tree['name'] !== 'string')
        throw new PluginRefusal('TypeError: name.split is not a function')
      // In place, so that the keys keep their order, those of the other spelling included.
      const token: Tree = { ...tree, value }
      const description = tree[key.description]
      if (typeof description === 'string' && description !== '') token['description'] = description
      const type = tree[key.type]
      token['type'] = type
      if (!type && inherited) {
        token['type'] = inherited
        token['inheritTypeLevel'] = typeLevel
      } else if (inherited !== undefined && inherited === type && typeLevel > 0) {
        token['inheritTypeLevel'] = typeLevel
      }
      for (const field of ['$value', '$description', '$type']) delete token[field]
      return token
    }
    if (key.value in tree && value === null) throw new PluginRefusal("TypeError: Cannot use 'in' operator")
    let children = tree
    let type = inherited
    let depth = typeLevel
    const isTyped = (!(key.value in tree) || nested) && typeof tree[key.type] === 'string'
    if (isTyped) {
      const { [key.type]: own, ...others } = tree
      type = own as string
      depth = level + 1
      children = others
    }
    for (const [name, child] of Object.entries(children)) {
      const below = [root, name].filter((part) => part !== '').join('.')
      const token = read(child, below, type, level + 1, depth)
      if (token) tokens.push({ ...token, name: root === '' ? name : `${root}.${name}` } as PluginToken)
    }
    return undefined
  }
  read(set, '', undefined, 0, 0)
  for (const token of tokens) {
    if (token.type && typeof token.type !== 'string')
      throw new PluginRefusal('TypeError: type.toLowerCase is not a function')
    if (token.type) token.type = normalizeType(token.type)
  }
  return tokens
}

function normalizeType(type: string): string {
  const plural: Record<string, string> = {
    space: 'spacing',
    spacing: 'spacing',
    size: 'sizing',
    sizing: 'sizing',
    radius: 'borderRadius',
    borderradius: 'borderRadius',
    width: 'borderWidth',
    borderwidth: 'borderWidth',
    shadow: 'boxShadow',
    boxshadow: 'boxShadow',
    fontfamily: 'fontFamilies',
    fontfamilies: 'fontFamilies',
    fontweight: 'fontWeights',
    fontweights: 'fontWeights',
    lineheight: 'lineHeights',
    lineheights: 'lineHeights',
    fontsize: 'fontSizes',
    fontsizes: 'fontSizes',
    letterspacing: 'letterSpacing',
    paragraphspacing: 'paragraphSpacing',
    paragraphindent: 'paragraphIndent',
  }
  const lower = type.toLowerCase()
  return Object.hasOwn(plural, lower) ? (plural[lower] as string) : type
}

function writeTokens(tokens: readonly PluginToken[], format: PluginFormat): Tree {
  const key = keysFor(format)
  const set: Tree = {}
  for (const token of tokens) {
    const { name, ...kept } = withoutIds({ ...token, type: token.type || typeFromName(token.name) })
    const { inheritTypeLevel, type, ...untyped } = kept
    const object: Tree = inheritTypeLevel ? untyped : kept
    if (inheritTypeLevel) setValue(set, groupTypePath(name, inheritTypeLevel, key.type), type, false)
    for (const field of inheritTypeLevel ? ['value', 'description'] : ['type', 'value', 'description']) {
      if (format === 'legacy' || (field === 'description' && !object[field])) continue
      object[`$${field}`] = object[field]
      delete object[field]
    }
    setValue(set, name, object, true)
  }
  return set
}

function groupTypePath(name: string, level: number, typeKey: string): string {
  if (!name.includes('.')) return typeKey
  return `${name.slice(0, name.split('.', level - 1).join('.').length)}.${typeKey}`
}

/** A token without any type gets one from the first part of its name. */
function typeFromName(name: string): string {
  const known: Record<string, string> = {
    color: 'color',
    colors: 'color',
    space: 'spacing',
    spacing: 'spacing',
    size: 'sizing',
    sizing: 'sizing',
    boxShadow: 'boxShadow',
    borderRadius: 'borderRadius',
    borderWidth: 'borderWidth',
    opacity: 'opacity',
    fontFamilies: 'fontFamilies',
    fontWeights: 'fontWeights',
    fontSizes: 'fontSizes',
    lineHeights: 'lineHeights',
    typography: 'typography',
    letterSpacing: 'letterSpacing',
    paragraphSpacing: 'paragraphSpacing',
    composition: 'composition',
    border: 'border',
    asset: 'asset',
  }
  const first = name.split('.', 1)[0] as string
  return Object.hasOwn(known, first) ? (known[first] as string) : 'other'
}

function withoutIds(token: PluginToken): PluginToken {
  if (!token['$extensions']) return token
  const { id: _id, ...extensions } = token['$extensions'] as Tree
  const studio = extensions['studio.tokens']
  if (studio && typeof studio === 'object') {
    const { id: _tokenId, ...kept } = studio as Tree
    if (Object.keys(kept).length === 0) delete extensions['studio.tokens']
    else extensions['studio.tokens'] = kept
  }
  if (Object.keys(extensions).length > 0) return { ...token, $extensions: extensions }
  const { $extensions: _extensions, ...rest } = token
  return rest as PluginToken
}

/** `set-value` 3.0.3: dots make groups, a backslash before a dot does not, names of prototypes are left out. */
function setValue(target: Tree, path: string, value: unknown, merge: boolean): void {
  const parts = path.split('.')
  const keys: string[] = []
  for (let i = 0; i < parts.length; i++) {
    let part = parts[i] as string
    while (part.endsWith('\\') && parts[i + 1] !== undefined) part = `${part.slice(0, -1)}.${parts[++i]}`
    if (part !== '__proto__' && part !== 'constructor' && part !== 'prototype') keys.push(part)
  }
  let at = target
  for (const [index, part] of keys.entries()) {
    const isLast = index === keys.length - 1
    // A group named like a method of every object: the library writes into that method, and the token is gone.
    if (!isLast && !Object.hasOwn(at, part) && part in at) return
    if (typeof at[part] !== 'object' || at[part] === null) at[part] = {}
    if (isLast) {
      const isPlain = typeof value === 'object' && !Array.isArray(at[part])
      at[part] = merge && isPlain ? { ...(at[part] as Tree), ...(value as Tree) } : value
      return
    }
    at = at[part] as Tree
  }
}
