import { closeCodes } from '../protocol/close-codes.ts'

export interface DelayFacts {
  /** Connections in a row that brought nothing, from 1. */
  readonly failures: number
  /** Close code, or null where there was none. */
  readonly code: number | null
  /** The connection had done useful work before it ended. */
  readonly wasSynced: boolean
  /** In [0, 1). */
  readonly random: number
}

const firstDelayMs = 250
const maxDelayMs = 30_000
/** After a restart everybody comes back: spread over this. */
const herdMs = 2_000
/** A relay that pushes back gets more air. */
const pushBackMs = 4_000

/**
 * How long to wait before the next attempt. Grows from a quarter of a second to half a minute, and is never the same for two
 * clients: y-websocket's own back-off has no jitter, so that 500 editors would return to a restarted relay in one wave.
 */
export function reconnectDelayMs({ failures, code, wasSynced, random }: DelayFacts): number {
  const pushedBack = code === closeCodes.tooFast || code === closeCodes.storageFailed
  const first = pushedBack ? pushBackMs : firstDelayMs
  const bound = Math.min(maxDelayMs, first * 2 ** Math.min(failures - 1, 16))
  if (failures === 1 && (wasSynced || code === closeCodes.restart) && !pushedBack) return Math.round(random * herdMs)
  return Math.round(bound * (0.5 + random / 2))
}
