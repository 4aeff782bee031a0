/** React hooks over an open room. React is an optional peer; nothing else of the library imports it. */
export { TokensProvider, useTokens } from './tokens-provider.ts'
export type { TokensProviderProps } from './tokens-provider.ts'
export { useReferences, useSnapshot, useToken, useUnresolved } from './use-document.ts'
export { usePresence, useStatus } from './use-room.ts'
