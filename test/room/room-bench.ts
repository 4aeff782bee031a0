import { onTestFinished } from 'vitest'
import * as Y from 'yjs'
import { connectRoom, type ConnectRoomOptions, type Room } from '../../src/room/connect-room.ts'
import { eventually } from '../support/eventually.ts'

export interface Bench {
  readonly ydoc: Y.Doc
  readonly room: Room
  /** Every different state in order, as `synced` or `offline: lost`. */
  readonly states: readonly string[]
  state(): string
  until(state: string, timeoutMs?: number): Promise<void>
  set(key: string, value?: unknown): void
  json(): unknown
}

/** A room of one client, closed at the end of the test. Reconnects quickly and the same in every run. */
export function openRoom(
  options: Partial<ConnectRoomOptions> & Pick<ConnectRoomOptions, 'url'> & { readonly keep?: boolean },
): Bench {
  const ydoc = options.ydoc ?? new Y.Doc()
  const room = connectRoom({ room: 'acme', ydoc, locks: null, random: () => 0.01, ...options })
  const state = (): string => {
    const shown = room.status.state
    return 'reason' in shown ? `${shown.kind}: ${shown.reason}` : shown.kind
  }
  const states: string[] = [state()]
  room.subscribeStatus(() => {
    if (state() !== states.at(-1)) states.push(state())
  })
  onTestFinished(async () => {
    await room.close()
    ydoc.destroy()
  })
  return {
    ydoc,
    room,
    states,
    state,
    until: async (wanted, timeoutMs = 10_000) => {
      const check = (): void => {
        if (state() !== wanted) throw new Error(`it is ${state()}, after ${states.join(' → ')}`)
      }
      await eventually(check, { what: wanted, timeoutMs, everyMs: 5 })
    },
    set: (key, value = key) => {
      ydoc.getMap('m').set(key, value)
    },
    json: () => ydoc.getMap('m').toJSON(),
  }
}
