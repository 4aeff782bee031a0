/**
 * Linking a room to a bin: what becomes of the tokens on both sides. The bin's tokens replace the room's, as Tokens Studio's
 * users know it, but only after a version of the room's was put aside; what was linked before is merged instead.
 */
import { toBase64 } from 'lib0/buffer'
import type { TokenDocument } from '../doc/token-document.ts'
import { withoutMarker } from '../payload/marker.ts'
import { stringifyJson } from '../payload/ordered-json.ts'
import { equalRows } from '../payload/plugin-rows.ts'
import type { BinRegistry } from './bin-registry.ts'
import { BridgeError } from './bridge-error.ts'
import { classify, type Reading, updatedAtOf } from './classify.ts'
import { contentOf, type Lens } from './lens.ts'
import { writeIdOf } from './plan-merge.ts'
import type { NewEntry, SideDocument } from './side-document.ts'
import { savedVersion } from './version-entry.ts'

export interface LinkParts {
  readonly document: TokenDocument
  readonly lens: Lens
  readonly side: SideDocument
  readonly registry: BinRegistry
  readonly persistSide: () => Promise<void>
  readonly by: () => string
  readonly randomId: () => string
}

export interface LinkOptions {
  /**
   * `auto`: merge with a bin that was linked before, else replace. `replace`: the bin's tokens, whatever was. `union`: nothing
   * is deleted on either side; where both have a value, the bin's. `overwrite`: the room's tokens go into the bin, also where
   * it is blank, and what it held is put aside as a version.
   */
  readonly mode: 'auto' | 'replace' | 'union' | 'overwrite'
  /** Link a bin that another room of y-tokens writes; that room's bridge will stop and say so. */
  readonly takeOver: boolean
}

/**
 * Brings a bin's record into the document where linking asks for it. Afterwards an ordinary READ and MERGE does the rest;
 * `takenOver` says that the bin has to be written once, whatever it holds.
 * Throws `blank-bin`, `invalid-bin`, `no-tokens` and `other-document` with nothing touched.
 */
export async function adoptRecord(
  record: string,
  bin: { readonly id: string; readonly name: string },
  options: LinkOptions,
  parts: LinkParts,
): Promise<{ readonly takenOver: boolean }> {
  const { document, lens, side, registry } = parts
  const reading = classify(record, (doc) => registry.isOurDocument(doc))
  const isEmpty = document.state === 'empty'
  if (reading.kind === 'reserved') return { takenOver: false }
  if (options.mode === 'overwrite' && isEmpty) throw noTokens(bin.name)
  if (options.mode === 'overwrite' && reading.kind === 'blank') return { takenOver: true }
  if (reading.kind === 'corrupt' || reading.kind === 'blank') throw cannotLink(reading, bin.name)
  if (reading.kind === 'otherDocument' && !isEmpty && !options.takeOver) throw otherDocument(bin.name)
  if (options.mode === 'overwrite') return { takenOver: true }
  const wasLinked = side.history.snapsOf(bin.id).length > 0
  if (options.mode === 'auto' && !isEmpty && (reading.kind === 'ours' || (wasLinked && reading.kind === 'foreign'))) {
    return { takenOver: false }
  }
  const text = stringifyJson(withoutMarker(reading.file))
  if (isEmpty) document.import(text)
  else if (options.mode === 'union' || !equalRows(lens.view().rows, reading.rows)) {
    await putAside(bin.name, parts)
    document.import(text, { mode: options.mode === 'union' ? 'merge' : 'replace' })
  }
  side.append([observedSnap(bin.id, reading, parts)])
  await parts.persistSide()
  return { takenOver: reading.kind === 'otherDocument' }
}

async function putAside(name: string, { document, lens, side, by, randomId, persistSide }: LinkParts): Promise<void> {
  const versionName = `Before linking to ${name}`
  const version = savedVersion({
    text: document.toText(),
    name: versionName,
    auto: 'link',
    access: lens.access,
    by: by(),
    id: randomId(),
  })
  if (!version) return
  side.append([version])
  await persistSide()
}

/** The file as the base of what its other writers save next; its tokens are the document's now, or a part of them. */
function observedSnap(bin: string, reading: Extract<Reading, { file: unknown }>, parts: LinkParts): NewEntry {
  const { lens, by, randomId } = parts
  const { vv, top } = lens.access.vectors()
  const view = lens.view()
  const write = writeIdOf(reading.rows, updatedAtOf(reading.file))
  const shown = new Set(reading.rows.tokens.keys())
  const isShown = (key: string): boolean => !view.rows.tokens.has(key) || shown.has(key)
  const places = new Map([...view.places].filter(([key]) => isShown(key)))
  return {
    kind: 'snap',
    id: randomId(),
    head: { kind: 'seen', bin, top, sv: toBase64(lens.access.stateVector()), by: by(), rev: 0, write },
    content: contentOf({ ...view, rows: reading.rows, places }, vv),
  }
}

function cannotLink(reading: Extract<Reading, { kind: 'corrupt' | 'blank' }>, name: string): BridgeError {
  if (reading.kind === 'blank') {
    return new BridgeError(
      'blank-bin',
      `The bin "${name}" holds no tokens, so linking it would empty this room. Nothing was touched. To fill it with the tokens here, apply it with the mode overwrite.`,
    )
  }
  return new BridgeError(
    'invalid-bin',
    `The bin "${name}" cannot be linked, and nothing was touched. ${reading.message}`,
  )
}

function noTokens(name: string): BridgeError {
  return new BridgeError('no-tokens', `This room has no tokens to put into the bin "${name}". Nothing was touched.`)
}

function otherDocument(name: string): BridgeError {
  return new BridgeError(
    'other-document',
    `The bin "${name}" belongs to another room of y-tokens, which keeps writing it. Nothing was touched. Create a bin of your own, or apply it with takeOver.`,
  )
}
