/** What `/latest` still answers for a while after a write, where a test asks for staleness. */
export interface StaleReads {
  remember(id: string, replacedRecord: string): void
  recordOf(id: string): string | undefined
}

export function createStaleReads(options: { readonly staleMs: () => number; readonly now: () => number }): StaleReads {
  const replacedById = new Map<string, { readonly record: string; readonly atMs: number }[]>()
  const visibleOf = (id: string): readonly { readonly record: string }[] => {
    const since = options.now() - options.staleMs()
    const visible = (replacedById.get(id) ?? []).filter(({ atMs }) => atMs > since)
    if (visible.length === 0) replacedById.delete(id)
    else replacedById.set(id, visible)
    return visible
  }
  return {
    remember(id, record) {
      if (options.staleMs() <= 0) return
      replacedById.set(id, [...(replacedById.get(id) ?? []), { record, atMs: options.now() }])
    },
    // The oldest of them: everything written since then is not visible yet.
    recordOf: (id) => visibleOf(id)[0]?.record,
  }
}
