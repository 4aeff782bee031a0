/** A relay in a process of its own: `node relay-process.ts DATA_DIR PORT [KEY_SECRET]`. Prints its URL. Ends with SIGTERM. */
import { createRelay } from '../../server/relay/index.ts'

const [dataDir = '', port = '0', keySecret] = process.argv.slice(2)
const relay = await createRelay({ dataDir, port: Number(port), ...(keySecret ? { keySecret } : {}) })
process.stdout.write(`${relay.url}\n`)
process.once('SIGTERM', () => {
  void relay.close()
})
