import { JsonBinError, type JsonBinErrorCode, type JsonBinErrorFacts, type RequestOutcome } from './json-bin-error.ts'

export type BinOperation = 'create' | 'read' | 'update' | 'delete' | 'rename'

export interface FailureFacts extends JsonBinErrorFacts {
  /** What the service said, already free of keys. */
  readonly quote?: string | undefined
}

/**
 * The error of a failed call. Its message says what failed, why, what to do about it, and whether it may have happened all
 * the same.
 *
 * @param detail what exactly is wrong, where the code alone does not say it
 */
export function fail(
  operation: BinOperation,
  code: JsonBinErrorCode,
  outcome: RequestOutcome,
  detail?: string,
  facts: FailureFacts = {},
): JsonBinError {
  const { status, quote } = facts
  const said = [status, quote && `"${quote}"`].filter(Boolean).join(', ')
  const reason = `Cannot ${operation} the bin: ${detail ?? reasonOf(code, facts)}${said && ` (${said})`}.`
  const doubt = outcome === 'unknown' && operation !== 'read' ? ' It may have happened all the same: read first.' : ''
  return new JsonBinError(code, `${reason} ${remedyOf(operation, code, facts)}${doubt}`, outcome, facts)
}

function reasonOf(code: JsonBinErrorCode, { bytes, limit }: FailureFacts): string {
  if (code !== 'too-large' || bytes === undefined) return reasons[code]
  return `its record has ${bytes} bytes${limit === undefined ? '' : `, of ${limit} allowed`}`
}

function remedyOf(operation: BinOperation, code: JsonBinErrorCode, { quote, retryAfterMs }: FailureFacts): string {
  switch (code) {
    case 'unauthorized':
    case 'forbidden':
      return operation === 'rename'
        ? 'Use the master key of its account.'
        : `Use the master key of its account, or an access key that may ${operation} bins, whole: shells change the $ in a key.`
    case 'not-found':
      return /^route/i.test(quote ?? '') ? checkBaseUrl : 'Check its id and account; it may have been deleted.'
    case 'quota-exhausted':
      return 'Buy requests at the service, or use another account.'
    case 'too-large':
      return 'Take something out of it, or use an account with a greater limit.'
    case 'blank':
      return 'Keep at least one entry in it.'
    case 'rate-limited':
      return `Try again in ${retryAfterMs === undefined ? 'a minute' : `${Math.ceil(retryAfterMs / 1000)} s`}.`
    case 'unavailable':
    case 'timeout':
      return 'Check the connection and try again later.'
    case 'bad-response':
    case 'bad-url':
      return checkBaseUrl
    case 'aborted':
      return 'Call again when it is wanted.'
    case 'invalid':
    case 'bad-key':
      return 'Correct it and call again.'
  }
}

const checkBaseUrl = 'Check baseUrl (it ends with /v3), and whether a proxy or a login page answers instead.'

const reasons: Readonly<Record<JsonBinErrorCode, string>> = {
  unauthorized: 'the service does not accept the key, or wants one',
  forbidden: 'the service does not allow it',
  'not-found': 'the service does not know it',
  'quota-exhausted': 'the requests of the account are used up',
  'too-large': 'its record is too large',
  blank: 'the service stores no empty object or array',
  invalid: 'the service finds something malformed',
  'rate-limited': 'there were too many requests in a short time',
  unavailable: 'the service is out of order',
  timeout: 'there was no answer in time',
  aborted: 'the caller aborted it',
  'bad-key': 'the key cannot be used',
  'bad-url': 'the URL cannot be used',
  'bad-response': 'the answer is none of the service',
}
