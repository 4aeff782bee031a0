import type { Tokens } from '../open-tokens.ts'
import { useTokens } from './tokens-provider.ts'
import { useWatched } from './use-watched.ts'

type TokenDocument = Tokens['document']
type Snapshot = ReturnType<TokenDocument['getSnapshot']>
type Node = ReturnType<TokenDocument['get']>
type Path = Parameters<TokenDocument['get']>[1]
type References = ReturnType<TokenDocument['references']>
type Unresolved = ReturnType<TokenDocument['unresolved']>

const subscribe = (document: TokenDocument, listener: () => void): (() => void) => document.subscribe(() => listener())
const readSnapshot = (document: TokenDocument): Snapshot => document.getSnapshot()
const readUnresolved = (document: TokenDocument): Unresolved => document.unresolved()

/** All tokens as a frozen payload. Renders again on every change of the document; prefer {@link useToken} for one token. */
export function useSnapshot(): Snapshot {
  return useWatched(useTokens().document, subscribe, readSnapshot)
}

/**
 * The token or group at `path`, frozen, undefined where nothing lives; the whole set for `[]`. Renders again only when it has
 * changed.
 */
export function useToken(set: string, path: Path): Node {
  return useWatched(useTokens().document, subscribe, (document) => document.get(set, path))
}

/** Who refers to the token or group at `path`, as `document.references` tells. Renders again only when somebody else does. */
export function useReferences(path: Path): References {
  return useWatched(useTokens().document, subscribe, (document) => document.references(path))
}

/** References that name no token, or go in circles, as `document.unresolved` tells. */
export function useUnresolved(): Unresolved {
  return useWatched(useTokens().document, subscribe, readUnresolved)
}
