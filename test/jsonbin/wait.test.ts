import { describe, expect, it } from 'vitest'
import { waitFor } from '../../src/jsonbin/wait.ts'

const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length

describe('waiting', () => {
  it('lasts as long as it is told', async () => {
    const before = performance.now()
    await waitFor(20, new AbortController().signal)
    expect(performance.now() - before).toBeGreaterThanOrEqual(19)
  })

  it('ends with the signal, also with one that was aborted before, and leaves no timer', async () => {
    const before = timers()
    const late = new AbortController()
    const waits = [waitFor(60_000, late.signal), waitFor(60_000, AbortSignal.abort())]
    late.abort()
    await Promise.all(waits)
    expect(timers()).toBe(before)
  })
})
