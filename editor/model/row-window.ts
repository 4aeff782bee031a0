/** Which rows of a long list are put on the page: those in view and some around, and the one that has the focus. */

export interface RowWindow {
  readonly start: number
  /** Behind the last one. */
  readonly end: number
}

export interface Viewport {
  readonly scrollTop: number
  readonly height: number
  readonly rowHeight: number
  readonly count: number
}

export function rowWindow({ scrollTop, height, rowHeight, count }: Viewport, extra = 8): RowWindow {
  if (rowHeight <= 0 || count === 0) return { start: 0, end: Math.min(count, 50) }
  const first = Math.floor(Math.max(0, scrollTop) / rowHeight)
  const shown = Math.ceil(height / rowHeight) + 1
  const start = Math.max(0, Math.min(first, count - 1) - extra)
  return { start, end: Math.min(count, first + shown + extra) }
}

/** Rows of the window, and `pinned` where it lies outside: an element taken off the page would lose the focus. */
export function windowIndexes(window: RowWindow, pinned: number): number[] {
  const indexes: number[] = []
  if (pinned >= 0 && pinned < window.start) indexes.push(pinned)
  for (let i = window.start; i < window.end; i++) indexes.push(i)
  if (pinned >= window.end) indexes.push(pinned)
  return indexes
}

/** Where to scroll so that the row is seen whole below a heading of `headHeight`; undefined where it is already. */
export function scrollTopFor(
  index: number,
  { scrollTop, height, rowHeight }: Viewport,
  headHeight = 0,
): number | undefined {
  const top = index * rowHeight
  const bottom = top + rowHeight
  if (top < scrollTop) return top
  const seen = scrollTop + height - headHeight
  return bottom > seen ? bottom - height + headHeight : undefined
}
