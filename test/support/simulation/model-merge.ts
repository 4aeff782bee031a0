/** The merge of a foreign file on the model: the real choice of base and decision table, without names, order and spelling. */
import { chooseBase } from '../../../src/bridge/choose-base.ts'
import { type Decision, decideCreation, decideField, decideRemoval } from '../../../src/bridge/decide.ts'
import type { Snap } from '../../../src/bridge/snapshot-history.ts'
import type { PluginRows, Row } from '../../../src/payload/plugin-rows.ts'
import { binId } from './bin-service.ts'
import type { Copy } from './ledger.ts'
import type { ModelDocument, ModelFact } from './model-document.ts'
import { shortHash } from './short-hash.ts'
import type { ModelEntry, ModelSide, ModelSnap } from './model-side.ts'

export interface ModelFile {
  readonly rows: ReadonlyMap<string, Row>
  readonly marker: string | undefined
  readonly write: string
  /** What the writer's clock said. */
  readonly savedAt: number
  readonly copy: Copy
}

export type ModelMerge =
  /** Something it rests on has not come yet. */
  | { readonly kind: 'ahead'; readonly hasArrived: () => boolean }
  | { readonly kind: 'plan'; readonly seen: ModelSnap; readonly entry: ModelEntry | undefined }

interface Plan {
  readonly accepted: { readonly key: string; readonly field: string; readonly text: string }[]
  readonly replaced: string[]
  readonly kept: string[]
  readonly keptDeletions: string[]
}

export function mergeModel(
  file: ModelFile,
  document: ModelDocument,
  side: ModelSide,
  onlyCovered: boolean,
): ModelMerge {
  const { history } = side
  const rows = rowsOf(file.rows)
  const allowed = (snap: Snap): boolean => !onlyCovered || document.covers(side.vectorOf(snap.id))
  // A writer who kept our marker says what it started from; that snapshot may be on its way.
  const isNamed = (): boolean =>
    file.marker === undefined ||
    history.snapsOf(binId).some(({ id, marker }) => id === file.marker || marker === file.marker)
  if (!isNamed() && !onlyCovered) return { kind: 'ahead', hasArrived: isNamed }
  const choice = chooseBase(history, { bin: binId, rows, marker: file.marker, allowed })
  if (!choice) return { kind: 'ahead', hasArrived: () => history.snapsOf(binId).length > 0 }
  const { base, near, low } = choice
  const vector = side.vectorOf(base.id)
  if (!document.covers(vector)) return { kind: 'ahead', hasArrived: () => document.covers(vector) }

  const T = base.top + 1
  const baseRows = history.view(base).rows.tokens
  const shown = document.rows()
  const snaps = history.snapsOf(binId)
  const others = near.filter(({ id }) => id !== base.id)
  const rowIn = (snap: Snap, key: string): Row | undefined => history.rowAt(snap, key)
  const deletedLater = new Set(
    [...side.items.values()].flatMap((item) =>
      item.kind === 'merge' && item.savedAt > file.savedAt
        ? item.facts.flatMap(({ key, field }) => (field === '' ? [key] : []))
        : [],
    ),
  )
  const plan: Plan = { accepted: [], replaced: [], kept: [], keptDeletions: [] }
  const register = (key: string, field: string): readonly ModelFact[] => document.standing(key, field)
  const accept = (key: string, field: string, text: string): void => {
    plan.accepted.push({ key, field, text })
    for (const fact of document.factsOf(key)) {
      const isOther = field === '' ? fact.field !== '' : fact.field === field && fact.text !== text
      if (isOther) plan.replaced.push(fact.text)
    }
  }
  const settle = (decision: Decision, key: string, fields: readonly string[], texts: readonly string[]): void => {
    if (decision === 'take') for (const [at, field] of fields.entries()) accept(key, field, texts[at] ?? '')
    else if (typeof decision === 'object') plan.kept.push(...texts)
  }

  for (const [key, row] of file.rows) {
    const before = baseRows.get(key)
    const now = shown.get(key)
    if (!before) {
      const had = snaps.filter((snap) => covers(rowIn(snap, key), row))
      const decision = decideCreation({
        taken: now !== undefined,
        equal: covers(now, row),
        nearHad: others.some((snap) => had.includes(snap)),
        known: had.length > 0,
        low,
        elsewhere: false,
        deletedLater: deletedLater.has(key),
      })
      settle(decision, key, Object.keys(row), Object.values(row))
      continue
    }
    for (const field of new Set([...Object.keys(row), ...Object.keys(before)])) {
      const r = row[field]
      const b = before[field]
      const differs = others.some((snap) => rowIn(snap, key)?.[field] !== r)
      const decision = decideField({
        r,
        b,
        d: now?.[field],
        lives: now !== undefined,
        known: r !== b && snaps.some((snap) => rowIn(snap, key)?.[field] === r),
        nearHas: r !== b && others.some((snap) => rowIn(snap, key)?.[field] === r),
        nearDiffers: differs,
        low,
        beaten: register(key, field).some(({ t }) => t >= T),
        deletedLater: deletedLater.has(key),
      })
      settle(decision, key, [field], [r ?? ''])
    }
  }
  for (const [key, row] of baseRows) {
    if (file.rows.has(key)) continue
    const now = shown.get(key)
    const hasUnseen = document.factsOf(key).some(({ lane, n, field }) => field !== '' && (vector.get(lane) ?? 0) < n)
    const decision = decideRemoval({
      lives: now !== undefined,
      nearLacks: others.some((snap) => rowIn(snap, key) === undefined),
      known: snaps.some((snap) => rowIn(snap, key) === undefined),
      low,
      changed: hasUnseen || !covers(now, row) || !covers(row, now),
    })
    if (decision === 'take') accept(key, '', '')
    else if (typeof decision === 'object') plan.keptDeletions.push(key)
  }
  for (const key of shown.keys()) {
    const isTakenBack = !baseRows.has(key) && !file.rows.has(key) && others.some((snap) => rowIn(snap, key))
    if (isTakenBack) plan.keptDeletions.push(key)
  }
  return planned(file, base, vector, T, plan)
}

function planned(file: ModelFile, base: Snap, vector: ReadonlyMap<string, number>, T: number, plan: Plan): ModelMerge {
  const { accepted, replaced, kept, keptDeletions } = plan
  const facts = accepted.toSorted((a, b) => (a.key + a.field < b.key + b.field ? -1 : 1))
  const lane = facts.length === 0 ? '' : `bin${shortHash(base.id + JSON.stringify(facts))}`
  const seenVector = lane === '' ? vector : new Map([...vector, [lane, facts.length]])
  const seen: ModelSnap = {
    kind: 'snap',
    id: `o${shortHash(`${file.write} ${base.id} ${lane}`)}`,
    of: 'seen',
    rows: file.rows,
    top: lane === '' ? base.top : T,
    vector: seenVector,
    needs: vector,
    write: file.write,
    marker: file.marker,
  }
  if (lane === '' && kept.length + keptDeletions.length === 0) return { kind: 'plan', seen, entry: undefined }
  const body = { lane, T, facts, replaced, kept, keptDeletions, seen: vector }
  const id = `m${shortHash(base.id + JSON.stringify([facts, replaced, kept, keptDeletions]))}`
  return { kind: 'plan', seen, entry: { kind: 'merge', id, ...body, savedAt: file.savedAt, ghosts: file.copy.ghosts } }
}

/** The entry's facts, verbatim. */
export function factsOf(entry: ModelEntry): readonly ModelFact[] {
  return entry.facts.map(({ key, field, text }, at) => ({
    lane: entry.lane,
    n: at + 1,
    key,
    field,
    text,
    t: entry.T,
    seen: entry.seen,
    erases: new Set(),
  }))
}

export function rowsOf(tokens: ReadonlyMap<string, Row>): PluginRows {
  return { tokens, sets: ['s'], themes: new Map() }
}

function covers(at: Row | undefined, row: Row | undefined): boolean {
  return at !== undefined && row !== undefined && Object.entries(row).every(([field, text]) => at[field] === text)
}
