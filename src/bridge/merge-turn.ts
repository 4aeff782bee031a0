/**
 * The MERGE of one turn: classifies what was read, brings a foreign write into the document, and says whether the bin differs
 * from what the document shows then. The order is what keeps an edit safe across a crash (BR-numbers in SPEC.md):
 *
 * 1. unfinished merges are replayed as their entries say
 * 2. the observed file and the journal entry go into the side document, and are stored durably here
 * 3. the facts go into the document, in one transaction
 *
 * It sends nothing.
 */
import { fromBase64, toBase64 } from 'lib0/buffer'
import type { TokenDocument } from '../doc/token-document.ts'
import { equalRows } from '../payload/plugin-rows.ts'
import { checkPluginRules } from '../payload/plugin-rules.ts'
import type { BinRegistry } from './bin-registry.ts'
import { blockOf } from './blocked.ts'
import { orderDigest } from './body.ts'
import { classify, type Reading, updatedAtOf } from './classify.ts'
import { askedBy, decisionsOn, heldBlock } from './held-changes.ts'
import { contentOf, type Lens } from './lens.ts'
import type { MergeOutcome } from './machine-events.ts'
import type { Turn } from './machine-state.ts'
import { erasableBy } from './merge-entry.ts'
import { type ForeignFile, planMerge, writeIdOf } from './plan-merge.ts'
import type { MergeEntry, NewEntry, SideDocument } from './side-document.ts'
import { savedVersion } from './version-entry.ts'

export interface MergeTurnParts {
  readonly document: TokenDocument
  readonly lens: Lens
  readonly side: SideDocument
  readonly registry: BinRegistry
  /** Resolves when the side document is stored durably on this device. */
  readonly persistSide: () => Promise<void>
  readonly by: () => string
  readonly randomId: () => string
}

export interface MergeResult {
  readonly outcome: MergeOutcome
  /** The journal entry of this turn, where the merge had anything to tell. */
  readonly entry: Omit<MergeEntry, 't'> | null
  /** A save of somebody else's, seen for the first time. */
  readonly isNewWrite: boolean
  /** Answers without a request whether what an `ahead` waits for has come. */
  readonly hasArrived: () => boolean
}

type TokenReading = Extract<Reading, { kind: 'ours' | 'foreign' }>

export async function mergeTurn(record: string, bin: string, turn: Turn, parts: MergeTurnParts): Promise<MergeResult> {
  const { document, side, registry } = parts
  const reading = classify(record, (doc) => registry.isOurDocument(doc))
  if (reading.kind === 'reserved') return result({ kind: 'differs', foreign: false })
  if (reading.kind !== 'ours' && reading.kind !== 'foreign') {
    return turn.manual === 'overwrite' ? overwrite(record, reading, parts) : result(refusal(reading))
  }
  if (document.state !== 'whole') return ahead(() => document.state === 'whole')
  await replayUnfinished(parts)
  if (reading.kind === 'ours' && holds(parts, vectorOf(reading, side))) {
    return result(compare(reading, bin, false, parts))
  }
  if (reading.kind === 'ours' && !turn.recover) return ahead(() => holds(parts, vectorOf(reading, side)))
  return mergeForeign(record, reading, bin, turn, parts)
}

async function mergeForeign(
  record: string,
  reading: TokenReading,
  bin: string,
  turn: Turn,
  parts: MergeTurnParts,
): Promise<MergeResult> {
  const { lens, side, by } = parts
  const savedAt = updatedAtOf(reading.file)
  const file: ForeignFile = {
    bin,
    rows: reading.rows,
    write: writeIdOf(reading.rows, savedAt),
    savedAt,
    marker: reading.kind === 'foreign' ? reading.marker?.id : undefined,
    recovered: reading.kind === 'ours',
  }
  if (side.knowsWrite(bin, file.write)) {
    const outcome = await conclude(record, reading, bin, turn, parts)
    // A file that rests in the bin is no news each time it is read: verifying it again and again would never end.
    return result(outcome.kind === 'equal' ? { ...outcome, foreign: false } : outcome)
  }
  if (!turn.recover && !knowsMarker(file.marker, bin, side)) return ahead(() => knowsMarker(file.marker, bin, side))
  const covers = ({ sv }: { readonly sv: string }): boolean => holds(parts, sv)
  const plan = planMerge(file, { lens, side, by: by(), covers, onlyCovered: turn.recover })
  if (plan.kind === 'baseAhead') return ahead(() => covers(plan.base))
  if (plan.kind === 'noBase') {
    if (turn.manual === 'overwrite') return overwrite(record, reading, parts)
    if (!turn.recover) return ahead(() => side.history.snapsOf(bin).length > 0)
    return result({ kind: 'blocked', block: blockOf('no-base') })
  }
  await storeEntries(plan.entries, parts)
  if (plan.merge) writeFacts(plan.merge, lens)
  const outcome = await conclude(record, reading, bin, turn, parts)
  return { ...result(outcome), entry: plan.merge, isNewWrite: reading.kind === 'foreign' }
}

/** Nothing is written over a mass change that nobody decided on. To overwrite is a decision; what the bin held is put aside. */
async function conclude(
  record: string,
  reading: TokenReading,
  bin: string,
  turn: Turn,
  parts: MergeTurnParts,
): Promise<MergeOutcome> {
  const outcome = compare(reading, bin, true, parts)
  const held = outcome.kind === 'differs' ? askedBy(reading.rows, bin, parts) : []
  if (held.length === 0) return outcome
  if (turn.manual !== 'overwrite') return { kind: 'blocked', block: heldBlock(held) }
  const aside = asideOf(record, 'Bin before the tokens were put back', parts)
  await storeEntries([...(aside ? [aside] : []), ...decisionsOn(held, parts.randomId)], parts)
  return outcome
}

/** Null where it is no token file. */
function asideOf(text: string, name: string, { lens, by, randomId }: MergeTurnParts): NewEntry | null {
  return savedVersion({ text, name, auto: 'bin', access: lens.access, by: by(), id: randomId() })
}

/**
 * Whether the snapshot that a kept marker names is in the history here, or a file seen with the same marker. It may still be on
 * its way: against another base, what its writer took back deliberately would look like an old copy.
 */
function knowsMarker(marker: string | undefined, bin: string, { history }: SideDocument): boolean {
  if (marker === undefined || history.get(marker)) return true
  return history.snapsOf(bin).some((snap) => snap.marker === marker)
}

function result(outcome: MergeOutcome): MergeResult {
  return { outcome, entry: null, isNewWrite: false, hasArrived: () => true }
}

function ahead(hasArrived: () => boolean): MergeResult {
  return { outcome: { kind: 'ahead' }, entry: null, isNewWrite: false, hasArrived }
}

function refusal(reading: Exclude<Reading, TokenReading | { kind: 'reserved' }>): MergeOutcome {
  switch (reading.kind) {
    case 'corrupt': {
      const message = `${reading.message} Neither side was touched. Put the bin right, or overwrite it.`
      return { kind: 'corrupt', block: blockOf('invalid-bin', { message }) }
    }
    case 'blank':
      return { kind: 'blocked', block: blockOf('blank-bin') }
    case 'otherDocument':
      return { kind: 'blocked', block: blockOf('foreign-document') }
  }
}

/** What the bin held is put aside as a version, where it is tokens at all, and others than ours. */
async function overwrite(record: string, reading: Reading, parts: MergeTurnParts): Promise<MergeResult> {
  const { lens } = parts
  if ('rows' in reading && equalRows(lens.view().rows, reading.rows)) return result({ kind: 'differs', foreign: false })
  const aside = asideOf(record, 'Bin before it was overwritten', parts)
  if (aside) await storeEntries([aside], parts)
  return result({ kind: 'differs', foreign: false })
}

async function storeEntries(entries: readonly NewEntry[], { side, persistSide }: MergeTurnParts): Promise<void> {
  side.append(entries)
  await persistSide()
}

/**
 * A crash between the side document and the document leaves an entry without its facts. They are written now, before a base is
 * chosen: with the observed file as the nearest base, the next READ would find no difference, and the PUT would erase the edit.
 */
async function replayUnfinished({ lens, side, persistSide }: MergeTurnParts): Promise<void> {
  const unfinished = side.merges().filter(({ facts, lane }) => facts.length > 0 && !lens.access.laneExists(lane))
  if (unfinished.length === 0) return
  await persistSide()
  for (const entry of unfinished) writeFacts(entry, lens)
}

function writeFacts(entry: Omit<MergeEntry, 't'>, { access }: Lens): void {
  if (entry.facts.length > 0) access.putLane(entry.lane, entry.facts, erasableBy(entry))
}

/** Content decides, metadata never: what differs only by its marker or spelling is not written anew. */
function compare(reading: TokenReading, bin: string, foreign: boolean, parts: MergeTurnParts): MergeOutcome {
  const { lens, side } = parts
  const view = lens.view()
  if (!equalRows(view.rows, reading.rows) || shutsOutPlugins(reading)) return { kind: 'differs', foreign }
  const sent = reading.kind === 'ours' ? side.history.get(reading.marker.id)?.order : undefined
  // The order of tokens shows in no row. Only what we sent ourselves can be compared: the service may write JSON anew.
  if (sent !== undefined && sent !== orderDigest(view.file)) return { kind: 'differs', foreign }
  if (side.history.snapsOf(bin).length === 0) side.append([firstSnap(bin, parts)])
  return { kind: 'equal', foreign }
}

/** A file edited by hand may say what we say, and yet be one that the plugin refuses or cannot save over. */
function shutsOutPlugins({ kind, file }: TokenReading): boolean {
  return kind === 'foreign' && checkPluginRules(file).some(({ effect }) => effect !== 'corrupts')
}

/** The base of the first foreign write: what bin and document both hold now. */
export function firstSnap(
  bin: string,
  { lens, by, randomId }: Pick<MergeTurnParts, 'lens' | 'by' | 'randomId'>,
): NewEntry {
  const { vv, top } = lens.access.vectors()
  const sv = toBase64(lens.access.stateVector())
  return {
    kind: 'snap',
    id: randomId(),
    head: { kind: 'seen', bin, top, sv, by: by(), rev: 0 },
    content: contentOf(lens.view(), vv),
  }
}

/** The marker's state vector, or that of its snapshot where it was too long for the marker; null where neither is known. */
function vectorOf({ marker }: Extract<Reading, { kind: 'ours' }>, side: SideDocument): string | null {
  return marker.sv === '' ? (side.history.get(marker.id)?.sv ?? null) : marker.sv
}

/** Whether this replica has all that the state vector names. The bytes come from a bin: anything may stand there. */
function holds({ lens }: MergeTurnParts, sv: string | null): boolean {
  if (sv === null) return false
  try {
    return lens.access.covers(fromBase64(sv))
  } catch {
    return false
  }
}
