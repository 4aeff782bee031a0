/** What applying a bin would do, in sentences. */
import type { BinPreview, TokensSize } from 'y-tokens/bridge'
import { countOf, formatBytes } from './plain-text.ts'

export function previewSentences({ holds, bin, room, added, changed, removed }: BinPreview): readonly string[] {
  if (holds === 'invalid') return ['The bin holds something that is no token file.']
  if (bin === null) return ['The bin holds no tokens.']
  const sizes = `The bin has ${sizeText(bin)}.`
  if (room.tokens === 0) return [sizes]
  const differences = [
    ...(added > 0 ? [`${countOf(added, 'token')} that this room lacks`] : []),
    ...(changed > 0 ? [`another value for ${countOf(changed, 'token')}`] : []),
    ...(removed > 0 ? [`not the ${countOf(removed, 'token')} that only this room has`] : []),
  ]
  const compared = differences.length > 0 ? `The bin has ${differences.join(', ')}.` : 'Both have the same tokens.'
  return [sizes, `This room has ${sizeText(room)}.`, compared]
}

function sizeText({ tokens, sets, bytes }: TokensSize): string {
  return `${countOf(tokens, 'token')} in ${countOf(sets, 'set')} (${formatBytes(bytes)})`
}
