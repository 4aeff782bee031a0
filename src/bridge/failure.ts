import { isJsonBinError, type JsonBinError } from '../jsonbin/json-bin-error.ts'
import { blockOf } from './blocked.ts'
import type { Failure } from './machine-events.ts'

/** What a failed READ means for the machine. */
export function readFailure(error: unknown): Failure {
  if (!isJsonBinError(error)) return retryAfter(error, undefined)
  switch (error.code) {
    case 'unauthorized':
    case 'bad-key':
      return { kind: 'block', block: blockOf('unauthorized', { message: error.message }) }
    case 'forbidden':
      return { kind: 'block', block: blockOf('forbidden', { message: error.message }) }
    case 'not-found':
    case 'bad-url':
      return { kind: 'block', block: blockOf('not-found', { message: error.message }) }
    case 'quota-exhausted':
      return { kind: 'block', block: blockOf('quota-exhausted', { message: error.message }) }
    default:
      return retryAfter(error, error.retryAfterMs)
  }
}

/** A WRITE that is refused for its key right after a READ with the same key: that key can only read. */
export function writeFailure(error: unknown): Failure {
  if (isJsonBinError(error) && isRefusal(error)) return { kind: 'lacksRight' }
  return readFailure(error)
}

export function isTooLarge(error: unknown): error is JsonBinError {
  return isJsonBinError(error) && error.code === 'too-large'
}

function isRefusal({ code, outcome }: JsonBinError): boolean {
  return outcome === 'refused' && (code === 'unauthorized' || code === 'forbidden')
}

function retryAfter(error: unknown, retryAfterMs: number | undefined): Failure {
  return { kind: 'retry', reason: error instanceof Error ? error.message : String(error), retryAfterMs }
}
