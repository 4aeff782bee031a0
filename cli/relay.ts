import { type Command, InvalidArgumentError } from 'commander'
import { addFlag, collect } from './flags.ts'
import { createOutput } from './output.ts'
import { withExitCode } from './service-failure.ts'
import { untilStopped } from './until-stopped.ts'

interface RelayFlags {
  readonly host: string
  readonly port: number
  readonly data: string
  readonly origin?: readonly string[]
  readonly logLevel: string
}

/** `y-tokens relay`: the relay alone, for operators. Logs JSON lines to stdout. */
export function registerRelay(program: Command): void {
  const command = program
    .command('relay')
    .description(
      'Run a relay. Room keys are asked for where Y_TOKENS_KEY_SECRET is set; without it only this machine is served.',
    )
  addFlag(command, '--host <address>', 'the address to listen on', {
    default: { value: process.env['HOST'] ?? '127.0.0.1', shown: 'HOST, or 127.0.0.1' },
  })
  addFlag(command, '--port <number>', 'the port; 0 takes a free one', {
    parse: parsePort,
    default: { value: portFromEnvironment(), shown: 'PORT, or 1234' },
  })
  addFlag(command, '--data <folder>', 'the data folder', {
    default: { value: '.y-tokens', shown: '.y-tokens' },
  })
  addFlag(command, '--origin <origin>', 'a web origin that may connect, null, or *; may be repeated', {
    parse: collect,
  })
  addFlag(command, '--log-level <level>', 'trace, debug, info, warn, error or silent', {
    parse: parseLogLevel,
    default: { value: 'info', shown: 'info' },
  })
  command.action(serve)
}

async function serve(flags: RelayFlags): Promise<void> {
  // From here on: a signal that comes while it starts ends it as cleanly.
  const stopped = untilStopped()
  const output = createOutput(false)
  const { createRelay, createRelayLogger } = await import('../server/relay/index.ts')
  const { host, port, data: dataDir, origin: origins, logLevel: level } = flags
  const keySecret = process.env['Y_TOKENS_KEY_SECRET']
  try {
    const relay = await createRelay({
      host,
      port,
      dataDir,
      logger: createRelayLogger({ level }),
      ...(origins ? { origins } : {}),
      ...(keySecret ? { keySecret } : {}),
    })
    output.say(`Relay      ${relay.url}`)
    output.say(`Health     ${relay.httpUrl}/readyz`)
    if (!keySecret) output.warn('No Y_TOKENS_KEY_SECRET: everybody on this machine may read and write every room.')
    await stopped
    await relay.close()
  } catch (error) {
    throw withExitCode(error)
  }
}

const levels: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error', 'silent']

function parseLogLevel(text: string): string {
  if (!levels.includes(text)) throw new InvalidArgumentError(`Give one of ${levels.join(', ')}.`)
  return text
}

export function parsePort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new InvalidArgumentError('Give a port from 0 to 65535.')
  return Number(text)
}

/** What hosting platforms set. A value that is no port is left to the flag's own check. */
export function portFromEnvironment(): number {
  const port = process.env['PORT']
  return port !== undefined && /^\d{1,5}$/.test(port) ? Number(port) : 1234
}
