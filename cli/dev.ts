import { basename, extname, join } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { defaultBinLimitBytes, parseByteSize } from '../server/bins/byte-size.ts'
import { tellBridge } from './bridge-events.ts'
import type { DevServer, DevUrls } from './dev-server.ts'
import { exitCodes } from './exit-code.ts'
import { addFlag } from './flags.ts'
import { createOutput, type Output } from './output.ts'
import { parsePort, portFromEnvironment } from './relay.ts'
import { withExitCode } from './service-failure.ts'
import { readTokenSource } from './token-source.ts'
import { untilStopped } from './until-stopped.ts'

interface DevFlags {
  readonly port: number
  readonly data: string
  readonly room: string
  readonly bridge: boolean
  readonly binLimit: number
  readonly json?: boolean
}

/** `y-tokens dev`: the whole product on this machine. What `npm start` runs. */
export function registerDev(program: Command): void {
  const command = program
    .command('dev [file]')
    .description(
      'Run relay, editor page, local bins and bridge on this machine, without an account. FILE fills an empty room; ' +
        'without it sample tokens do.',
    )
  addFlag(command, '--port <number>', 'the port of page, relay and bins; 0 takes a free one', {
    parse: parsePort,
    default: { value: portFromEnvironment(), shown: 'PORT, or 1234' },
  })
  addFlag(command, '--data <folder>', 'where everything is kept', {
    default: { value: '.y-tokens', shown: '.y-tokens' },
  })
  addFlag(command, '--room <name>', 'the room', { default: { value: 'tokens', shown: 'tokens' } })
  addFlag(command, '--no-bridge', 'leave the bin to whoever enters its key in the page')
  addFlag(command, '--bin-limit <size>', 'greatest record of the local bins: 100kb is that of a free JSONBin account', {
    parse: parseLimit,
    default: { value: defaultBinLimitBytes, shown: '1mb' },
  })
  addFlag(command, '--json', 'print addresses and events as JSON lines to stdout')
  command.action(async (file: string | undefined, flags: DevFlags) => runDev(file, flags))
}

async function runDev(file: string | undefined, flags: DevFlags): Promise<void> {
  // From here on: a signal that comes while it starts ends it as cleanly.
  const stopped = untilStopped()
  const output = createOutput(flags.json === true)
  const source = await readTokenSource(file ?? samplePath())
  const keySecret = process.env['Y_TOKENS_KEY_SECRET']
  const done = output.progress('Starting …')
  let server: DevServer
  try {
    const [{ startDev }, { createRelayLogger }] = await Promise.all([
      import('./dev-server.ts'),
      import('../server/relay/index.ts'),
    ])
    server = await startDev({
      port: flags.port,
      dataDir: flags.data,
      room: flags.room,
      source,
      binName: file === undefined ? 'Sample tokens' : basename(file, extname(file)),
      withBridge: flags.bridge,
      binLimitBytes: flags.binLimit,
      ...(keySecret ? { keySecret } : {}),
      logger: createRelayLogger({ level: 'warn' }),
    }).finally(done)
  } catch (error) {
    throw withExitCode(error)
  }
  try {
    tellUrls(server.urls, output)
    if (keySecret)
      output.say(`Room keys  asked for (Y_TOKENS_KEY_SECRET is set). Make one: y-tokens key --room ${flags.room}`)
    if (file !== undefined && !server.filled) {
      output.warn(
        `The room ${flags.room} has tokens already, so ${file} was left alone. To bring it in: ` +
          `y-tokens import ${file} --room ${flags.room} --relay ${new URL(server.urls.webSocket).origin}`,
      )
    }
    const quiet = server.session ? tellBridge(server.session, output) : (): void => undefined
    await stopped
    quiet()
  } finally {
    await server.close()
  }
}

function tellUrls(urls: DevUrls, output: Output): void {
  if (output.json) {
    output.report({ event: 'ready', exitCode: exitCodes.ok, ...urls })
    return
  }
  const bin = urls.bin
    ? `${urls.bin.url}  headers ${JSON.stringify(urls.readHeaders)}`
    : `none: ${urls.binProblem ?? 'add one in the page'}`
  output.data(
    [
      `Editor     ${urls.editor}`,
      `WebSocket  ${urls.webSocket}`,
      `Bin        ${bin}`,
      `Bin key    X-Master-Key: ${urls.masterKey}${urls.bin ? `  bin id ${urls.bin.id}` : ''}`,
      `Snapshot   ${urls.snapshot}`,
      'Ctrl-C ends it. Everything is kept.',
      '',
    ].join('\n'),
  )
}

function parseLimit(text: string): number {
  try {
    return parseByteSize(text)
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error))
  }
}

/** From source and from the build alike, `samples` stands beside `cli` or one level further up. */
function samplePath(): string {
  const up = import.meta.url.endsWith('.ts') ? '..' : '../..'
  return join(import.meta.dirname, up, 'samples/tokens.json')
}
