import { type DestinationStream, type Logger, pino } from 'pino'

/**
 * What the relay writes down, as the `event` field of a JSON line. No line holds a key, a header value or any content of a
 * document; rooms are named, users by the `sub` of their key.
 */
export type RelayEvent =
  | 'listening'
  | 'closing'
  | 'closed'
  | 'connection-opened'
  | 'connection-closed'
  | 'connection-refused'
  | 'room-opened'
  | 'room-closed'
  | 'room-load-failed'
  | 'room-folded'
  | 'room-fold-failed'
  | 'row-quarantined'
  | 'update-refused'
  | 'message-failed'
  | 'clock-jump'
  | 'slow-consumer'
  | 'store-failed'
  | 'store-recovered'
  | 'store-warning'
  | 'lease-granted'
  | 'lease-failed'
  | 'http-failed'

export interface RelayLog {
  debug(event: RelayEvent, fields: LogFields, message: string): void
  info(event: RelayEvent, fields: LogFields, message: string): void
  /** At most {@link maxLinesPerMinute} lines an event and minute: what strangers can provoke must not fill the disk. */
  warn(event: RelayEvent, fields: LogFields, message: string): void
  error(event: RelayEvent, fields: LogFields, message: string): void
}

export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>

const maxLinesPerMinute = 30
const minuteMs = 60_000

/** JSON lines on standard output, or on `destination`. */
export function createRelayLogger(
  options: { readonly level?: string; readonly destination?: DestinationStream } = {},
): Logger {
  const { level = 'info', destination } = options
  const settings = {
    level,
    base: null,
    messageKey: 'msg',
    formatters: { level: (label: string) => ({ level: label }) },
  }
  return destination ? pino(settings, destination) : pino(settings)
}

export function createRelayLog(logger: Logger, now: () => number): RelayLog {
  const windows = new Map<RelayEvent, { startedAtMs: number; lines: number; suppressed: number }>()

  function throttled(event: RelayEvent): { readonly suppressed?: number } | null {
    const atMs = now()
    const window = windows.get(event)
    if (!window || atMs - window.startedAtMs >= minuteMs) {
      windows.set(event, { startedAtMs: atMs, lines: 1, suppressed: 0 })
      return window && window.suppressed > 0 ? { suppressed: window.suppressed } : {}
    }
    if (window.lines < maxLinesPerMinute) {
      window.lines++
      return {}
    }
    window.suppressed++
    return null
  }

  return {
    debug: (event, fields, message) => logger.debug({ event, ...fields }, message),
    info: (event, fields, message) => logger.info({ event, ...fields }, message),
    warn(event, fields, message) {
      const extra = throttled(event)
      if (extra) logger.warn({ event, ...fields, ...extra }, message)
    },
    error(event, fields, message) {
      const extra = throttled(event)
      if (extra) logger.error({ event, ...fields, ...extra }, message)
    },
  }
}
