/**
 * Why the relay closes a socket. Codes 4400–4499 are terminal for y-websocket ≥ 3.1 (it stops and emits `closed`); all others
 * are retried for ever. A refused client is accepted and then closed, since a browser cannot see an HTTP refusal.
 */
export const closeCodes = {
  badBytes: 4400,
  keyMissingOrExpired: 4401,
  notAllowed: 4403,
  noSuchRoom: 4404,
  tooLarge: 4413,
  restart: 1012,
  storageFailed: 4503,
  tooFast: 4529,
} as const

export type CloseCode = (typeof closeCodes)[keyof typeof closeCodes]

/** True where reconnecting cannot help until the user or the key changes. */
export function isTerminalCloseCode(code: number): boolean {
  return code >= 4400 && code <= 4499
}
