import type { TokenPlace } from '../../test/support/generated-tokens.ts'

/** Another way to hold the same token file on every device, as the comparison uses it. */
export interface Peer {
  /** Takes a token file in, the cheapest way there is. */
  import(text: string): PeerReplica
  /** A replica from what `encode` gave. */
  load(state: Uint8Array): PeerReplica
}

export interface PeerReplica {
  encode(): Uint8Array
  /** The whole payload as plain JSON. */
  read(): unknown
  /** One edit by hand: the token has this `$value` now. */
  edit(place: TokenPlace, value: string): void
  /** What the last edit tells other replicas. */
  takeUpdate(): Uint8Array
  apply(update: Uint8Array): void
  /**
   * What an application reads after a teammate's edit. Ours gives the whole snapshot; of the peers only the edited token is
   * asked for, as an application would that follows their events.
   */
  readAfter(place: TokenPlace): unknown
}

/** A file as the peers take it in. */
export interface ParsedFile {
  readonly values: { readonly [set: string]: JsonNode }
  readonly [key: string]: unknown
}

export interface JsonNode {
  readonly [key: string]: unknown
}

export function parseFile(text: string): ParsedFile {
  return JSON.parse(text) as ParsedFile
}

export function isNode(value: unknown): value is JsonNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Every token of a file with its place; everything else of the file apart. */
export function tokensOf(file: ParsedFile): readonly (TokenPlace & { readonly token: JsonNode })[] {
  const found: (TokenPlace & { readonly token: JsonNode })[] = []
  const walk = (set: string, node: JsonNode, path: readonly string[]): void => {
    if ('$value' in node) {
      found.push({ set, path, token: node })
      return
    }
    for (const [name, child] of Object.entries(node)) if (isNode(child)) walk(set, child, [...path, name])
  }
  for (const [set, tokens] of Object.entries(file.values)) walk(set, tokens, [])
  return found
}

/** Puts tokens back into a tree of groups. */
export function treeOf(tokens: Iterable<TokenPlace & { readonly token: unknown }>): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const { set, path, token } of tokens) {
    let node = (values[set] ??= {}) as Record<string, unknown>
    for (const name of path.slice(0, -1)) node = (node[name] ??= {}) as Record<string, unknown>
    node[path.at(-1) as string] = token
  }
  return values
}
