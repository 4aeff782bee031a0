import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

/**
 * Where a command's words go: data to stdout, everything for people to stderr, so that a pipe gets data only. Colours and
 * progress are for terminals; `NO_COLOR` is honoured.
 */
export interface Output {
  /** Whether `--json` was asked for: then stdout gets one JSON report and nothing else. */
  readonly json: boolean
  /** A line for people. */
  say(line: string): void
  warn(line: string): void
  /** Raw text on stdout, as it is. */
  data(text: string): void
  /** The report of `--json`; nothing without it. */
  report(report: object): void
  /** A passing line on a terminal, until the returned function clears it. */
  progress(line: string): () => void
  style(style: Style, text: string): string
}

/** What a command may touch of its process. */
export interface CliProcess {
  readonly stdout: NodeJS.WritableStream
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean }
  readonly env: Readonly<Record<string, string | undefined>>
}

export function createOutput(json: boolean, { stdout, stderr }: CliProcess = process): Output {
  const style = (format: Style, text: string): string => styleText(format, text, { stream: stderr })
  return {
    json,
    say: (line) => void stderr.write(`${line}\n`),
    warn: (line) => void stderr.write(`${style('yellow', 'warning:')} ${line}\n`),
    data: (text) => void stdout.write(text),
    report: (report) => {
      if (json) stdout.write(`${JSON.stringify(report)}\n`)
    },
    progress: (line) => {
      if (!stderr.isTTY) return () => undefined
      stderr.write(style('dim', line))
      return () => void stderr.write('\r\u001b[2K')
    },
    style,
  }
}
