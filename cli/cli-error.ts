import type { ExitCode } from './exit-code.ts'

/** Ends a command with a sentence for people and an exit code for scripts. Never holds a key. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly exitCode: ExitCode
  /** Stable, for `--json`: the code of the error behind it. */
  readonly code: string
  /** Added to the report of `--json`. */
  readonly details: object

  constructor(exitCode: ExitCode, code: string, message: string, details: object = {}) {
    super(message)
    this.exitCode = exitCode
    this.code = code
    this.details = details
  }
}
