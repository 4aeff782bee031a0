import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { type DocumentInspection, inspectDocument } from '../src/doc/inspection.ts'
import { addFlag, parseCount, parseDuration } from './flags.ts'
import { readDocumentFile } from './inspect-source.ts'
import { describeInspection, type RoomHistory } from './inspect-text.ts'
import { type CliProcess, createOutput, type Output } from './output.ts'
import { joinRoom } from './room-flags.ts'

interface InspectFlags {
  readonly relay?: string
  readonly roomKey?: string
  readonly limit: number
  readonly timeout: number
  readonly json?: boolean
}

/** What was looked into. `tokens`: a token file. `document`: an encoded Y.Doc. */
type SourceKind = 'tokens' | 'document' | 'room'

/** `y-tokens inspect FILE|ROOM`: a document as people think of it. It changes nothing. */
export function registerInspect(program: Command, io: CliProcess): void {
  const command = program
    .command('inspect <file-or-room>')
    .description(
      'Show what a document holds: sets, who changed what last, conflicts, files taken in, lanes, size by part. ' +
        'FILE is a token file or an encoded document (Y.encodeStateAsUpdate); with --relay it is a room. Changes nothing.',
    )
    .addHelpText('after', inspectExamples)
  addFlag(command, '--relay <url>', 'the relay of the room, ws:// or wss://')
  addFlag(command, '--room-key <key>', 'opens the room, where the relay asks for keys')
  addFlag(command, '--limit <count>', 'how many lines a list may have, and how many latest changes are told', {
    parse: parseCount,
    default: { value: 10, shown: '10' },
  })
  addFlag(command, '--timeout <time>', 'how long to wait for the relay', {
    parse: parseDuration,
    default: { value: 30_000, shown: '30s' },
  })
  addFlag(command, '--json', 'print the whole report as JSON to stdout')
  command.action((target: string, flags: InspectFlags) => {
    // Set for all commands of a shell, the variable makes no room of a file that is there.
    const isMeant = command.getOptionValueSource('relay') === 'cli' || !existsSync(target)
    const relay = isMeant ? flags.relay : undefined
    return inspect(target, relay, flags, createOutput(flags.json === true, io))
  })
}

const inspectExamples = `
Examples:
  y-tokens inspect tokens.json
  y-tokens inspect acme-brand --relay ws://localhost:1234
  y-tokens inspect acme-brand --relay wss://relay.example.com --json | jq '.lanes[] | {name, facts, bytes}'

--json: { source: { kind: tokens|document|room, name }, state, format, sets, themes, changes, conflicts, seeds, lanes,
ignored, farFuture, bytes: { total, seeds, lanes, rest }, roots: { newer, other }, sessions, history: { versions } | null }
Times are milliseconds since 1970, sizes bytes.`

async function inspect(target: string, relay: string | undefined, flags: InspectFlags, output: Output): Promise<void> {
  if (relay !== undefined) return inspectRoom(target, relay, flags, output)
  const { kind, document } = await readDocumentFile(target)
  report(kind, target, inspectDocument(document, { changes: flags.limit }), null, flags.limit, output)
}

async function inspectRoom(room: string, relay: string, flags: InspectFlags, output: Output): Promise<void> {
  const done = output.progress(`Joining ${room} …`)
  const access = { room, relay, ...(flags.roomKey === undefined ? {} : { roomKey: flags.roomKey }) }
  const options = { app: 'y-tokens inspect', bins: { enabled: false } }
  const tokens = await joinRoom(access, options, flags.timeout).finally(done)
  try {
    const isReader = tokens.status.relay.role === 'reader'
    if (!isReader) await tokens.whenSaved(flags.timeout)
    const history: RoomHistory = { versions: isReader ? null : tokens.document.versions.list().length }
    const seen = inspectDocument(tokens.document, { changes: flags.limit })
    report('room', room, seen, history, flags.limit, output)
  } finally {
    await tokens.close()
  }
}

function report(
  kind: SourceKind,
  name: string,
  seen: DocumentInspection,
  history: RoomHistory | null,
  limit: number,
  output: Output,
): void {
  output.report({ ok: true, exitCode: 0, source: { kind, name }, ...seen, history })
  if (!output.json) output.data(`${describeInspection(seen, { name, history, limit }).join('\n')}\n`)
}
