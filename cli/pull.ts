import { type Command, InvalidArgumentError } from 'commander'
import { CliError } from './cli-error.ts'
import { exitCodes, type ExitCode } from './exit-code.ts'
import { addFlag, collect, parseCount, parseDuration, usageError } from './flags.ts'
import { readHeaderFlags } from './header-flags.ts'
import { type CliProcess, createOutput, type Output } from './output.ts'
import { countDifference, describeDifference } from './pull-difference.ts'
import { openFolderTarget } from './pull-folder.ts'
import { openFileTarget } from './pull-target.ts'
import { type FileDifference, diffFiles } from '../src/payload/token-diff.ts'
import { parseTokenFile, type TokenFile } from '../src/payload/file-form.ts'
import { stringifyJson } from '../src/payload/ordered-json.ts'
import { countTokens } from '../src/payload/payload.ts'
import { isSnapshotError, loadSnapshot, type SnapshotErrorCode, type SnapshotHeaders } from '../src/snapshot/index.ts'

interface PullFlags {
  readonly header?: readonly string[]
  readonly headers?: string
  readonly out?: string
  readonly layout: 'single' | 'files'
  readonly full?: boolean
  readonly check?: boolean
  readonly timeout: number
  readonly retries: number
  readonly json?: boolean
}

/** `y-tokens pull URL`: the tokens behind a URL, into a file or to stdout. */
export function registerPull(program: Command, io: CliProcess): void {
  const command = program
    .command('pull [url]')
    .description(
      'Read the tokens behind a URL (a relay snapshot, a bin, any JSON) and write them to a file, whole or not at all. ' +
        'Without --out they go to stdout. On any failure the file stays as it was.',
    )
    .addHelpText('after', pullExamples)
  addFlag(command, '-H, --header <line>', "a header, 'Name: value'; may be repeated", { parse: collect })
  addFlag(command, '--headers <json>', "headers as a JSON object, as in Tokens Studio's URL provider")
  addFlag(command, '-o, --out <path>', 'the file to write, or the folder with --layout files')
  addFlag(command, '--layout <layout>', 'single: one file; files: a folder with one file for each set', {
    parse: parseLayout,
    default: { value: 'single', shown: 'single' },
  })
  addFlag(command, '--full', 'ask a relay for everything, not only for what the Figma plugin accepts')
  addFlag(command, '--check', 'compare with what stands at --out and write nothing')
  addFlag(command, '--timeout <time>', 'how long one try may take', {
    parse: parseDuration,
    default: { value: 10_000, shown: '10s' },
  })
  addFlag(command, '--retries <count>', 'how often a busy or broken server is asked again', {
    parse: parseCount,
    default: { value: 2, shown: '2' },
  })
  addFlag(command, '--json', 'print a report as JSON to stdout')
  command.action(async (url: string | undefined, flags: PullFlags) => {
    await pull(url ?? io.env['Y_TOKENS_URL'], flags, createOutput(flags.json === true, io))
  })
}

const pullExamples = `
Examples:
  y-tokens pull http://localhost:1234/rooms/acme/snapshot --out tokens.json
  y-tokens pull http://localhost:1234/rooms/acme/snapshot --out tokens --layout files
  y-tokens pull https://api.jsonbin.io/v3/b/<id>/latest -H 'X-Access-Key: …' -H 'X-Bin-Meta: false' --out tokens.json
  Y_TOKENS_HEADERS='{"X-Access-Key": "…", "X-Bin-Meta": false}' y-tokens pull <url> --out tokens.json --check`

async function pull(url: string | undefined, flags: PullFlags, output: Output): Promise<void> {
  const { out } = flags
  if (!url) throw usageError('The URL is missing. Give it as the argument, or set Y_TOKENS_URL.')
  if (flags.check && out === undefined) throw usageError('--check needs --out: the file to compare with.')
  if (flags.layout === 'files' && out === undefined) throw usageError('--layout files needs --out: the folder.')
  const headers = readHeaderFlags(flags.headers, flags.header ?? [])
  const open = flags.layout === 'files' ? openFolderTarget : openFileTarget
  const target = out === undefined ? undefined : await open(out)

  const read = await readTokens(flags.full ? withFullForm(url) : url, headers, flags, output)
  const counts = { tokens: countTokens(read), sets: read.sets.size }
  if (out === undefined || !target) {
    const text = `${stringifyJson(read.root, 2)}\n`
    if (output.json)
      output.report({ ok: true, exitCode: exitCodes.ok, ...counts, content: JSON.parse(text) as unknown })
    else output.data(text)
    return
  }
  const file = target.shape(read)
  const old = target.old(file)
  const difference = old ? diffFiles(old, file) : undefined
  const changed = difference?.isDifferent ?? true
  const facts = { out, changed, ...counts, ...(difference && countDifference(difference)) }
  if (changed && !flags.check) await write(out, () => target.write(file))
  if (changed && difference) for (const line of describeDifference(difference)) output.say(`  ${line}`)
  if (changed && flags.check) {
    const remedy = 'Run the same without --check to take it over.'
    const how = difference ? `differs from what ${shown(url)} has${summary(difference)}` : 'is not there'
    throw new CliError(exitCodes.drift, 'drift', `${out} ${how}. ${remedy}`, facts)
  }
  const size = `${counts.tokens} tokens in ${counts.sets} sets`
  const sentence = changed
    ? `wrote ${out}: ${size}${difference ? summary(difference) : ''}`
    : `${out} is up to date: ${size}`
  output.say(`${output.style('green', 'ok:')} ${sentence}`)
  output.report({ ok: true, exitCode: exitCodes.ok, ...facts })
}

async function readTokens(url: string, headers: SnapshotHeaders, flags: PullFlags, output: Output): Promise<TokenFile> {
  const done = output.progress(`Reading ${shown(url)} …`)
  try {
    const { timeout: timeoutMs, retries } = flags
    const { text } = await loadSnapshot(url, { headers, timeoutMs, retries })
    return parseTokenFile(text)
  } catch (error) {
    if (!isSnapshotError(error)) throw error
    throw new CliError(exitCodeFor(error.code), error.code, error.message)
  } finally {
    done()
  }
}

function exitCodeFor(code: SnapshotErrorCode): ExitCode {
  switch (code) {
    case 'unauthorized':
    case 'forbidden':
    case 'not-found':
    case 'quota-exhausted':
      return exitCodes.refused
    case 'rate-limited':
    case 'unavailable':
    case 'timeout':
      return exitCodes.unavailable
    case 'invalid':
    case 'empty':
      return exitCodes.invalid
    case 'bad-header':
    case 'bad-url':
      return exitCodes.usage
    case 'aborted':
      return exitCodes.unexpected
  }
}

async function write(out: string, act: () => Promise<void>): Promise<void> {
  try {
    await act()
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    const message = `${out} could not be written (${code}) and stays as it was. Check the disk and the rights on the folder.`
    throw new CliError(exitCodes.unexpected, 'write-failed', message)
  }
}

/** Left as it is where it is no URL: the loader says so. */
function withFullForm(url: string): string {
  if (!URL.canParse(url)) return url
  const full = new URL(url)
  full.searchParams.set('form', 'full')
  return full.href
}

/** Without the query, which may hold a key. */
function shown(url: string): string {
  if (!URL.canParse(url)) return 'the URL'
  const { origin, pathname } = new URL(url)
  return origin + pathname
}

function summary(difference: FileDifference): string {
  const { added, removed, changedTokens } = countDifference(difference)
  if (added + removed + changedTokens === 0) return ' (no token differs, but sets, groups, themes or their order do)'
  return ` (+${added} -${removed} ~${changedTokens})`
}

function parseLayout(text: string): string {
  if (text !== 'single' && text !== 'files') throw new InvalidArgumentError('Give single or files.')
  return text
}
