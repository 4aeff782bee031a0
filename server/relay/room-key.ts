/**
 * Room keys: JWTs, HS256, `{ sub, name, aud: "y-tokens", exp, rooms: ["acme", "acme/*"], role }`. A key without `rooms` opens
 * none; `acme/*` opens everything below `acme`, not `acme` itself.
 */
import { SignJWT, errors, jwtVerify } from 'jose'
import type { RoomRole } from '../../src/protocol/relay-messages.ts'
import { isRoomName } from '../../src/protocol/room-name.ts'
import { RelayError } from '../store/relay-error.ts'
import type { Identity } from './awareness-table.ts'

/** What a connection may do, and until when. */
export interface Grant {
  readonly role: RoomRole
  /** Null where the relay asks for no keys. */
  readonly identity: Identity | null
  /** Milliseconds since 1970. */
  readonly expiresAtMs: number | null
}

export type KeyVerdict =
  | { readonly kind: 'granted'; readonly grant: Grant }
  /** `expired`: a fresh key may help. `not-allowed`: the key is sound and opens other rooms. */
  | { readonly kind: 'expired' | 'invalid' | 'not-allowed'; readonly message: string }

/** Judges a key for a room; the side document of a room is closed to readers. */
export type KeyJudge = (key: string, room: string, side: boolean) => Promise<KeyVerdict>

export interface RoomKeyClaims {
  /** Who the key is for; shown to others and stored beside what they write. */
  readonly sub: string
  readonly name?: string
  /** Room names, or `name/*` for everything below a name. */
  readonly rooms: readonly string[]
  readonly role: RoomRole
  /** Lifetime in milliseconds. */
  readonly ttlMs: number
}

const audience = 'y-tokens'
const minSecretBytes = 32
const clockToleranceSeconds = 5
const roles: readonly string[] = ['reader', 'writer', 'admin'] satisfies readonly RoomRole[]
const openGrant: Grant = { role: 'writer', identity: null, expiresAtMs: null }

/**
 * Makes a key that opens `rooms` until `ttlMs` from now.
 *
 * @throws {RelayError} `key-secret-invalid` for a secret below 32 bytes
 * @throws {RangeError} for claims that would make a key that opens nothing
 */
export async function mintRoomKey(options: {
  readonly secret: string
  readonly claims: RoomKeyClaims
  readonly now?: () => number
}): Promise<string> {
  const { secret, claims, now = Date.now } = options
  const { sub, name = sub, rooms, role, ttlMs } = claims
  if (sub === '') throw new RangeError('A room key needs a subject: who is it for?')
  if (rooms.length === 0) throw new RangeError('A room key needs at least one room')
  for (const room of rooms)
    if (!isRoomPattern(room))
      throw new RangeError(`"${room}" is no room name; use a-z, 0-9, ".", "_", "-" in parts joined by "/", or "name/*"`)
  if (!(ttlMs > 0)) throw new RangeError('A room key needs a lifetime above 0')
  const issuedAt = Math.floor(now() / 1_000)
  return new SignJWT({ name, rooms: [...rooms], role })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(sub)
    .setAudience(audience)
    .setIssuedAt(issuedAt)
    .setExpirationTime(Math.ceil((now() + ttlMs) / 1_000))
    .sign(secretBytes(secret))
}

/**
 * Judges keys signed with `secret`.
 *
 * @throws {RelayError} `key-secret-invalid` for a secret below 32 bytes
 */
export function createKeyJudge(secret: string, now: () => number): KeyJudge {
  const bytes = secretBytes(secret)
  return async (key, room, side) => {
    let payload: Record<string, unknown>
    try {
      const verified = await jwtVerify(key, bytes, {
        algorithms: ['HS256'],
        audience,
        requiredClaims: ['sub', 'exp'],
        clockTolerance: clockToleranceSeconds,
        currentDate: new Date(now()),
      })
      payload = verified.payload
    } catch (error) {
      if (error instanceof errors.JWTExpired)
        return { kind: 'expired', message: 'The room key has expired. Ask for a new one.' }
      // Whatever else jose finds is wrong with the key itself; its reasons may quote the key.
      return { kind: 'invalid', message: 'This is not a valid room key for this relay.' }
    }
    return judgeClaims(payload, room, side)
  }
}

/** Without a secret everybody may write. Only loopback is served then. */
export const openJudge: KeyJudge = async () => ({ kind: 'granted', grant: openGrant })

function judgeClaims(claims: Record<string, unknown>, room: string, side: boolean): KeyVerdict {
  const { sub, name, exp, rooms, role } = claims
  if (typeof sub !== 'string' || sub === '' || typeof exp !== 'number' || !isRole(role))
    return { kind: 'invalid', message: 'The room key lacks a subject or a role.' }
  const opens = Array.isArray(rooms) && rooms.some((pattern) => typeof pattern === 'string' && matches(pattern, room))
  if (!opens) return { kind: 'not-allowed', message: 'The room key does not open this room.' }
  if (side && role === 'reader')
    return { kind: 'not-allowed', message: 'The history of a room is open to writers only.' }
  const identity = { id: sub, name: typeof name === 'string' && name !== '' ? name : sub }
  return { kind: 'granted', grant: { role, identity, expiresAtMs: exp * 1_000 } }
}

function isRole(role: unknown): role is RoomRole {
  return typeof role === 'string' && roles.includes(role)
}

function isRoomPattern(pattern: string): boolean {
  return isRoomName(pattern.endsWith('/*') ? pattern.slice(0, -2) : pattern)
}

function matches(pattern: string, room: string): boolean {
  return pattern.endsWith('/*') ? room.startsWith(pattern.slice(0, -1)) : pattern === room
}

function secretBytes(secret: string): Uint8Array {
  const bytes = new TextEncoder().encode(secret)
  if (bytes.length < minSecretBytes)
    throw new RelayError(
      'key-secret-invalid',
      `The key secret has ${bytes.length} bytes; HS256 needs at least ${minSecretBytes}. Set Y_TOKENS_KEY_SECRET to a long random text.`,
    )
  return bytes
}
