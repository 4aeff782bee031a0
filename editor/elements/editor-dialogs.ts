import { html, nothing, type TemplateResult } from 'lit'
import type { TokenDocument } from 'y-tokens/doc'
import type { Tokens } from 'y-tokens'
import { parsePath } from '../../src/payload/token-name.ts'
import { addToken, importFile, problemOf, saveToken } from '../actions.ts'
import { plainText } from '../model/plain-text.ts'
import type { Resolver } from '../model/resolve-value.ts'
import type { SnapshotRequest } from '../snapshot-view.ts'
import type { DialogState } from './dialog-state.ts'
import type { ImportRequest } from './import-dialog.ts'
import type { SaveToken } from './token-dialog.ts'
import type { Notice } from './toasts.ts'

export interface DialogHost {
  readonly document: TokenDocument
  readonly tokens: Tokens | null
  readonly resolver: Resolver
  readonly readOnly: string | null
  readonly fileName: string
  notify(notice: Notice): void
  say(text: string): void
  showToken(set: string, path: readonly string[], focus: boolean): void
  loadSnapshot(request: SnapshotRequest): Promise<string | undefined>
}

/** The open dialog, or nothing. */
export function editorDialog(dialog: DialogState | null, host: DialogHost): TemplateResult | typeof nothing {
  if (dialog === null) return nothing
  const { document, tokens, readOnly } = host
  switch (dialog.kind) {
    case 'token':
      return html`<yt-token-dialog
        .document=${document}
        .resolver=${host.resolver}
        .set=${dialog.set}
        .path=${dialog.path}
        .start=${dialog.start}
        .readOnly=${readOnly}
        .save=${(...given: Parameters<SaveToken>) => save(host, ...given)}
      ></yt-token-dialog>`
    case 'name':
      return html`<yt-name-dialog .question=${dialog.question}></yt-name-dialog>`
    case 'confirm':
      return html`<yt-confirm-dialog
        .heading=${dialog.heading}
        .sentences=${dialog.sentences}
        .action=${dialog.action}
        .danger=${dialog.danger}
        .confirmed=${dialog.confirmed}
      ></yt-confirm-dialog>`
    case 'snapshot':
      return snapshotDialog(dialog, (request) => host.loadSnapshot(request))
    case 'bins':
      return tokens === null
        ? nothing
        : html`<yt-bins-dialog
            .bins=${tokens.bins}
            .begin=${dialog.begin}
            .readOnly=${readOnly}
            .hasTokens=${tokens.document.setNames().length > 0}
          ></yt-bins-dialog>`
    case 'panel':
      return panel(dialog.panel, host)
  }
}

export function snapshotDialog(
  { url, problem }: Extract<DialogState, { kind: 'snapshot' }>,
  load: (request: SnapshotRequest) => Promise<string | undefined>,
): TemplateResult {
  return html`<yt-snapshot-dialog .url=${url} .problem=${problem} .load=${load}></yt-snapshot-dialog>`
}

function panel(
  name: Extract<DialogState, { kind: 'panel' }>['panel'],
  host: DialogHost,
): TemplateResult | typeof nothing {
  const { document, tokens, readOnly } = host
  switch (name) {
    case 'export':
      return html`<yt-export-dialog .document=${document} .fileName=${host.fileName}></yt-export-dialog>`
    case 'themes':
      return html`<yt-themes-dialog .document=${document} .readOnly=${readOnly}></yt-themes-dialog>`
    case 'import':
      return html`<yt-import-dialog
        .document=${document}
        .run=${(request: ImportRequest) => takeFile(host, request)}
      ></yt-import-dialog>`
    case 'journal':
      return tokens === null
        ? nothing
        : html`<yt-journal-dialog
            .journal=${tokens.bridge.journal}
            .document=${tokens.document}
            .readOnly=${readOnly}
          ></yt-journal-dialog>`
    case 'versions':
      return tokens === null
        ? nothing
        : html`<yt-versions-dialog
            .versions=${tokens.document.versions}
            .document=${tokens.document}
            .readOnly=${readOnly}
            .restored=${(text: string) => host.notify({ kind: 'done', text, undo: true })}
          ></yt-versions-dialog>`
    case 'pause':
      return html`<yt-pause-dialog></yt-pause-dialog>`
  }
}

function save(host: DialogHost, ...[set, path, form, references]: Parameters<SaveToken>): string | undefined {
  const { document } = host
  const outcome = path === null ? addToken(document, set, form) : saveToken(document, set, path, form, references)
  if (outcome.kind === 'problem') return outcome.text
  host.say(outcome.text)
  host.showToken(set, parsePath(form.draft.name.trim()), true)
  return undefined
}

function takeFile(host: DialogHost, { source, mode, name }: ImportRequest): string | undefined {
  const { document, tokens } = host
  try {
    // Beyond undo, which ends with this session.
    if (mode === 'replace' && tokens && document.state === 'whole')
      tokens.document.versions.putAside(`Before importing ${plainText(name, 60)}`)
  } catch (error) {
    return `Nothing was imported, because the tokens here could not be saved as a version first. ${problemOf(error)}`
  }
  const outcome = importFile(document, source, mode)
  if (outcome.kind === 'problem') return outcome.text
  host.notify({ ...outcome, undo: true })
  return undefined
}
