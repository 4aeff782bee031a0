import { createRequire } from 'node:module'
import { Command, CommanderError } from 'commander'
import { CliError } from './cli-error.ts'
import { exitCodeHelp, exitCodes, type ExitCode } from './exit-code.ts'
import { applyEnvironment, isYes } from './flags.ts'
import { type CliProcess, createOutput, type Output } from './output.ts'
import { registerBridge } from './bridge.ts'
import { registerDev } from './dev.ts'
import { registerImport } from './import.ts'
import { registerInspect } from './inspect.ts'
import { registerKey } from './key.ts'
import { registerPull } from './pull.ts'
import { registerRelay } from './relay.ts'

/** Adds one command to the program. Its action throws a `CliError`; anything else thrown counts as unexpected. */
export type RegisterCommand = (program: Command, io: CliProcess) => void

/** A new command is one file and one line here. A file imports what only it needs inside its action. */
const commands: readonly RegisterCommand[] = [
  registerDev,
  registerRelay,
  registerBridge,
  registerPull,
  registerImport,
  registerKey,
  registerInspect,
]

/** Runs the command that `args` name: `process.argv` without its first two. Never throws. */
export async function runProgram(args: readonly string[], io: CliProcess = process): Promise<ExitCode> {
  const program = new Command('y-tokens')
    .description('Live co-editing of design tokens, and the files and bins that follow it.')
    .version(readVersion())
    .exitOverride()
    .showHelpAfterError('Run with --help for the flags.')
    .hook('preAction', (_, command) => applyEnvironment(command, io.env))
    .configureOutput({ writeOut: (text) => void io.stdout.write(text), writeErr: (text) => void io.stderr.write(text) })
  for (const register of commands) register(program, io)
  for (const command of program.commands) command.addHelpText('after', exitCodeHelp)
  // A reader that has seen enough, such as `head`, closes the pipe.
  io.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
  try {
    await program.parseAsync([...args], { from: 'user' })
    return exitCodes.ok
  } catch (error) {
    return exitFor(error, createOutput(args.includes('--json') || isYes(io.env['Y_TOKENS_JSON']), io))
  }
}

function exitFor(error: unknown, output: Output): ExitCode {
  // Commander has printed its own message.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
  if (error instanceof CliError) {
    output.say(`${output.style('red', 'error:')} ${error.message}`)
    const { code, message, exitCode, details } = error
    output.report({ ok: false, exitCode, error: { code, message }, ...details })
    return exitCode
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  output.say(`${output.style('red', 'error:')} This should not happen. Please report it with these lines:\n${text}`)
  output.report({ ok: false, exitCode: exitCodes.unexpected, error: { code: 'unexpected', message: String(error) } })
  return exitCodes.unexpected
}

function readVersion(): string {
  const { version } = createRequire(import.meta.url)('y-tokens/package.json') as { readonly version: string }
  return version
}
