/** The page of the browser tests: one client of a room, driven from outside through `globalThis.page`. Runs in Chromium. */
import * as Y from 'yjs'
import { connectRoom, type Room } from '../../src/room/connect-room.ts'
import type { LeaseState } from '../../src/room/lease-machine.ts'

const ydoc = new Y.Doc()
let room: Room | undefined
let lease: LeaseState | undefined

const page = {
  open: (url: string, name: string): void => {
    room = connectRoom({ url, room: 'acme', ydoc, sideYdoc: new Y.Doc(), user: { name, color: '#123456' } })
  },
  set: (key: string): void => {
    ydoc.getMap('m').set(key, key)
  },
  lease: (): void => {
    room?.leases.hold('bridge:b', (state) => (lease = state))
  },
  facts: () => ({
    keys: [...ydoc.getMap('m').keys()].toSorted(),
    state: room?.status.state.kind,
    unsaved: room?.status.unsaved,
    people: room?.presence.list().map(({ name }) => name),
    lease: lease?.kind,
  }),
  close: () => room?.close(),
}

export type RoomPage = typeof page

Object.assign(globalThis, { page })
