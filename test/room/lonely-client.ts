/** Connects, edits, closes, and should then end by itself: `node lonely-client.ts URL`. */
import * as Y from 'yjs'
import { connectRoom } from '../../src/room/connect-room.ts'

const ydoc = new Y.Doc()
const sideYdoc = new Y.Doc()
const room = connectRoom({
  url: process.argv[2] ?? '',
  room: 'acme',
  ydoc,
  sideYdoc,
  user: { name: 'Ana', color: '#123456' },
})
room.leases.hold('bridge:b', () => undefined)
ydoc.getMap('m').set('a', 1)
const saved = await room.whenSaved(5_000)
await room.whenFirstSync(5_000, 'side')
await room.close()
process.stdout.write(saved ? 'saved' : 'unsaved')
