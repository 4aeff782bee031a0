import type { SnapshotHeaders } from '../src/snapshot/index.ts'
import { usageError } from './flags.ts'

/**
 * The headers of `--headers` (a JSON object, as Tokens Studio's field takes it) and of each `-H 'Name: value'`, which win.
 * Errors never quote what was given: it is mostly keys.
 */
export function readHeaderFlags(json: string | undefined, lines: readonly string[]): SnapshotHeaders {
  const headers: Record<string, string | number | boolean> = json === undefined ? {} : readJson(json)
  for (const line of lines) {
    const [, name, value] = /^\s*([^\s:]+)\s*:\s*(.*?)\s*$/s.exec(line) ?? []
    if (name === undefined || value === undefined) {
      throw usageError("A header reads 'Name: value', as in -H 'X-Access-Key: …'. Quote it with single quotes.")
    }
    for (const known of Object.keys(headers)) if (known.toLowerCase() === name.toLowerCase()) delete headers[known]
    headers[name] = value
  }
  return headers
}

function readJson(text: string): Record<string, string | number | boolean> {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    // The engine's error quotes the text.
    throw usageError(
      `--headers (or Y_TOKENS_HEADERS) is not JSON. It reads '{"X-Access-Key": "…", "X-Bin-Meta": false}', in single quotes.`,
    )
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw usageError(`--headers (or Y_TOKENS_HEADERS) must be a JSON object, such as '{"X-Access-Key": "…"}'.`)
  }
  for (const [name, value] of Object.entries(parsed)) {
    if (!['string', 'number', 'boolean'].includes(typeof value)) {
      throw usageError(`In --headers, "${name}" must be text, a number, true or false.`)
    }
  }
  return parsed as Record<string, string | number | boolean>
}
