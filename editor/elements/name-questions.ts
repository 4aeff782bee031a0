/** What is asked to add a set, and to rename a set, a group or a token. */
import type { TokenDocument } from 'y-tokens/doc'
import { parsePath } from '../../src/payload/token-name.ts'
import { addSet, type Outcome, renameNode, renameSet, rowAt } from '../actions.ts'
import { countOf, plainText } from '../model/plain-text.ts'
import { referrersOf, referrersText } from '../model/referrers.ts'
import type { NameQuestion } from './name-dialog.ts'
import type { Notice } from './toasts.ts'

export interface QuestionHost {
  readonly document: TokenDocument
  selectSet(set: string): void
  showToken(set: string, path: readonly string[], focus: boolean): void
  notify(notice: Notice): void
}

const copyPrefix = 'copy '

export function addSetQuestion(host: QuestionHost): NameQuestion {
  const { document } = host
  return {
    heading: 'Add a token set',
    label: 'Name',
    hint: 'A slash makes folders, as in theme/light. Later sets override earlier ones.',
    action: 'Add set',
    name: '',
    choice: {
      label: 'Begin with',
      value: '',
      options: [
        { value: '', label: 'No tokens' },
        ...document.setNames().map((set) => ({ value: copyPrefix + set, label: `A copy of ${set}` })),
      ],
    },
    check: null,
    checked: false,
    save: ({ name, choice }) => {
      const outcome = addSet(document, name.trim(), choice === '' ? null : choice.slice(copyPrefix.length))
      return finish(host, outcome, () => host.selectSet(name.trim()))
    },
  }
}

export function renameSetQuestion(host: QuestionHost, set: string): NameQuestion {
  return {
    heading: `Rename ${plainText(set, 60)}`,
    label: 'New name',
    hint: 'Themes follow the new name.',
    action: 'Rename set',
    name: set,
    choice: null,
    check: null,
    checked: false,
    save: ({ name }) => finish(host, renameSet(host.document, set, name.trim()), () => host.selectSet(name.trim())),
  }
}

/** Null where the node is gone. References are counted once, when the question is asked. */
export function renameQuestion(host: QuestionHost, set: string, path: readonly string[]): NameQuestion | null {
  const { document } = host
  const row = rowAt(document, set, path)
  if (!row) return null
  const referrers = referrersOf(document, set, path)
  return {
    heading: `Rename or move ${plainText(row.name, 60)}`,
    label: 'New name',
    hint: row.kind === 'group' ? `With the ${countOf(row.tokens, 'token')} below it.` : 'Dots make groups.',
    action: 'Rename',
    name: row.name,
    choice: { label: 'Set', value: set, options: document.setNames().map((name) => ({ value: name, label: name })) },
    check: ({ name }) => (referrers.tokens === 0 || name.trim() === row.name ? null : referrersText(referrers)),
    // Where another set has the name too, references to it keep their meaning there.
    checked: referrers.others.length === 0,
    save: ({ name, choice, checked }) =>
      finish(
        host,
        renameNode(document, { set, path, toSet: choice, toName: name, references: checked && referrers.tokens > 0 }),
        () => host.showToken(choice, parsePath(name.trim()), true),
      ),
  }
}

/** The sentence of a refused action; else shows what was done, with the way back. */
function finish(host: QuestionHost, outcome: Outcome, done: () => void): string | undefined {
  if (outcome.kind === 'problem') return outcome.text
  host.notify({ ...outcome, undo: true })
  done()
  return undefined
}
