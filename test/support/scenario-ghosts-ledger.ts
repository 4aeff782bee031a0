/**
 * The ledger of ghosts: every value and name that anybody types is unique, and its ghost remembers what its author saw there. At
 * the end each ghost must be accounted for. It uses none of the bridge's rules, only what the documents, the journal and the
 * PUT bodies say.
 */
import { createSideDocument, type SideDocument } from '../../src/bridge/side-document.ts'
import type { JsonObject } from '../../src/payload/ordered-json.ts'
import { projectForPlugin } from '../../src/payload/plugin-projection.ts'
import { equalRows, pluginRows } from '../../src/payload/plugin-rows.ts'
import type { Device, World } from './bridge-world.ts'

export interface Ghost {
  /** `g12x`: stands in the value or name itself; for a deletion, nowhere. */
  readonly mark: string
  readonly kind: 'value' | 'name' | 'deletion'
  readonly by: string
  /** Marks its author saw in what this replaces. */
  readonly over: ReadonlySet<string>
  /** Marks of all that its author saw of the token. */
  readonly about: ReadonlySet<string>
  /** Of a deletion: what the token was called. */
  readonly name: string
  observed: boolean
}

export interface GhostRun {
  readonly edits: number
  readonly foreign: number
  readonly unobserved: number
  readonly merges: number
  readonly kept: number
  readonly crashes: number
  readonly inConflicts: number
  readonly requests: number
  /** What must not be: each a sentence. */
  readonly wrong: readonly string[]
}

const markPattern = /g\d+x/g

export function marksIn(text: string): Set<string> {
  return new Set(text.match(markPattern))
}

export interface Ledger {
  readonly ghosts: readonly Ghost[]
  /** PUT body → ghosts its writer had made since it last pulled. */
  readonly lines: Map<string, readonly Ghost[]>
  add(
    ghost: Pick<Ghost, 'kind' | 'by'> & {
      readonly over: Iterable<string>
      readonly about?: Iterable<string>
      readonly name?: string
      readonly observed: boolean
    },
  ): Ghost
}

export function createLedger(onGhost: (ghost: Ghost) => void): Ledger {
  const ghosts: Ghost[] = []
  return {
    ghosts,
    lines: new Map(),
    add: ({ over, about = [], name = '', ...rest }) => {
      const replaced = new Set(over)
      const mark = `g${ghosts.length + 1}x`
      const before = ghosts.filter((each) => [...replaced, ...about].includes(each.mark))
      const all = [mark, ...replaced, ...about, ...before.flatMap((each) => [...each.about])]
      const ghost: Ghost = { ...rest, mark, over: replaced, about: new Set(all), name }
      ghosts.push(ghost)
      onGhost(ghost)
      return ghost
    },
  }
}

export function checkGhosts(world: World, ledger: Ledger, crashes: number): GhostRun {
  const [first] = world.devices as [Device, ...Device[]]
  const wrong: string[] = []
  const text = first.document.toText()
  for (const device of world.devices)
    if (device.document.toText() !== text) wrong.push(`${device.name} shows other tokens than A`)
  const inBin = pluginRows(JSON.parse(world.bins.read()) as JsonObject)
  if (!equalRows(inBin, projectForPlugin(first.document.getSnapshot()).rows))
    wrong.push('the bin differs from the document')

  const side = createSideDocument({ ydoc: first.side, lane: 'ledger00', now: () => 0 })
  markObserved(side, ledger)
  const keptDeletions = new Set(
    side
      .merges()
      .flatMap(({ kept }) =>
        kept.flatMap(({ role, text: value, place }) =>
          role === 'node' && value === null ? [place.split('/').at(-1)] : [],
        ),
      ),
  )
  side.destroy()
  const entries = first.bridge.journal.entries()
  const values = entries.flatMap((entry) => entry.values)
  const current = marksIn(text)
  const journalled = marksIn(JSON.stringify(values.map(({ text: value }) => value)))
  const beside = marksIn(JSON.stringify([first.document.conflicts, factsOf(first)]))
  const observed = ledger.ghosts.filter((ghost) => ghost.observed)
  const replaced = dominated(ledger.ghosts)

  let inConflicts = 0
  for (const ghost of observed) {
    if (ghost.kind === 'deletion') {
      const undone = [...ghost.over].filter((mark) => current.has(mark))
      const rival = observed.some(
        (other) => !ghost.over.has(other.mark) && other.by !== ghost.by && touches(other, ghost),
      )
      if (undone.length > 0 && !keptDeletions.has(ghost.name) && !rival) {
        wrong.push(`deletion ${ghost.mark} of "${ghost.name}" by ${ghost.by} was undone: ${undone.join()} still stands`)
      }
      continue
    }
    if (current.has(ghost.mark) || journalled.has(ghost.mark) || replaced.has(ghost.mark)) continue
    if (beside.has(ghost.mark)) inConflicts++
    else wrong.push(`${ghost.kind} ${ghost.mark} by ${ghost.by} is lost`)
  }
  for (const ghost of observed) {
    if (ghost.kind === 'deletion' || !current.has(ghost.mark)) continue
    const later = observed.filter((other) => other.over.has(ghost.mark) && other.kind === 'value')
    const gone = later.filter(
      ({ mark }) => !current.has(mark) && !journalled.has(mark) && !beside.has(mark) && !replaced.has(mark),
    )
    if (gone.length > 0) wrong.push(`${ghost.mark} came back over ${gone.map(({ mark }) => mark).join()}`)
  }
  const foreign = ledger.ghosts.filter(({ by }) => by.startsWith('plugin') || by === 'hand')
  return {
    edits: ledger.ghosts.length,
    foreign: foreign.length,
    unobserved: foreign.filter((ghost) => !ghost.observed).length,
    merges: entries.length,
    kept: values.filter(({ kind }) => kind === 'kept').length,
    crashes,
    inConflicts,
    requests: world.bins.requests.reads + world.bins.requests.writes,
    wrong,
  }
}

/** Whatever stands in a lane can still be shown: it is the document's business which of two facts side by side it shows. */
function factsOf({ ydoc }: Device): unknown[] {
  const lanes = [...ydoc.share.keys()].filter((root) => root.startsWith('v1/lane/'))
  return lanes.flatMap((root) => ydoc.getArray(root).toArray())
}

/** A PUT body was observed where a bridge has put a file with just its marks into the side document. */
function markObserved(side: SideDocument, ledger: Ledger): void {
  const seen = new Set<string>()
  for (const snap of side.history.snapsOf('0000000000000000000000b1')) {
    if (snap.kind !== 'seen') continue
    seen.add([...marksIn(JSON.stringify([...side.history.content(snap).rows]))].toSorted().join())
  }
  for (const [text, line] of ledger.lines) {
    if (seen.has([...marksIn(text)].toSorted().join())) for (const ghost of line) ghost.observed = true
  }
}

/** Marks that somebody overwrote who had seen them, also by way of edits that nobody observed. */
function dominated(ghosts: readonly Ghost[]): ReadonlySet<string> {
  const byMark = new Map(ghosts.map((ghost) => [ghost.mark, ghost]))
  const marks = new Set<string>()
  const walk = (ghost: Ghost): void => {
    for (const mark of ghost.over) {
      if (marks.has(mark)) continue
      marks.add(mark)
      const below = byMark.get(mark)
      if (below) walk(below)
    }
  }
  for (const ghost of ghosts) if (ghost.observed) walk(ghost)
  return marks
}

/** Both are about one token, as far as their marks show, or those of the values before. */
function touches(a: Ghost, b: Ghost): boolean {
  return [...a.about].some((mark) => b.about.has(mark)) || (a.name !== '' && a.name === b.name)
}
