/**
 * A relay in a process of its own, to be killed: `node relay-child.ts <data folder> [<port>]`. Prints its URL and process
 * id as one line, closes on SIGTERM.
 */
import { createRelay, createRelayLogger } from '../../server/relay/index.ts'

const [dataDir, port = '0'] = process.argv.slice(2)
const relay = await createRelay({
  dataDir: dataDir as string,
  port: Number(port),
  logger: createRelayLogger({ level: process.env['RELAY_LOG'] ?? 'silent' }),
})
process.stdout.write(`${relay.url} ${process.pid}\n`)
process.once('SIGTERM', () => {
  void relay.close().then(() => process.exit(0))
})
