import type { RelayErrorCode } from '../server/relay/index.ts'
import type { BinsErrorCode } from '../server/bins/index.ts'
import { CliError } from './cli-error.ts'
import { exitCodes, type ExitCode } from './exit-code.ts'

/** Exit codes of everything that keeps a server from starting or a session from working, by the error's own code. */
const exitByCode: ReadonlyMap<string, ExitCode> = new Map<RelayErrorCode | BinsErrorCode | (string & {}), ExitCode>([
  ['port-in-use', exitCodes.unavailable],
  ['host-unavailable', exitCodes.unavailable],
  ['data-in-use', exitCodes.unavailable],
  ['data-too-new', exitCodes.refused],
  ['data-unreadable', exitCodes.refused],
  ['data-unwritable', exitCodes.refused],
  ['file-too-new', exitCodes.refused],
  ['file-unreadable', exitCodes.refused],
  ['file-foreign', exitCodes.refused],
  ['key-file-invalid', exitCodes.refused],
  ['key-secret-required', exitCodes.usage],
  ['key-secret-invalid', exitCodes.usage],
  ['node-too-old', exitCodes.usage],
  ['invalid-room', exitCodes.usage],
  ['invalid-url', exitCodes.usage],
  ['invalid-file', exitCodes.invalid],
  ['no-tokens', exitCodes.invalid],
  ['unauthorized', exitCodes.refused],
  ['forbidden', exitCodes.refused],
  ['not-found', exitCodes.refused],
  ['quota-exhausted', exitCodes.refused],
  ['key-missing', exitCodes.refused],
  ['bad-key', exitCodes.usage],
  ['rate-limited', exitCodes.unavailable],
  ['unavailable', exitCodes.unavailable],
  ['timeout', exitCodes.unavailable],
])

/** The error with the exit code that its `code` stands for; anything without a known code is passed on as it is. */
export function withExitCode(error: unknown): unknown {
  if (error instanceof CliError || !(error instanceof Error) || !('code' in error)) return error
  const code = String(error.code)
  const exitCode = exitByCode.get(code)
  return exitCode === undefined ? error : new CliError(exitCode, code, error.message)
}
