import type { JsonBinErrorCode, RequestOutcome } from './json-bin-error.ts'

export interface Refusal {
  readonly code: JsonBinErrorCode
  readonly outcome: RequestOutcome
  /** Bytes; where the service names its record limit. */
  readonly limit?: number | undefined
}

/**
 * What an answer that is not 2xx means. The service overloads its statuses, 403 above all, so the beginning of its message
 * decides as well; answers of proxies before it carry no message.
 *
 * @param message the service's own text, `''` without one
 */
export function classifyAnswer(status: number, message: string): Refusal {
  // A proxy may have passed a write on before it gave up waiting for the answer.
  if (status >= 500 || status === 408) return { code: 'unavailable', outcome: 'unknown' }
  // The service does not redirect: whoever answers so may have done anything with a write.
  if (status < 400) return { code: 'bad-url', outcome: 'unknown' }
  const code = status === 403 ? classifyForbidden(message) : (codes[status] ?? 'invalid')
  if (code === 'too-large') return { code, outcome: 'refused', limit: readLimit(message) }
  const isBlank = code === 'invalid' && /^bin cannot be blank/i.test(message)
  return { code: isBlank ? 'blank' : code, outcome: 'refused' }
}

const codes: Readonly<Record<number, JsonBinErrorCode>> = {
  401: 'unauthorized',
  404: 'not-found',
  410: 'not-found',
  413: 'too-large',
  429: 'rate-limited',
}

function classifyForbidden(message: string): JsonBinErrorCode {
  if (/^requests exhausted/i.test(message)) return 'quota-exhausted'
  return /\ba record over\b/i.test(message) ? 'too-large' : 'forbidden'
}

const bytesByUnit: Readonly<Record<string, number>> = { b: 1, kb: 1024, mb: 1024 * 1024 }

/** The limit in "cannot update a record over 100kb". How the service counts is not known; 1024 errs upwards, so nothing is held back for nothing. */
function readLimit(message: string): number | undefined {
  const [, digits, unit] = /\bover (\d+(?:\.\d+)?)\s*(b|kb|mb)\b/i.exec(message) ?? []
  if (digits === undefined || unit === undefined) return undefined
  return Math.floor(Number(digits) * (bytesByUnit[unit.toLowerCase()] as number))
}
