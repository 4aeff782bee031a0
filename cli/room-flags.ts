import type { Command } from 'commander'
import { openTokens, type OpenTokensOptions, type Tokens } from '../src/index.ts'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import { addFlag } from './flags.ts'
import { withExitCode } from './service-failure.ts'

export interface RoomFlags {
  readonly room: string
  readonly relay: string
  readonly roomKey?: string
}

/** The flags of every command that joins a room. The room key is better given by `Y_TOKENS_ROOM_KEY`, which no process list shows. */
export function addRoomFlags(command: Command): void {
  addFlag(command, '--room <name>', 'the room', { required: true })
  addFlag(command, '--relay <url>', 'the relay, ws:// or wss://', { required: true })
  addFlag(command, '--room-key <key>', 'opens the room, where the relay asks for keys')
}

/**
 * Joins the room and waits until the relay has told all it holds: a command line has no use for an offline copy.
 * Throws a `CliError`: 3 where the relay does not answer, 4 where it refuses.
 */
export async function joinRoom(
  flags: Pick<RoomFlags, 'room' | 'relay' | 'roomKey'>,
  options: Partial<OpenTokensOptions>,
  timeoutMs: number,
): Promise<Tokens> {
  let tokens: Tokens
  try {
    tokens = await openTokens({
      ...options,
      room: flags.room,
      storage: 'memory',
      relay: { url: flags.relay, ...(flags.roomKey === undefined ? {} : { key: flags.roomKey }) },
      firstSyncTimeoutMs: timeoutMs,
    })
  } catch (error) {
    throw withExitCode(error)
  }
  const { state } = tokens.status.relay
  if (state.kind === 'synced' || state.kind === 'syncing') return tokens
  await tokens.close()
  if (state.kind === 'refused') throw new CliError(exitCodes.refused, state.reason, state.message)
  throw new CliError(
    exitCodes.unavailable,
    'relay-unreachable',
    `The relay at ${flags.relay} does not answer. Check the address, and that it runs.`,
  )
}
