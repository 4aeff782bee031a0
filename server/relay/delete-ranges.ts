/** Deleted clocks per client, as sorted, disjoint, non-touching ranges in one flat list: start, end, start, end, … */
export interface DeleteRanges {
  covers(client: number, start: number, end: number): boolean
  add(client: number, start: number, end: number): void
}

/** State vectors do not move when something is deleted, so only this tells whether a delete set brings anything new. */
export function createDeleteRanges(): DeleteRanges {
  const rangesByClient = new Map<number, number[]>()
  return {
    covers(client, start, end) {
      const ranges = rangesByClient.get(client)
      if (!ranges) return false
      const at = firstEndingAtOrAfter(ranges, end)
      return at < ranges.length && (ranges[at] as number) <= start
    },
    add(client, start, end) {
      const ranges = rangesByClient.get(client)
      if (!ranges) {
        rangesByClient.set(client, [start, end])
        return
      }
      // From the first range that touches the new one to the last: they become one.
      const from = firstEndingAtOrAfter(ranges, start)
      let to = from
      let low = start
      let high = end
      while (to < ranges.length && (ranges[to] as number) <= end) {
        low = Math.min(low, ranges[to] as number)
        high = Math.max(high, ranges[to + 1] as number)
        to += 2
      }
      if (to - from === 2) {
        ranges[from] = low
        ranges[from + 1] = high
      } else ranges.splice(from, to - from, low, high)
    },
  }
}

/** Index of the first range whose end is not before `clock`; the length of the list where there is none. */
function firstEndingAtOrAfter(ranges: readonly number[], clock: number): number {
  let low = 0
  let high = ranges.length / 2
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ranges[middle * 2 + 1] as number) < clock) low = middle + 1
    else high = middle
  }
  return low * 2
}
