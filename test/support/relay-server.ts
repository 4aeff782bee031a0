import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { RoomRole } from '../../src/protocol/relay-messages.ts'
import { type Relay, type RelayOptions, type Timers, createRelay, mintRoomKey } from '../../server/relay/index.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** At least 32 bytes, as HS256 wants it. */
export const testKeySecret = 'a secret of the tests, long enough for HS256'

export interface TestRelay extends Relay {
  /** The data folder, where the relay was asked for one. */
  readonly dataDir: string | undefined
}

export interface StartRelayOptions extends Omit<RelayOptions, 'dataDir'> {
  /** `true` makes a folder that is deleted at the end of the test; by default rooms are kept in memory. */
  readonly dataDir?: string | true
}

/**
 * A relay on 127.0.0.1 and a free port. Inside a test it is closed at its end; outside (in `beforeAll`) the caller closes it.
 */
export async function startRelay(options: StartRelayOptions = {}): Promise<TestRelay> {
  const { dataDir: wanted, ...rest } = options
  const dataDir = wanted === true ? await createTestFolder() : wanted
  const relay = await createRelay({ port: 0, ...rest, ...(dataDir === undefined ? {} : { dataDir }) })
  atTestEnd(() => relay.close())
  return { ...relay, dataDir }
}

/** A key for tests, signed with {@link testKeySecret}. */
export function testRoomKey(
  role: RoomRole,
  rooms: string | readonly string[],
  options: { readonly sub?: string; readonly name?: string; readonly ttlMs?: number; readonly now?: () => number } = {},
): Promise<string> {
  const { sub = role, name, ttlMs = 3_600_000, now } = options
  return mintRoomKey({
    secret: testKeySecret,
    claims: { sub, ...(name === undefined ? {} : { name }), rooms: [rooms].flat(), role, ttlMs },
    ...(now ? { now } : {}),
  })
}

/**
 * Resolves when the relay has read what has been sent to it so far, as far as it reads at all: its event loop has come round
 * several times, and what lies ready on its sockets comes with each.
 */
export async function untilRead(relay: Relay): Promise<void> {
  for (let i = 0; i < 10; i++) await fetch(`${relay.httpUrl}/livez`)
}

/** The clock as the relay takes it. */
export function timersOf(clock: VirtualClock): Timers {
  return {
    now: clock.now,
    setTimer: clock.setTimer,
    clearTimer(handle) {
      clock.clearTimer(handle as number | undefined)
    },
  }
}

/** An empty folder, deleted at the end of the test. */
export async function createTestFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'y-tokens-relay-'))
  atTestEnd(() => rm(folder, { recursive: true, force: true }))
  return folder
}

function atTestEnd(run: () => Promise<unknown>): void {
  try {
    onTestFinished(async () => {
      await run()
    })
  } catch {
    // Outside a test there is no end to wait for; the caller closes what it started.
  }
}
