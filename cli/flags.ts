/**
 * Flags that can also be set in the environment: `--bin-limit` is `Y_TOKENS_BIN_LIMIT`. Not commander's own variables, since
 * those take `Y_TOKENS_JSON=0` for yes, and print a value that does not fit, which may be a key.
 */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import type { CliProcess } from './output.ts'

export interface FlagOptions {
  /** Turns the text into the value; throws commander's `InvalidArgumentError` with what is expected. */
  readonly parse?: (text: string, previous: unknown) => unknown
  /** `shown` is how people would write it. */
  readonly default?: { readonly value: unknown; readonly shown: string }
  /** Must be given, on the command line or in the environment. */
  readonly required?: boolean
}

const requiredFlags = new WeakSet<Option>()

/** Adds a flag such as `--out <file>`, `-H, --header <line>` or `--json`. */
export function addFlag(command: Command, flags: string, description: string, options: FlagOptions = {}): void {
  const option = new Option(flags, description)
  option.description = `${description} (env: ${variableOf(option)})`
  if (options.parse) option.argParser(options.parse)
  if (options.default) option.default(options.default.value, options.default.shown)
  if (options.required) requiredFlags.add(option)
  command.addOption(option)
}

export function variableOf(option: Option): string {
  return `Y_TOKENS_${(option.long ?? option.flags).replace(/^--/, '').replaceAll('-', '_').toUpperCase()}`
}

/** Fills in from the environment what the command line left open. An empty variable counts as not set. */
export function applyEnvironment(command: Command, environment: CliProcess['env']): void {
  for (const option of command.options) {
    const name = option.attributeName()
    const text = environment[variableOf(option)]
    if (command.getOptionValueSource(name) !== 'cli' && text !== undefined && text !== '') {
      command.setOptionValueWithSource(name, valueFrom(option, text, command.getOptionValue(name)), 'env')
    }
    if (requiredFlags.has(option) && command.getOptionValue(name) === undefined) {
      throw usageError(`${option.long ?? option.flags} is missing. Give it, or set ${variableOf(option)}.`)
    }
  }
}

export function usageError(message: string): CliError {
  return new CliError(exitCodes.usage, 'usage', message)
}

/** Whether the text of a variable switches a flag on. */
export function isYes(text: string | undefined): boolean {
  return /^(?:1|true|yes|on)$/i.test(text ?? '')
}

function valueFrom(option: Option, text: string, previous: unknown): unknown {
  if (option.isBoolean()) {
    if (isYes(text)) return !option.negate
    if (/^(?:0|false|no|off)$/i.test(text)) return option.negate
    throw usageError(`${variableOf(option)} must be 1 or 0.`)
  }
  if (!option.parseArg) return text
  try {
    return option.parseArg(text, previous)
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error
    throw usageError(`${variableOf(option)} does not fit. ${error.message}`)
  }
}

/** `10s`, `500ms`, `2m`, or plain seconds, as milliseconds. */
export function parseDuration(text: string): number {
  const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text) ?? []
  const ms = Number(amount) * { ms: 1, s: 1000, m: 60_000 }[unit as 'ms' | 's' | 'm']
  if (!(ms > 0 && ms <= 3_600_000)) throw new InvalidArgumentError('Give a time such as 10s, 500ms or 2m, at most 60m.')
  return ms
}

export function parseCount(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('Give a whole number.')
  return Number(text)
}

/** For a flag that may stand several times. */
export function collect(text: string, previous: unknown): readonly string[] {
  return [...((previous as readonly string[] | undefined) ?? []), text]
}
