/** Puts an open popover below its anchor, or above where there is no room, and keeps it on the screen. */
export function placeBeside(popover: HTMLElement, anchor: Element, align: 'start' | 'end' = 'start'): void {
  const gap = 4
  const around = anchor.getBoundingClientRect()
  const { width, height } = popover.getBoundingClientRect()
  const { clientWidth, clientHeight } = document.documentElement
  const wanted = align === 'start' ? around.left : around.right - width
  const left = Math.max(gap, Math.min(wanted, clientWidth - width - gap))
  const below = around.bottom + gap
  const above = around.top - height - gap
  const top = below + height <= clientHeight || above < gap ? Math.min(below, clientHeight - height - gap) : above
  popover.style.setProperty('left', `${left}px`)
  popover.style.setProperty('top', `${Math.max(gap, top)}px`)
}
