/** What the editor does when one of its elements asks for it (`command.ts`). */
import { isBridgeError } from 'y-tokens/bridge'
import type { TokenDocument } from 'y-tokens/doc'
import type { Tokens } from 'y-tokens'
import { deleteNode, deleteSet, moveNode, moveSet, type Outcome, problemOf, rowAt } from '../actions.ts'
import { plainText } from '../model/plain-text.ts'
import { rowsOfOutline } from '../model/set-rows.ts'
import { teamBridgeOf } from '../model/team-bridge.ts'
import { dtcgSpelling, spellingOf } from '../model/token-fields.ts'
import { copyName, duplicateForm, newForm } from '../model/token-form.ts'
import type { Command } from './command.ts'
import type { DialogState } from './dialog-state.ts'
import { leaveBlock } from './leave-block.ts'
import type { NameQuestion } from './name-dialog.ts'
import { addSetQuestion, renameQuestion, renameSetQuestion } from './name-questions.ts'
import type { Notice } from './toasts.ts'

/** The editor, as far as commands reach. */
export interface CommandHost {
  /** What is shown: the room's document, or that of a snapshot. */
  readonly document: TokenDocument
  /** The open room, null while there is none. */
  readonly tokens: Tokens | null
  readonly readOnly: string | null
  selectSet(set: string): void
  showToken(set: string, path: readonly string[], focus: boolean): void
  openDialog(dialog: DialogState | null): void
  notify(notice: Notice): void
  say(text: string): void
  setPulling(pulling: boolean): void
  leaveSnapshot(): void
  refreshSnapshot(): Promise<void>
  useSample(): Promise<void>
}

export async function runCommand(host: CommandHost, command: Command): Promise<void> {
  try {
    await run(host, command)
  } catch (error) {
    host.notify({ kind: 'problem', text: problemOf(error) })
  }
}

async function run(host: CommandHost, command: Command): Promise<void> {
  const { document, tokens } = host
  switch (command.kind) {
    case 'select-set':
      return host.selectSet(command.set)
    case 'look-at':
      return tokens?.presence.setFocus({ set: command.set, path: command.name })
    case 'show-token':
      return showNamed(host, command.set, command.name)
    case 'add-token':
      return openNewToken(host, command.set, command.name)
    case 'edit-token':
      return host.openDialog({ kind: 'token', set: command.set, path: command.path, start: null })
    case 'duplicate-token':
      return openDuplicate(host, command.set, command.path)
    case 'rename-node':
      return host.openDialog(nameDialog(renameQuestion(host, command.set, command.path)))
    case 'delete-node':
      return report(host, deleteNode(document, command.set, command.path), true)
    case 'move-node':
      return said(host, moveNode(document, command.set, command.path, command.by))
    case 'copy-reference':
      await navigator.clipboard.writeText(`{${command.name}}`)
      return host.notify({ kind: 'done', text: `Copied {${plainText(command.name)}}` })
    case 'copy-unreadable':
      await navigator.clipboard.writeText(tokens?.bridge.unreadable() ?? '')
      return host.notify({ kind: 'done', text: 'Copied what the bin holds.' })
    case 'add-set':
      return host.openDialog(nameDialog(addSetQuestion(host)))
    case 'rename-set':
      return host.openDialog(nameDialog(renameSetQuestion(host, command.set)))
    case 'delete-set':
      return report(host, deleteSet(document, command.set), true)
    case 'move-set':
      return said(host, moveSet(document, command.set, command.to))
    case 'undo':
      return host.say(document.undo() ? 'Undone' : 'Nothing to undo')
    case 'redo':
      return host.say(document.redo() ? 'Done again' : 'Nothing to do again')
    case 'open':
      return openPanel(host, command.panel)
    case 'close':
      return host.openDialog(null)
    case 'use-sample':
      return host.useSample()
    case 'pull':
      return pull(host)
    case 'pause':
      tokens?.bridge.pause({ scope: command.scope, reason: command.reason })
      return host.say('Updates of the bin are paused')
    case 'resume':
      return resume(host)
    case 'leave-block':
      return leaveBlock(host, command.exit)
    case 'leave-snapshot':
      return host.leaveSnapshot()
    case 'refresh-snapshot':
      return host.refreshSnapshot()
    case 'rename-self':
    case 'room-key':
      // The page around the editor keeps names and keys; it listens for the same event.
      return undefined
  }
}

function nameDialog(question: NameQuestion | null): DialogState | null {
  return question && { kind: 'name', question }
}

function report(host: CommandHost, outcome: Outcome, undo: boolean): void {
  host.notify(outcome.kind === 'done' ? { ...outcome, undo } : outcome)
}

/** For what can be seen anyway: only screen readers are told. */
function said(host: CommandHost, outcome: Outcome): void {
  if (outcome.kind === 'problem') host.notify(outcome)
  else host.say(outcome.text)
}

function showNamed(host: CommandHost, set: string, name: string): void {
  if (!host.document.setNames().includes(set)) {
    return host.notify({ kind: 'problem', text: `There is no set ${plainText(set)} any more.` })
  }
  const row = rowsOfOutline(host.document.outline(set)).find((each) => each.name === name)
  if (row) host.showToken(set, row.path, true)
  else host.selectSet(set)
}

function openNewToken(host: CommandHost, set: string, name: string): void {
  const rows = rowsOfOutline(host.document.outline(set))
  const above = rows.find((row) => row.kind === 'group' && `${row.name}.` === name)
  const sibling =
    rows.find((row) => row.kind === 'token' && row.name.startsWith(name)) ?? rows.find((row) => row.kind === 'token')
  host.openDialog({
    kind: 'token',
    set,
    path: null,
    start: newForm({
      name,
      type: above?.type ?? (name !== '' ? sibling?.type : undefined) ?? 'color',
      spelling: sibling ? spellingOf(sibling.value) : dtcgSpelling,
    }),
  })
}

function openDuplicate(host: CommandHost, set: string, path: readonly string[]): void {
  const row = rowAt(host.document, set, path)
  if (!row) return
  const names = new Set(rowsOfOutline(host.document.outline(set)).map(({ name }) => name))
  const start = duplicateForm(
    row,
    copyName(row.name, (name) => names.has(name)),
  )
  host.openDialog({ kind: 'token', set, path: null, start })
}

function openPanel(host: CommandHost, panel: Extract<Command, { kind: 'open' }>['panel']): void {
  if (panel === 'bins') host.openDialog({ kind: 'bins', begin: 'list' })
  else if (panel === 'snapshot') host.openDialog({ kind: 'snapshot', url: '', problem: '' })
  else host.openDialog({ kind: 'panel', panel })
}

async function pull(host: CommandHost): Promise<void> {
  const { tokens } = host
  if (!tokens) return
  host.setPulling(true)
  try {
    const { summary } = await tokens.bridge.pull()
    host.notify({ kind: 'done', text: summary === '' ? 'The bin has nothing new.' : plainText(summary, 600) })
  } catch (error) {
    if (!isBridgeError(error) || error.code !== 'key-missing') throw error
    host.openDialog({ kind: 'bins', begin: 'key' })
  } finally {
    host.setPulling(false)
  }
}

/** Ends the pause that is shown: this device's, or the team's. */
function resume(host: CommandHost): void {
  const { tokens } = host
  const state = tokens && teamBridgeOf(tokens.status).state
  if (!tokens || state?.kind !== 'paused') return
  tokens.bridge.resume({ scope: state.scope })
  host.say('Updates of the bin go on')
}
