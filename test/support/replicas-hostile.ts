import * as Y from 'yjs'
import type { Random } from './random.ts'
import { readRoots, toFactTime, type RawFact } from './replicas-facts.ts'
import { testEpoch } from './virtual-clock.ts'

/**
 * What a broken or hostile member can put into a document: mutated and invented facts, odd lanes and roots, entries that are
 * no facts, foreign Yjs types, erased items. Everything here is legal Yjs; damaged bytes are another test.
 */

export interface Attack {
  /** How many entries were written or erased. */
  readonly entries: number
  /** Entries of a seed were erased, so tokens may be missing until the file is taken in again. */
  readonly seedErased: boolean
}

const ids = [
  '',
  '/',
  '//',
  '/values',
  '/values/',
  '/values/core',
  '/values/core/',
  '/values/core/color',
  '/values/core/color/red',
  '/values/core/color/red/$value',
  '/values/core/color/red/$type',
  '/values/core/color/brand',
  '/values/core/color/brand/dark',
  '/values/core/color/nu',
  '/values/core/color/nu/$value',
  '/values/core/color/red~:1',
  '/values/core/type/h1/$value/fontSize',
  '/values/core/shadow/md/$value/0',
  '/values/core/shadow/md/$value/0/blur',
  '/values/core/shadow/md/$value/~n1.aaaaaaaa',
  '/values/core/shadow/md/$value/99999999999',
  '/values/core/space',
  '/values/light',
  '/values/light/fg/$value',
  '/values/light/~uzzzz',
  '/values/dark',
  '/values/nope/deep/er',
  '/values/nu',
  '/values/__proto__',
  '/values/core/__proto__/polluted',
  '/values/core/constructor/prototype/polluted',
  '/__proto__/polluted',
  '/constructor/prototype/polluted',
  '/$themes',
  '/$themes/th1',
  '/$themes/th1/name',
  '/$themes/th1/id',
  '/$themes/th1/selectedTokenSets/light',
  '/$themes/th1/selectedTokenSets/~0',
  '/$themes/0',
  '/$themes/nu',
  '/$metadata',
  '/$metadata/tokenSetOrder',
  '/$metadata/tokenSetOrder/0',
  '/~y/lanes/aaaaaaaa',
  '/~y/bins/x',
  'no-slash',
  `/values/core${'/a'.repeat(505)}`,
  `/values/core${'/a'.repeat(600)}`,
  `/${'k'.repeat(9_000)}`,
]

const texts = [
  '"ok"',
  '{}',
  '[]',
  'null',
  '1',
  'true',
  '{"$value":1,"$type":"x"}',
  '{"$value":{"$value":{"$value":[]}}}',
  '{"value":{"a":1},"type":"x"}',
  '{"a":{"b":{"$value":1}}}',
  '{"a":{"b":{}}}',
  '[{"id":"th1"},{"id":"th1"},null,7]',
  '["core","core",null,{}]',
  '{broken',
  '',
  ' ',
  '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
  '{"~:1":1,"~n1":2,"~":3,"":4}',
  '['.repeat(3_000),
  `${'['.repeat(600)}${']'.repeat(600)}`,
  `${'{"a":'.repeat(500)}1${'}'.repeat(500)}`,
  '{"a":'.repeat(3_000),
  '{"*":9e99}',
  '{"aaaaaaaa":9007199254740991}',
  '{"aaaaaaaa":-1,"bbbbbbbb":"x","cccccccc":null}',
  '/values/core',
  '/values/core/color',
  '/values/core/color/brand',
  '/values/core/color/brand/dark',
  '/values/light',
  '/values',
  '/nowhere',
  'crimson',
  'light',
  '__proto__',
  '$value',
  'a.b/c~d',
  '\u0000',
  '\ud800',
  'n'.repeat(10_000),
]

const fields = ['v', 'c', 'n', 'p', 'q', 'x', 'zz', 'constructor', '__proto__', '']
const orders = [undefined, 'a0', 'a0V', 'Zz', '', '~', 'zzz', '\ud800', 5, {}, null, 'q'.repeat(256), 'q'.repeat(300)]
const lanes = ['evilevil', 'evilevi2', 'zzzzzzzz', '00000000', 'bin0123456789abc', 'aaaaaaaa']
const oddRoots = [
  'v1/lane/*',
  'v1/lane/',
  'v1/lane/short',
  'v1/lane/UPPERCASE',
  'v1/lane/__proto__',
  'v1/seed/',
  'v1/seed/x',
  'v1/seed/00000000000/0000000000000000',
  'v1/seed/zzzzzzzzzzz/ffffffffffffffff',
  'v1/seed/zzzzzzzzzzz/ffffffffffffffff/evilevil',
  'v1/other',
  'v1/',
  'v1',
  'values',
  '',
  '__proto__',
  'constructor',
]
const now = toFactTime(testEpoch)
const times = [
  now,
  now + 1,
  now + 1_000_000,
  now - 1_000_000,
  0,
  1,
  2 ** 51,
  2 ** 53 - 1,
  2 ** 53,
  -1,
  1.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  '7',
  null,
]

/** Anything that fits in a Y.Array. */
function junk(random: Random): unknown {
  switch (random.int(16)) {
    case 0:
      return true
    case 1:
      return null
    case 2:
      return Number.NaN
    case 3:
      return 2 ** 60
    case 4:
      return 'x'
    case 5:
      return []
    case 6:
      return {}
    case 7:
      return new Uint8Array([1, 2, 3])
    case 8:
      return [[[[['deep']]]]]
    case 9:
      return JSON.parse('{"__proto__":{"polluted":1},"0":"/values/core","1":"v","2":"{}","3":7,"length":4}')
    case 10:
      return new Y.Map([['$value', new Y.Text('q')]])
    case 11:
      return Y.Array.from(['/values/core', 'x', '{}', now])
    case 12:
      return new Y.Text('t')
    case 13:
      return new Y.XmlElement('b')
    case 14:
      return [undefined, 10n, Number.NEGATIVE_INFINITY]
    default:
      return new Y.Doc()
  }
}

function inventedFact(random: Random): unknown[] {
  const fact: unknown[] = [
    random.pick(ids),
    random.pick(random.chance(0.85) ? fields.slice(0, 6) : fields),
    random.pick(texts),
    random.pick(random.chance(0.7) ? times.slice(0, 4) : times),
  ]
  const order = random.pick(random.chance(0.7) ? orders.slice(0, 4) : orders)
  if (order !== undefined) fact.push(order)
  if (random.chance(0.05)) fact.length = random.int(4)
  if (random.chance(0.05)) fact[random.int(5)] = plainJunk(random)
  if (random.chance(0.03)) fact.push('more', { and: 'more' })
  return fact
}

/** A fact or seed entry that stands in the document, changed in one place. */
function mutatedFact(random: Random, known: readonly unknown[]): unknown[] {
  const fact = [...known]
  switch (random.int(6)) {
    case 0:
      fact[0] = random.pick(ids)
      break
    case 1:
      fact[1] = random.pick(fields)
      break
    case 2:
      fact[2] = random.pick(texts)
      break
    case 3:
      fact[3] = random.pick(times)
      break
    case 4:
      fact[0] = `${String(fact[0])}/${random.pick(['$value', 'x', '~:1', '0', '__proto__'])}`
      break
    default: {
      const text = String(fact[2])
      const at = random.int(text.length + 1)
      fact[2] = text.slice(0, at) + random.pick(['', '"', '}', '{', '\\', '0', '\u0000']) + text.slice(at + 1)
    }
  }
  return fact
}

function plainJunk(random: Random): unknown {
  const value = junk(random)
  return value instanceof Y.AbstractType || value instanceof Y.Doc ? null : value
}

/** Puts 1 to 12 hostile entries into a copy of somebody's document. No fact is made about nodes below `spared`. */
export function attack(ydoc: Y.Doc, random: Random, spared: string): Attack {
  const entries = 1 + random.int(12)
  let seedErased = false
  const roots = readRoots(ydoc)
  const names = [...roots.keys()]
  const known = [...roots.values()]
    .flat()
    .filter((entry): entry is RawFact => Array.isArray(entry) && !String(entry[0]).startsWith(spared))
  for (let i = 0; i < entries; i++) {
    const kind = random.next()
    if (kind < 0.62) push(ydoc, `v1/lane/${random.pick(lanes)}`, inventedFact(random))
    else if (kind < 0.78) push(ydoc, `v1/lane/${random.pick(lanes)}`, mutatedFact(random, random.pick(known)))
    else if (kind < 0.84) push(ydoc, random.pick(names), mutatedFact(random, random.pick(known)))
    else if (kind < 0.88) push(ydoc, random.pick(names), junk(random))
    else if (kind < 0.91) push(ydoc, random.pick(oddRoots), random.chance(0.5) ? junk(random) : inventedFact(random))
    else if (kind < 0.94) otherType(ydoc, `v1/lane/${random.id(8)}`, random)
    else if (kind < 0.97) insertFirst(ydoc, random.pick(names), inventedFact(random))
    else seedErased = eraseOne(ydoc, random.pick(names), random) || seedErased
  }
  return { entries, seedErased }
}

function push(ydoc: Y.Doc, root: string, entry: unknown): void {
  ydoc.getArray(root).push([entry])
}

function insertFirst(ydoc: Y.Doc, root: string, entry: unknown): void {
  ydoc.getArray(root).insert(0, [entry])
}

/** True where an entry of a seed is gone. */
function eraseOne(ydoc: Y.Doc, root: string, random: Random): boolean {
  const array = ydoc.getArray(root)
  if (array.length === 0) return false
  array.delete(random.int(array.length), 1)
  return root.startsWith('v1/seed/')
}

/** The root of a lane as another Yjs type: its content is no list of values, or has keys. */
function otherType(ydoc: Y.Doc, root: string, random: Random): void {
  switch (random.int(4)) {
    case 0:
      ydoc.getMap(root).set(random.pick(['k', '__proto__', '/values/core']), plainJunk(random))
      break
    case 1:
      ydoc.getText(root).insert(0, '["/values/core","x","{}",1]')
      break
    case 2:
      ydoc.getXmlFragment(root).insert(0, [new Y.XmlText('x'), new Y.XmlElement('y')])
      break
    default: {
      const text = ydoc.getText(root)
      text.insert(0, 'formatted', { bold: true })
      text.insertEmbed(3, { '0': '/values/core' })
    }
  }
}
