/** Room names: `[a-z0-9._-]+(/[a-z0-9._-]+)*`, at most 128 bytes. The side room of `acme` is `acme~history`. */
const namePattern = /^[a-z0-9._-]+(?:\/[a-z0-9._-]+)*$/
const maxNameBytes = 128
const sideSuffix = '~history'

/** A segment of dots only is refused: a URL parser would walk to another room. */
export function isRoomName(name: string): boolean {
  return name.length <= maxNameBytes && namePattern.test(name) && !name.split('/').some((part) => /^\.+$/.test(part))
}

/** The room of the side document: open to writers, closed to readers. */
export function sideRoomOf(room: string): string {
  return room + sideSuffix
}

/** The room and whether the address means its side document; null for anything that is not a room name. */
export function parseRoomAddress(address: string): { readonly room: string; readonly side: boolean } | null {
  const side = address.endsWith(sideSuffix)
  const room = side ? address.slice(0, -sideSuffix.length) : address
  return isRoomName(room) ? { room, side } : null
}
