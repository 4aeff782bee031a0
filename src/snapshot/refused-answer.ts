import { SnapshotError, type SnapshotErrorCode } from './snapshot-error.ts'

interface Refusal {
  readonly code: SnapshotErrorCode
  readonly advice: string
}

/** What an answer other than 2xx means. `said` is the server's own message, already redacted. */
export function refusedAnswer(status: number, said: string, address: string, retryAfterMs?: number): SnapshotError {
  const { code, advice } = refusalOf(status, said)
  const quote = said === '' ? '' : ` It says: "${said}"`
  return new SnapshotError(code, `${address} answered ${status}. ${advice}${quote}`, { status, retryAfterMs })
}

function refusalOf(status: number, said: string): Refusal {
  // JSONBin answers a malformed id like this.
  if (status === 400 && said.startsWith('Invalid Bin Id')) {
    return { code: 'bad-url', advice: 'The bin id in the URL is not complete. Copy it again.' }
  }
  if (status === 401)
    return { code: 'unauthorized', advice: 'Check the key in the headers: it is missing, wrong or expired.' }
  if (status === 403 && said.startsWith('Requests exhausted')) {
    return {
      code: 'quota-exhausted',
      advice: 'The account has used up its requests. Buy more, or read from the relay instead.',
    }
  }
  if (status === 403)
    return { code: 'forbidden', advice: 'The key is known, but may not read this. Use a key with read access.' }
  if (status === 404 || status === 410)
    return { code: 'not-found', advice: 'There are no tokens at this URL. Check its end.' }
  if (status === 429) return { code: 'rate-limited', advice: 'Too many requests. Wait a while, and read less often.' }
  if (status === 408 || status >= 500)
    return { code: 'unavailable', advice: 'The server has trouble. Try again later.' }
  return { code: 'bad-url', advice: 'This is not an address that tokens can be read from. Check the URL.' }
}

/** The wish of a `Retry-After`, in milliseconds: seconds, or a date. */
export function parseRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null || header.trim() === '') return undefined
  const seconds = Number(header)
  const wait = Number.isNaN(seconds) ? Date.parse(header) - now : seconds * 1000
  return Number.isNaN(wait) ? undefined : Math.max(0, wait)
}
