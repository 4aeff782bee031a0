/** A value of the journal in words: where it belongs, what it says, and why it was not taken. */
import type { JournalValue } from 'y-tokens/bridge'
import { parseJson } from '../../src/payload/ordered-json.ts'
import { plainText } from './plain-text.ts'
import { valueToText } from './value-text.ts'

/** `color.brand.500 in core`; a field other than the value is named, too. */
export function journalPlace({ role, set, path, field }: JournalValue): string {
  const name = plainText(path.join('.'), 120)
  if (role === 'order') return set === null ? 'The order of sets or themes' : `The order in ${plainText(set, 60)}`
  const below = field.filter((part) => part !== '$value' && part !== 'value').map((part) => part.replace(/^\$/, ''))
  const what =
    role === 'name' || role === 'parent'
      ? `The ${role === 'name' ? 'name' : 'place'} of ${name}`
      : [name, plainText(below.join('.'), 80)].filter(Boolean).join(', ')
  if (what === '') return set === null ? 'The file' : `The set ${plainText(set, 60)}`
  return set === null ? what : `${what} in ${plainText(set, 60)}`
}

/** `deletion` stands for a value that is absent. */
export function journalText({ role, text }: Pick<JournalValue, 'role' | 'text'>): string {
  if (text === null) return 'deletion'
  if (role === 'name') return plainText(text, 160)
  try {
    return plainText(valueToText(parseJson(text)), 160)
  } catch {
    // An entry may come from a newer version; its text is still worth showing.
    return plainText(text, 160)
  }
}

const reasons: Readonly<Record<JournalValue['reason'], string>> = {
  replaced: 'The bin had another value.',
  conflict: 'Both sides changed it; the one here stays.',
  newer: 'It was changed here since the other side read the bin.',
  'edit-beats-delete': 'It was edited here while the other side deleted it.',
  'path-taken': 'Something else has this name here.',
  'type-changed': 'It has become another type of token here.',
  'possible-revert': 'It looks like an older value that came back by accident.',
  'mass-change': 'It is one of very many deletions or changes back, which somebody decides on together.',
  'low-confidence': 'It is not certain which version the other side began from.',
}

export function journalReason({ reason }: JournalValue): string {
  return reasons[reason] ?? ''
}
