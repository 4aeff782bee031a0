/** What a script can tell apart. Stable. */
export const exitCodes = {
  ok: 0,
  /** A bug, or a disk that failed. */
  unexpected: 1,
  /** Wrong flags or arguments, also in the environment. */
  usage: 2,
  /** Network, time-out, too many requests, server trouble: may work later. */
  unavailable: 3,
  /** The key is missing, wrong or may not; nothing there; quota used up. */
  refused: 4,
  /** An answer or a file that is no token file, or holds no token. */
  invalid: 5,
  /** `--check` found a difference. */
  drift: 6,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** The lines that every command's help ends with. */
export const exitCodeHelp: string = `
Exit codes: 0 ok, 1 unexpected, 2 usage, 3 unavailable, 4 refused, 5 invalid or empty tokens, 6 drift (--check).
Every flag can be set in the environment; a flag on the command line wins.`
