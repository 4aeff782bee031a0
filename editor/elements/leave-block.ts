/** Takes a way out of a block of the bridge, after asking where it replaces something. */
import type { BlockedExit } from 'y-tokens/bridge'
import type { TokenDocument } from 'y-tokens/doc'
import type { Tokens } from 'y-tokens'
import { problemOf } from '../actions.ts'
import { plainText } from '../model/plain-text.ts'
import { teamBridgeOf } from '../model/team-bridge.ts'
import type { ConfirmState, DialogState } from './dialog-state.ts'
import type { Notice } from './toasts.ts'

interface BlockHost {
  readonly document: TokenDocument
  readonly tokens: Tokens | null
  selectSet(set: string): void
  openDialog(dialog: DialogState | null): void
  notify(notice: Notice): void
}

export async function leaveBlock(host: BlockHost, exit: BlockedExit): Promise<void> {
  const { tokens } = host
  const bin = tokens?.status.bridge.bin
  if (!tokens || !bin) return
  const ask = (question: Pick<ConfirmState, 'heading' | 'sentences' | 'action' | 'danger'>, text: string): void =>
    host.openDialog({
      kind: 'confirm',
      ...question,
      confirmed: () => void settle(host, tokens.bridge.takeExit(exit), text),
    })
  const name = plainText(bin.name, 60)
  switch (exit) {
    case 'count-anew':
      return ask(
        {
          heading: 'Count the requests anew?',
          sentences: [
            'Do this when the account has more requests again. The bin is read and written without being asked from then on.',
          ],
          action: 'Count anew',
          danger: false,
        },
        'Requests are counted anew.',
      )
    case 'retry':
      return tokens.bridge.takeExit(exit)
    case 'enter-key':
      return host.openDialog({ kind: 'bins', begin: 'key' })
    case 'apply-other-bin':
      return host.openDialog({ kind: 'bins', begin: 'list' })
    case 'remove-sets':
      return removeSets(host, tokens)
    case 'overwrite-bin':
      return ask(
        {
          heading: `Overwrite ${name}?`,
          sentences: ['The bin gets the tokens of this room. What is in it now is replaced.'],
          action: 'Overwrite the bin',
          danger: true,
        },
        'The bin has the tokens of this room.',
      )
    case 'use-bin':
      return ask(
        {
          heading: `Use the tokens in ${name}?`,
          sentences: [
            'They replace the tokens of this room, for everyone. What is here now is saved as a version first.',
          ],
          action: 'Use the bin’s tokens',
          danger: false,
        },
        `The room has the tokens of ${name}.`,
      )
    case 'take-changes':
      return ask(
        {
          heading: 'Take the deletions and changes?',
          sentences: [
            'What the file in the bin deletes or changes back happens here, too, for everyone. You can undo it, and what is here now is saved as a version first.',
          ],
          action: 'Take them',
          danger: true,
        },
        'The changes of the bin are taken.',
      )
    case 'keep-ours':
      return ask(
        {
          heading: `Put the tokens back into ${name}?`,
          sentences: ['The bin gets the tokens of this room again. What is in it now is saved as a version first.'],
          action: 'Put ours back',
          danger: false,
        },
        'The tokens of this room stay, and go to the bin again.',
      )
    case 'link-again':
      return ask(
        {
          heading: `Link ${name} again?`,
          sentences: [
            'Nothing is deleted on either side. Where both have a value, the bin’s counts; what is here now is saved as a version first.',
          ],
          action: 'Link again',
          danger: false,
        },
        `${name} is linked again.`,
      )
  }
}

function removeSets(host: BlockHost, { status }: Tokens): void {
  const { state } = teamBridgeOf(status)
  const largest = state.kind === 'blocked' ? state.size?.largestSets[0]?.name : undefined
  if (largest !== undefined && host.document.setNames().includes(largest)) host.selectSet(largest)
  host.notify({ kind: 'done', text: 'Choose a set on the left and press Delete to remove it. You can undo it.' })
}

async function settle(host: BlockHost, work: Promise<void>, text: string): Promise<void> {
  try {
    await work
    host.notify({ kind: 'done', text })
  } catch (error) {
    host.notify({ kind: 'problem', text: problemOf(error) })
  }
}
