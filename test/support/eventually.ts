/**
 * Repeats `check` until it no longer throws (and does not return false), for things that only real time brings: sockets,
 * processes, browsers. Everything else belongs on a virtual clock.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  options: { readonly timeoutMs?: number; readonly everyMs?: number; readonly what?: string } = {},
): Promise<T> {
  const { timeoutMs = 5_000, everyMs = 20, what = 'the condition' } = options
  const startedAt = performance.now()
  for (;;) {
    let failure: unknown
    try {
      const result = await check()
      if (result !== false) return result
      failure = new Error(`${what} is still false`)
    } catch (error) {
      failure = error
    }
    if (performance.now() - startedAt > timeoutMs) {
      const reason = failure instanceof Error ? failure.message : String(failure)
      throw new Error(`${what} did not hold within ${timeoutMs} ms: ${reason}`, { cause: failure })
    }
    await new Promise<void>((resolve) => setTimeout(resolve, everyMs))
  }
}
