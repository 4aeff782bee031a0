/**
 * Local bins in a process of their own, for tests that kill it: `node bin-server-process.ts FILE`. Prints the base URL on its
 * first line. The master key is `k`.
 */
import { createBins, listenBins } from '../../server/bins/index.ts'

const { baseUrl } = await listenBins(createBins({ file: process.argv[2], masterKey: 'k' }))
process.stdout.write(`${baseUrl}\n`)
