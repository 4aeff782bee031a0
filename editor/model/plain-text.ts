/**
 * Text written by others, made safe to show inside a line: direction controls and line breaks cannot reorder or split what
 * stands around it (a teammate could otherwise take somebody else's name, or hide the end of a token's).
 */

const directionControls = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g
const controls = /[\p{Cc}\u2028\u2029]+/gu

/** `text` without direction controls, on one line, cut at `maxChars` with an ellipsis. */
export function plainText(text: string, maxChars = 400): string {
  const clean = text.replace(directionControls, '').replace(controls, ' ').trim()
  if (clean.length <= maxChars) return clean
  const kept = leadingCharacters(clean, maxChars)
  return kept.length < clean.length ? `${leadingCharacters(clean, maxChars - 1)}…` : clean
}

const segmenter = new Intl.Segmenter()

/** The first characters as people count them: an emoji or an accented letter is one. */
function leadingCharacters(text: string, count: number): string {
  let kept = ''
  let taken = 0
  for (const { segment } of segmenter.segment(text)) {
    if (taken++ === count) break
    kept += segment
  }
  return kept
}

/** A person's name for display; `Someone` where nothing readable is left. */
export function personName(name: string): string {
  return plainText(name, 40) || 'Someone'
}

/** Up to two letters for an avatar: of the first and last word. */
export function initialsOf(name: string): string {
  const words = personName(name)
    .split(/[\s._-]+/u)
    .filter(Boolean)
  const ends = words.length > 1 ? [words[0], words.at(-1)] : [words[0] ?? '?']
  return ends
    .map((word) => leadingCharacters(word ?? '', 1))
    .join('')
    .toLocaleUpperCase()
}

/** `1 token`, `2 tokens`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`
}

/** Decimal units, as the services state their limits. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(bytes < 10_000 ? 1 : 0)} kB`
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}

/** The time of day; with the date where it is not today. */
export function formatTime(at: number, now: number): string {
  const date = new Date(at)
  const time = date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
  if (date.toDateString() === new Date(now).toDateString()) return time
  return `${date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })}, ${time}`
}
