import { type Command, InvalidArgumentError } from 'commander'
import { exitCodes } from './exit-code.ts'
import { addFlag, collect, usageError } from './flags.ts'
import { createOutput } from './output.ts'
import { withExitCode } from './service-failure.ts'

interface KeyFlags {
  readonly room: readonly string[]
  readonly role: 'reader' | 'writer' | 'admin'
  readonly ttl: number
  readonly sub?: string
  readonly name?: string
  readonly json?: boolean
}

/** `y-tokens key`: mints a room key with the relay's secret. The key alone goes to stdout. */
export function registerKey(program: Command): void {
  const command = program
    .command('key')
    .description('Mint a room key with the secret in Y_TOKENS_KEY_SECRET, the one the relay was started with.')
  addFlag(command, '--room <name>', 'a room, or name/* for all below it; may be repeated', {
    parse: collect,
    required: true,
  })
  addFlag(command, '--role <role>', 'reader, writer or admin', {
    parse: parseRole,
    default: { value: 'writer', shown: 'writer' },
  })
  addFlag(command, '--ttl <time>', 'how long it is valid: 30m, 8h, 7d', {
    parse: parseTtl,
    default: { value: 8 * 3_600_000, shown: '8h' },
  })
  addFlag(command, '--sub <id>', 'id of the person or program it is for; made up if absent')
  addFlag(command, '--name <name>', 'the name that others see; the id by default')
  addFlag(command, '--json', 'print a report as JSON to stdout')
  command.action(mint)
}

async function mint(flags: KeyFlags): Promise<void> {
  const output = createOutput(flags.json === true)
  const secret = process.env['Y_TOKENS_KEY_SECRET']
  if (!secret) {
    throw usageError(
      'Y_TOKENS_KEY_SECRET is not set. Set it to the secret of the relay; a new one is made by: openssl rand -hex 32',
    )
  }
  const { mintRoomKey } = await import('../server/relay/index.ts')
  const { room: rooms, role, ttl: ttlMs, name } = flags
  const sub = flags.sub ?? crypto.randomUUID()
  try {
    const claims = { sub, rooms, role, ttlMs, ...(name === undefined ? {} : { name }) }
    const key = await mintRoomKey({ secret, claims })
    if (output.json) output.report({ ok: true, exitCode: exitCodes.ok, key, sub, rooms, role, ttlMs })
    else output.data(`${key}\n`)
  } catch (error) {
    if (error instanceof RangeError) throw usageError(`${error.message}.`)
    throw withExitCode(error)
  }
}

function parseRole(text: string): string {
  if (text !== 'reader' && text !== 'writer' && text !== 'admin') {
    throw new InvalidArgumentError('Give reader, writer or admin.')
  }
  return text
}

const maxTtlMs = 366 * 86_400_000

/** `30m`, `8h`, `7d` or `90s`, as milliseconds. */
function parseTtl(text: string): number {
  const [, amount, unit] = /^(\d{1,6})(s|m|h|d)$/.exec(text) ?? []
  const ms = Number(amount) * { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[unit as 's' | 'm' | 'h' | 'd']
  if (!(ms > 0 && ms <= maxTtlMs)) throw new InvalidArgumentError('Give a time such as 30m, 8h or 7d, at most 366d.')
  return ms
}
