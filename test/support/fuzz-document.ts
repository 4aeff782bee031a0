import assert from 'node:assert/strict'
import * as Y from 'yjs'
import { type Claim, type Conflict, createTokenDocument, type TokenDocument } from '../../src/doc/index.ts'
import { inspectDocument } from '../../src/doc/inspection.ts'
import { factAccessOf } from '../../src/doc/fact-access.ts'
import { isTokenError } from '../../src/payload/token-error.ts'
import { hostileSeed } from './fuzz-seeds.ts'
import { isTokenObject } from './generated-tokens.ts'
import { sampleText } from './generated-tokens-sample.ts'
import { createRandom, type Random } from './random.ts'
import { attack } from './replicas-hostile.ts'
import { rethrow } from './replicas.ts'
import { readRoots } from './replicas-facts.ts'
import { testEpoch } from './virtual-clock.ts'

/**
 * One hostile case on a document in use, by its seed: facts, lanes and roots mutated or invented, updates with bytes cut,
 * flipped and spliced, files forged or right by their hashes and hostile in what they hold. Throws where a read or edit path
 * throws or lies, where a prototype is polluted, where a healthy token cannot be read or edited, where what is shown grows
 * out of proportion. What a TokenError refuses is refused rightly.
 */
export function fuzzDocument(seed: number): FuzzOutcome {
  const random = createRandom(seed)
  const document = openDocument(healthy, 'bbbbbbbb')
  const before = document.toText()
  const kind = random.next()
  const hostile = kind < 0.6 ? hostileFacts(random) : kind < 0.8 ? hostileBytes(random) : hostileFile(random)
  const bytes = hostile.updates.reduce((sum, update) => sum + update.length, 0)
  for (const update of hostile.updates) applyUpdate(document.ydoc, update)

  const text = readAll(document, random)
  assert.ok(text.length <= 100_000 + 64 * bytes, `${bytes} bytes show as ${text.length} characters`)
  const isTooNew = document.state === 'schema-too-new'
  if (random.chance(0.25) && !isTooNew) {
    const fresh = openDocument(Y.encodeStateAsUpdate(document.ydoc), 'cccccccc')
    assert.equal(fresh.toText(), text, 'a document built anew shows something else')
    close(fresh)
  }
  const { ignoredEntries } = factAccessOf(document)
  if (random.chance(0.05)) {
    const { ignored } = inspectDocument(document)
    const byReason = Object.values(ignored).reduce((sum, count) => sum + count, 0)
    assert.ok(byReason >= malformedFacts(document.ydoc), 'a malformed fact has no reason')
  }
  if (!isTooNew) assert.ok(ignoredEntries >= malformedFacts(document.ydoc), 'a malformed fact is not counted')
  if (!isTooNew) {
    if (!hostile.mayHideSafe) assert.deepEqual(document.get('safe', 't'), safe)
    else document.set('safe', 't', safe)
    editSome(document, random)
  }
  expectCleanPrototypes()
  close(document)
  return { kind: hostile.kind, reached: text !== before, ignored: ignoredEntries }
}

export interface FuzzOutcome {
  readonly kind: 'facts' | 'bytes' | 'files'
  /** What is shown differs from what was shown before. */
  readonly reached: boolean
  /** Entries of lanes that count for nothing. */
  readonly ignored: number
}

interface Hostile {
  readonly kind: FuzzOutcome['kind']
  readonly updates: readonly Uint8Array[]
  /** Seed entries were erased, or a newer file took the place of the room's: rightly nothing of it shows. */
  readonly mayHideSafe: boolean
}

const safe = { $value: 'untouched', $type: 'other' }
const safeSet = { id: '/values/safe', text: JSON.stringify({ t: safe }) }
const healthy = ((): Uint8Array => {
  const document = openDocument(undefined, 'aaaaaaaa')
  document.import(sampleText({ 'values/safe': { t: safe } }))
  document.update('core', 'color.red', { $value: '#e00' })
  document.rename('core', 'color.blue', 'color.azure')
  document.set('core', 'color.nu', { $value: 'n', $type: 'color' }, { after: 'red' })
  document.move('core', 'space.m', 'light', 'm')
  document.remove('core', 'space.l')
  return Y.encodeStateAsUpdate(document.ydoc)
})()

/** What a teammate sends, one update for each kind of action, to be damaged on the way. */
const teammateUpdates: readonly Uint8Array[] = (() => {
  const actions: ((document: TokenDocument) => void)[] = [
    (document) => document.update('core', 'color.red', { $value: 'remote' }),
    (document) => document.update('core', 'type.h1', { $value: { fontSize: 'remote' } }),
    (document) => document.rename('core', 'color', 'colour'),
    (document) => document.move('core', 'color.brand', 'light', 'brand'),
    (document) => document.remove('core', 'shadow'),
    (document) => document.set('dark', 'fresh.a', { $value: 'remote', $type: 'color' }),
    (document) => document.renameSet('light', 'day'),
    (document) => document.reorderSets(['extra', 'dark']),
    (document) => void document.setTheme({ id: 'th1', name: 'remote', selectedTokenSets: { dark: 'source' } }),
    (document) => document.import(sampleText({ 'values/safe': { t: safe }, 'values/core/color/red': undefined })),
  ]
  return actions.map((act, i) => {
    const document = openDocument(healthy, `mate000${i}`)
    const vector = Y.encodeStateVector(document.ydoc)
    act(document)
    return Y.encodeStateAsUpdate(document.ydoc, vector)
  })
})()

function openDocument(update: Uint8Array | undefined, lane: string): TokenDocument {
  const ydoc = new Y.Doc({ guid: 'fuzzed' })
  if (update) Y.applyUpdate(ydoc, update)
  return createTokenDocument(ydoc, { lane, now: () => testEpoch, random: createRandom(1).next, onError: rethrow })
}

function close(document: TokenDocument): void {
  document.destroy()
  document.ydoc.destroy()
}

function hostileFacts(random: Random): Hostile {
  const evil = new Y.Doc({ guid: 'evil' })
  Y.applyUpdate(evil, healthy)
  const vector = Y.encodeStateVector(evil)
  const { seedErased } = attack(evil, random, safeSet.id)
  return { kind: 'facts', updates: [Y.encodeStateAsUpdate(evil, vector)], mayHideSafe: seedErased }
}

function hostileFile(random: Random): Hostile {
  const { update, replaces } = hostileSeed(random, healthyDoc, safeSet)
  return { kind: 'files', updates: [update], mayHideSafe: replaces }
}

/** Some bytes wrong, and sometimes the right ones after them. */
function hostileBytes(random: Random): Hostile {
  const update = random.pick(teammateUpdates)
  const damaged = damage(random, update)
  return { kind: 'bytes', updates: random.chance(0.3) ? [damaged, update] : [damaged], mayHideSafe: false }
}

function damage(random: Random, update: Uint8Array): Uint8Array {
  const at = random.int(update.length)
  const flipped = update.slice()
  switch (random.int(6)) {
    case 0:
      return update.slice(0, at)
    case 1: {
      const other = random.pick(teammateUpdates)
      return join(update.slice(0, at), other.slice(random.int(other.length)))
    }
    case 2:
      return join(
        update.slice(0, at),
        Uint8Array.from({ length: 1 + random.int(8) }, () => random.int(256)),
        update.slice(at),
      )
    case 3:
      return join(update.slice(0, at), update.slice(at + 1 + random.int(4)))
    case 4:
      flipped[at] = random.int(256)
      return flipped
    default:
      for (let flips = 1 + random.int(4); flips > 0; flips--)
        (flipped[random.int(flipped.length)] as number) ^= 1 << random.int(8)
      return flipped
  }
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}

/** Yjs refuses damaged bytes by an error of its own; what it takes must do no harm. */
function applyUpdate(ydoc: Y.Doc, update: Uint8Array): void {
  try {
    Y.applyUpdate(ydoc, update)
  } catch (error) {
    if (!(error instanceof Error) || (error.stack ?? '').includes('/src/doc/')) throw error
  }
}

/** Every way to read; each must answer. */
function readAll(document: TokenDocument, random: Random): string {
  const snapshot = document.getSnapshot()
  const text = document.toText()
  if (random.chance(0.3)) {
    JSON.parse(text)
    JSON.stringify(document.toJSON())
    JSON.stringify(document.conflicts)
    JSON.stringify(document.unresolved())
    assert.deepEqual(document.changesSince(snapshot), [])
    toFilesOrRefuse(document)
    for (const set of document.setNames()) {
      document.get(set, [])
      for (const { path } of document.outline(set).slice(0, 8)) {
        document.get(set, path)
        document.lastChange(set, path)
        document.references(path)
      }
    }
  }
  assert.equal(document.getSnapshot(), snapshot)
  return text
}

/** Names that no folder can hold are refused. */
function toFilesOrRefuse(document: TokenDocument): void {
  try {
    document.toFiles()
  } catch (error) {
    if (!isTokenError(error)) throw error
  }
}

/** The healthy token, and in half of the cases another of the ways to write. */
function editSome(document: TokenDocument, random: Random): void {
  document.update('safe', 't', { $value: 'AFTER' })
  assert.deepEqual(document.get('safe', 't'), { ...safe, $value: 'AFTER' })
  try {
    if (random.chance(0.5)) random.pick(edits)(document, random)
  } catch (error) {
    if (!isTokenError(error)) throw error
    // Names of the attack may be none that can be given; what is asked of the healthy set is never refused.
    assert.ok(error.code !== 'not-found' && error.code !== 'schema-too-new', error.message)
  }
  document.undo()
  document.getSnapshot()
}

const edits: readonly ((document: TokenDocument, random: Random) => void)[] = [
  (document, random) => {
    const place = anyToken(document, random)
    if (!place) return
    document.update(place.set, place.path, { 'x-after': 'AFTER' })
    assert.equal((document.get(place.set, place.path) as Record<string, unknown>)['x-after'], 'AFTER')
    document.undo()
  },
  (document, random) => {
    const place = anyToken(document, random)
    if (!place) return
    const token = document.get(place.set, place.path)
    document.remove(place.set, place.path)
    // Another of that name may stand there now, without its suffix.
    assert.notEqual(document.get(place.set, place.path), token)
    document.undo()
    assert.notEqual(document.get(place.set, place.path), undefined)
  },
  (document, random) => {
    const place = anyToken(document, random)
    if (!place) return
    document.set('safe', 'copy', document.get(place.set, place.path) as never)
    document.move('safe', 'copy', 'safe', 'inner.copy')
  },
  (document) => {
    document.set('safe', 'new', { $value: 1, $type: 'number' })
    document.rename('safe', 'new', 'newer')
    assert.deepEqual(document.get('safe', 'newer'), { $value: 1, $type: 'number' })
    assert.equal(document.get('safe', 'new'), undefined)
    document.remove('safe', 'newer')
    assert.equal(document.get('safe', 'newer'), undefined)
  },
  (document, random) => {
    const place = anyToken(document, random)
    if (!place) return
    document.rename(place.set, place.path, [...place.path.slice(0, -1), 'renamed'], { references: true })
    document.undo()
  },
  (document) => {
    document.addSet('after the attack', { t: safe })
    document.renameSet('after the attack', 'later')
    document.removeSet('later')
    assert.ok(!document.setNames().includes('later'))
  },
  (document) => {
    document.reorderSets(['safe'])
    assert.equal(
      document.setNames().find((name) => !/^\d+$/.test(name)),
      'safe',
    )
  },
  (document) => {
    const id = document.setTheme({ name: 'after', selectedTokenSets: { safe: 'enabled' } })
    document.reorderThemes([id])
    document.removeTheme(id)
  },
  (document) => document.import(sampleText({ 'values/safe': { t: { ...safe, $value: 'AFTER' } } }), { mode: 'merge' }),
  (document) => {
    document.undo()
    document.redo()
  },
  (document, random) => {
    const { conflicts } = document
    if (conflicts.length === 0) return
    const conflict = random.pick(conflicts)
    const claim = random.pick([conflict.current, ...conflict.others])
    settleOrRefuse(document, conflict, claim)
  },
]

/** Where what lost cannot be had again, that is said. */
function settleOrRefuse(document: TokenDocument, conflict: Conflict, claim: Claim): void {
  try {
    document.settle(conflict, claim)
  } catch (error) {
    if (!isTokenError(error)) throw error
  }
}

function anyToken(
  document: TokenDocument,
  random: Random,
): { readonly set: string; readonly path: readonly string[] } | undefined {
  const set = random.pick(document.setNames())
  const rows = document.outline(set).filter(({ path, value }) => path.length < 100 && isTokenObject(value))
  return rows.length === 0 ? undefined : { set, path: random.pick(rows).path }
}

const fieldNames: ReadonlySet<unknown> = new Set(['v', 'c', 'n', 'p', 'q', 'x'])

/** Entries of lanes that break a rule of the format that can be seen from the entry alone. */
function malformedFacts(ydoc: Y.Doc): number {
  let count = 0
  for (const [root, entries] of readRoots(ydoc)) {
    if (!/^v1\/lane\/[0-9a-z]{8,32}$/.test(root)) continue
    for (const entry of entries) {
      // Yjs keeps texts, types and bytes in content of its own.
      if (!Array.isArray(entry)) continue
      if (entry.length < 4 || entry.length > 5) {
        count++
        continue
      }
      const [id, field, text, t, order] = entry as readonly unknown[]
      const isRight =
        typeof id === 'string' &&
        id.startsWith('/') &&
        id !== '/' &&
        id !== '/values' &&
        id.length <= 8_192 &&
        id.split('/').length - 1 <= 512 &&
        fieldNames.has(field) &&
        typeof text === 'string' &&
        Number.isSafeInteger(t) &&
        (t as number) >= 0 &&
        (entry.length === 4 || (typeof order === 'string' && order.length <= 256))
      if (!isRight) count++
    }
  }
  return count
}

const prototypes = [Object.prototype, Array.prototype, Function.prototype, Map.prototype, String.prototype] as const
const cleanKeys = prototypes.map((prototype) => Reflect.ownKeys(prototype).length)

function expectCleanPrototypes(): void {
  for (const [i, prototype] of prototypes.entries())
    assert.equal(Reflect.ownKeys(prototype).length, cleanKeys[i], 'a prototype got or lost a property')
}

const healthyDoc = new Y.Doc()
Y.applyUpdate(healthyDoc, healthy)
