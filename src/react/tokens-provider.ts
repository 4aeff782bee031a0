import { createContext, createElement, useContext, type ReactElement, type ReactNode } from 'react'
import type { Tokens } from '../open-tokens.ts'

const TokensContext = createContext<Tokens | null>(null)

export interface TokensProviderProps {
  /** From `openTokens`. Whoever opened it closes it: a provider is mounted twice in StrictMode, a room is opened once. */
  readonly tokens: Tokens
  readonly children?: ReactNode
}

/**
 * Gives an open room to the hooks below it.
 *
 * ```tsx
 * const tokens = await openTokens({ room: 'acme-brand' })
 * createRoot(element).render(<TokensProvider tokens={tokens}><App /></TokensProvider>)
 * ```
 */
export function TokensProvider({ tokens, children }: TokensProviderProps): ReactElement {
  return createElement(TokensContext.Provider, { value: tokens }, children)
}

/** The open room, for its methods. Throws outside a {@link TokensProvider}. */
export function useTokens(): Tokens {
  const tokens = useContext(TokensContext)
  if (!tokens) throw new Error('There is no open room here. Wrap this component in <TokensProvider tokens={…}>.')
  return tokens
}
