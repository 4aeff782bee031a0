import type { Command } from 'commander'
import type { BinKey, OpenTokensOptions, Tokens } from '../src/index.ts'
import { tellBridge } from './bridge-events.ts'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import { addFlag, parseCount, parseDuration, usageError } from './flags.ts'
import { createOutput } from './output.ts'
import { createRequestFile } from './request-file.ts'
import { addRoomFlags, joinRoom, type RoomFlags } from './room-flags.ts'
import { withExitCode } from './service-failure.ts'
import { untilStopped } from './until-stopped.ts'

interface BridgeFlags extends RoomFlags {
  readonly bin?: string
  readonly binsUrl?: string
  readonly data?: string
  readonly requests?: number
  readonly timeout: number
  readonly json?: boolean
}

/** `y-tokens bridge`: keeps the room's bin in step without an editor being open. */
export function registerBridge(program: Command): void {
  const command = program
    .command('bridge')
    .description(
      "Keep a room's bin in step. The bin's key comes from JSONBIN_MASTER_KEY or JSONBIN_ACCESS_KEY and stays in this process.",
    )
  addRoomFlags(command)
  addFlag(command, '--bin <id>', 'the bin to apply where the room has none; without it the one the room has applied')
  addFlag(command, '--bins-url <url>', "the bins service of --bin; JSONBin's by default")
  addFlag(command, '--data <dir>', 'where the count of requests is kept across restarts; in memory without it')
  addFlag(command, '--requests <n>', 'how many requests the account has; 10,000 at JSONBin, unknown elsewhere', {
    parse: parseCount,
  })
  addFlag(command, '--timeout <time>', 'how long to wait for the relay at the start', {
    parse: parseDuration,
    default: { value: 30_000, shown: '30s' },
  })
  addFlag(command, '--json', 'print what happens as JSON lines to stdout')
  command.action(run)
}

async function run(flags: BridgeFlags): Promise<void> {
  // From here on: a signal that comes while it joins ends it as cleanly.
  const stopped = untilStopped()
  const output = createOutput(flags.json === true)
  const key = keyFromEnvironment()
  const tokens = await joinRoom(flags, { app: 'y-tokens bridge', bins: binsOf(flags) }, flags.timeout)
  const quiet = tellBridge(tokens, output)
  try {
    await useBin(tokens, key, flags)
    await Promise.race([stopped, untilHopeless(tokens)])
    quiet()
  } catch (error) {
    throw withExitCode(error)
  } finally {
    await tokens.close()
  }
}

function binsOf({ binsUrl, data, requests }: BridgeFlags): NonNullable<OpenTokensOptions['bins']> {
  return {
    ...(binsUrl === undefined ? {} : { defaultUrl: binsUrl }),
    ...(data === undefined ? {} : { meter: createRequestFile(data) }),
    ...(requests === undefined ? {} : { requestLimit: requests }),
  }
}

function keyFromEnvironment(): BinKey {
  const { JSONBIN_MASTER_KEY: masterKey, JSONBIN_ACCESS_KEY: accessKey } = process.env
  if (masterKey) return { masterKey }
  if (accessKey) return { accessKey }
  throw usageError(
    'No bin key: set JSONBIN_MASTER_KEY or JSONBIN_ACCESS_KEY. Quote it with single quotes, since it may contain $.',
  )
}

async function useBin(tokens: Tokens, key: BinKey, flags: BridgeFlags): Promise<void> {
  const { bins } = tokens
  const applied = bins.list().find((bin) => bin.applied)
  const id = flags.bin ?? applied?.id
  if (id === undefined)
    throw usageError(`The room ${flags.room} has no bin. Name one with --bin, or add one in the editor.`)
  if (applied && applied.id !== id) {
    throw new CliError(
      exitCodes.usage,
      'other-bin',
      `The room ${flags.room} has applied another bin, "${applied.name}" (${applied.id}). Switch in the editor, or leave --bin away.`,
    )
  }
  if (!bins.list().some((bin) => bin.id === id)) {
    const { binsUrl: url } = flags
    await bins.add({ name: id, id, ...(url === undefined ? {} : { url }) })
  }
  bins.setKey(id, key, { remember: false })
  if (!applied) await bins.apply(id)
}

/** Rejects where only another start can help: the key was refused, or the relay will not have us. */
function untilHopeless(tokens: Tokens): Promise<never> {
  return new Promise((_, reject) => {
    const look = (): void => {
      const { bridge, relay } = tokens.status
      if (relay.state.kind === 'refused')
        reject(new CliError(exitCodes.refused, relay.state.reason, relay.state.message))
      if (bridge.state.kind !== 'blocked') return
      const { reason, message } = bridge.state
      if (reason === 'unauthorized' || reason === 'forbidden' || reason === 'not-found')
        reject(new CliError(exitCodes.refused, reason, message))
    }
    tokens.subscribeStatus(look)
    look()
  })
}
