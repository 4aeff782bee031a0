import type { Person, Presence, Tokens, TokensStatus } from '../open-tokens.ts'
import { useTokens } from './tokens-provider.ts'
import { useWatched } from './use-watched.ts'

const subscribeStatus = (tokens: Tokens, listener: () => void): (() => void) => tokens.subscribeStatus(listener)
const readStatus = (tokens: Tokens): TokensStatus => tokens.status
const subscribePeople = (presence: Presence, listener: () => void): (() => void) => presence.subscribe(listener)
const readPeople = (presence: Presence): readonly Person[] => presence.list()

/** Where the tokens stand: this device, relay, bridge. Renders again when a leg changes. */
export function useStatus(): TokensStatus {
  return useWatched(useTokens(), subscribeStatus, readStatus)
}

/** Who is in the room, this session included. */
export function usePresence(): readonly Person[] {
  return useWatched(useTokens().presence, subscribePeople, readPeople)
}
