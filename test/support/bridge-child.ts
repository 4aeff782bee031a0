/**
 * A bridge in a process of its own, to be killed: `node bridge-child.ts <relay url> <bins url> <bin id> <folder>`, the master
 * key in its environment. Prints `ready` once its room is there. What it knows is on its disk before it acts on it.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import { createMemoryKeys } from '../../src/bridge/bin-keys.ts'
import { createBridge } from '../../src/bridge/bridge.ts'
import { createTokenDocument } from '../../src/doc/index.ts'
import { createJsonBin } from '../../src/jsonbin/index.ts'
import { stackRoom, stackTiming } from './bridge-stack-settings.ts'

// Whoever started it is gone.
process.stdin.resume().once('end', () => process.exit())

const [relayUrl, binsUrl, binId, folder] = process.argv.slice(2) as [string, string, string, string]
const masterKey = process.env['JSONBIN_MASTER_KEY'] ?? ''

function openStored(name: string): { readonly doc: Y.Doc; readonly store: () => void } {
  const file = join(folder, name)
  const doc = new Y.Doc()
  if (existsSync(file)) Y.applyUpdate(doc, readFileSync(file))
  const store = (): void => {
    writeFileSync(`${file}.new`, Y.encodeStateAsUpdate(doc))
    renameSync(`${file}.new`, file)
  }
  return { doc, store }
}

const main = openStored('main')
const side = openStored('side')
main.doc.on('update', main.store)
const providers = [
  [stackRoom, main.doc],
  [`${stackRoom}~history`, side.doc],
] as const
const synced = providers.map(([room, doc]) => {
  const provider = new WebsocketProvider(relayUrl, room, doc, {
    disableBc: true,
    maxBackoffTime: 100,
  })
  provider.awareness.setLocalState(null)
  return new Promise<void>((resolve) => provider.once('sync', () => resolve()))
})

const keys = createMemoryKeys()
keys.set(new URL(binsUrl).origin, binId, { masterKey })
createBridge({
  document: createTokenDocument(main.doc),
  side: side.doc,
  keys,
  by: `process ${process.pid}`,
  defaultUrl: binsUrl,
  openStore: ({ url, key }) => createJsonBin({ ...key, baseUrl: url ?? binsUrl, timeoutMs: 400 }),
  persistSide: () => Promise.resolve(side.store()),
  ready: Promise.all(synced),
  timing: stackTiming,
})
await Promise.all(synced)
process.stdout.write('ready\n')
