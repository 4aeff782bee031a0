import { basename } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { describeChange, type TokenChange } from '../src/doc/index.ts'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import { addFlag, parseDuration } from './flags.ts'
import { type CliProcess, createOutput, type Output } from './output.ts'
import { addRoomFlags, joinRoom, type RoomFlags } from './room-flags.ts'
import { readTokenSource } from './token-source.ts'

const maxLines = 10

interface ImportFlags extends RoomFlags {
  readonly mode: 'replace' | 'merge'
  readonly timeout: number
  readonly json?: boolean
}

/** `y-tokens import FILE`: brings a file, or a folder of files, into a room as ordinary edits, after a version that can be restored. */
export function registerImport(program: Command, io: CliProcess): void {
  const command = program
    .command('import <file>')
    .description(
      'Bring a token file into a room, or a folder with one file for each set as Tokens Studio keeps it. ' +
        'What it replaces stands in a saved version of the room.',
    )
  addRoomFlags(command)
  addFlag(command, '--mode <mode>', 'replace: afterwards the room equals the file; merge: what the file lacks stays', {
    parse: parseMode,
    default: { value: 'replace', shown: 'replace' },
  })
  addFlag(command, '--timeout <time>', 'how long to wait for the relay', {
    parse: parseDuration,
    default: { value: 30_000, shown: '30s' },
  })
  addFlag(command, '--json', 'print a report as JSON to stdout')
  command.action((file: string, flags: ImportFlags) => importFile(file, flags, createOutput(flags.json === true, io)))
}

async function importFile(file: string, flags: ImportFlags, output: Output): Promise<void> {
  const source = await readTokenSource(file)
  const done = output.progress(`Joining ${flags.room} …`)
  const tokens = await joinRoom(flags, { app: 'y-tokens import', bins: { enabled: false } }, flags.timeout).finally(
    done,
  )
  try {
    const { document } = tokens
    if (tokens.status.relay.role === 'reader') {
      throw new CliError(exitCodes.refused, 'read-only', 'This room key opens the room for reading. Use a writer key.')
    }
    const before = document.getSnapshot()
    const wasEmpty = document.state === 'empty'
    if (!wasEmpty) document.versions.putAside(`Before importing ${basename(file).slice(0, 120)}`)
    document.import(source, { mode: flags.mode })
    if (!(await tokens.whenSaved(flags.timeout))) {
      throw new CliError(
        exitCodes.unavailable,
        'not-saved',
        'The relay has not confirmed that the import is stored. Run it again: what has arrived does no harm.',
      )
    }
    const changes = document.changesSince(before)
    if (!wasEmpty) for (const line of linesOf(changes)) output.say(`  ${line}`)
    const sets = document.setNames().length
    output.say(
      `${output.style('green', 'ok:')} ${wasEmpty ? 'filled' : `${changes.length} changes in`} ${flags.room}: ${sets} sets`,
    )
    output.report({
      ok: true,
      exitCode: exitCodes.ok,
      room: flags.room,
      mode: flags.mode,
      filled: wasEmpty,
      changes: changes.length,
      sets,
    })
  } finally {
    await tokens.close()
  }
}

/** The first of them in words, without what would move a terminal's cursor. */
function linesOf(changes: readonly TokenChange[]): readonly string[] {
  const lines = changes.slice(0, maxLines).map((change) => describeChange(change).replace(/\p{Cc}/gu, '\ufffd'))
  return changes.length > maxLines ? [...lines, `… ${changes.length - maxLines} more`] : lines
}

function parseMode(text: string): string {
  if (text !== 'replace' && text !== 'merge') throw new InvalidArgumentError('Give replace or merge.')
  return text
}
