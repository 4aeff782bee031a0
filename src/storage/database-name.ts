/**
 * The database of a room on this device: `y-tokens/1/<relay host>/<room>`, `local` for the host without a relay. Frozen;
 * the number is the version of the layout. The side document is a room of its own.
 */
export function databaseNameOf(room: string, relayUrl?: string): string {
  const host = relayUrl === undefined ? 'local' : new URL(relayUrl).host
  return `y-tokens/1/${host}/${room}`
}
