/**
 * A relay in a process of its own that tells what it holds in memory: `node --expose-gc relay-memory-child.ts <data folder>`,
 * forked. Sends its URL first, then after each message the kilobytes in use after collection.
 */
import { createRelay } from '../../server/relay/index.ts'

const relay = await createRelay({ port: 0, dataDir: process.argv[2] as string })
const { gc } = globalThis as unknown as { gc: () => void }

/** Collects until it makes no difference: buffers are freed some time after the collection that found them. */
async function usedKb(): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let calm = 0; calm < 5; calm++) {
    gc()
    await new Promise((resolve) => setTimeout(resolve, 50))
    const { heapUsed, external, arrayBuffers } = process.memoryUsage()
    const used = (heapUsed + external + arrayBuffers) / 1_000
    if (used < least - 50) calm = 0
    least = Math.min(least, used)
  }
  return least
}

process.on('message', () => {
  void usedKb().then((kb) => process.send?.({ kb, ...relay.stats() }))
})
process.send?.({ url: relay.url })
