import { createHash } from 'node:crypto'
import * as Y from 'yjs'
import { nastyPayload } from './nasty-payloads.ts'
import type { Random } from './random.ts'
import { randomClientId } from './replicas.ts'
import { readRoots } from './replicas-facts.ts'

/** A file's seed as a hostile member would put it into the room. */
export interface HostileSeed {
  readonly update: Uint8Array
  /** It is right by its hashes, newer than the room's own, and lacks what the room's own holds. */
  readonly replaces: boolean
}

const brokenTexts = [
  '',
  '{',
  'null',
  '7',
  '"core"',
  '[]',
  '{"a":{"$value":1}',
  `${'{"g":'.repeat(510)}1${'}'.repeat(510)}`,
  `${'{"g":'.repeat(3_000)}1${'}'.repeat(3_000)}`,
  '{"__proto__":{"polluted":{"$value":1}},"constructor":{"prototype":{"polluted":{"$value":1}}}}',
  '{"$value":1,"$type":"x","kid":{"$value":2}}',
  '{"~:1":{"$value":1},"~n1":{"$value":1},"a/b":{"$value":1},"":{"":{"$value":1}},"\\ud800":{"$value":1}}',
  '{"10":{"$value":1},"9":{"$value":{"2":1,"1":[[],{}]}}}',
]
const brokenRoots = [
  '{}',
  '{"values":{}}',
  '{"values":[]}',
  '{"values":null}',
  '{"values":{"core":{},"light":5,"safe":{}}}',
  '{"values":{"__proto__":{},"constructor":{},"":{},"safe":{}},"$themes":{"a":1},"$metadata":[]}',
  '{"core":{},"safe":{},"$themes":"x"}',
  '{"values":{"core":{"inline":{"$value":1}},"safe":{}},"$themes":[null,7,{"id":{}}],"$metadata":{"tokenSetOrder":{"0":"x"}}}',
  '[1]',
  'null',
  '{',
]
const setIds = [
  '/values/core',
  '/values/light',
  '/values/__proto__',
  '/values/a~1b',
  '/core',
  '/values',
  '',
  '/',
  '/values/x/y',
]

const sha = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)

/** `own` is the room's: an update that holds it and facts; entries below `spared` stay out of what is changed. */
export function hostileSeed(
  random: Random,
  ydoc: Y.Doc,
  spared: { readonly id: string; readonly text: string },
): HostileSeed {
  const own = [...readRoots(ydoc)].find(([name]) => name.startsWith('v1/seed/')) as [string, (readonly unknown[])[]]
  return random.chance(0.4) ? changedSeed(random, own) : inventedSeed(random, own, spared)
}

/** The room's own entries, changed or put under another name: none of them is right any more. */
function changedSeed(random: Random, [root, entries]: readonly [string, (readonly unknown[])[]]): HostileSeed {
  const changed = random.shuffle(entries).map((entry) => {
    const copy = [...entry]
    if (random.chance(0.6)) {
      const at = random.int(copy.length)
      const text = String(copy[at])
      const cut = random.int(text.length + 1)
      copy[at] =
        typeof copy[at] === 'number'
          ? Number(copy[at]) + random.pick([1, -1, 0.5, 2 ** 52])
          : text.slice(0, cut) + random.pick(['', '"', '{}', '\u0000']) + text.slice(cut + random.int(3))
    }
    if (random.chance(0.1)) copy.length = random.int(copy.length + 1)
    if (random.chance(0.1)) copy.push(random.pick([1, '', [], null]))
    return copy
  })
  const [, , ver, hash] = root.split('/') as [string, string, string, string]
  const name = random.pick([
    root,
    `${root}/evilevil`,
    `v1/seed/${ver}/${'0'.repeat(16)}`,
    `v1/seed/zzzzzzzzzzz/${hash}`,
    `v1/seed/00000000001/${hash}`,
  ])
  return { update: updateOf(random, name, changed), replaces: false }
}

/** Right by its hashes, whatever stands in it. */
function inventedSeed(
  random: Random,
  [root, entries]: readonly [string, (readonly unknown[])[]],
  spared: { readonly id: string; readonly text: string },
): HostileSeed {
  const ownVer = Number.parseInt(root.split('/')[2] as string, 36)
  const ver = random.pick([0, 1, ownVer - 1, ownVer, ownVer + 1_000, ownVer + 1_000_000, 2 ** 52, 2 ** 52 + 1, 2 ** 53])
  let roof: string
  const sets: [string, string][] = []
  if (random.chance(0.5)) {
    const file = nastyPayload(random) as { values?: Record<string, unknown> }
    const values = file.values ?? {}
    for (const [name, set] of Object.entries(values)) {
      sets.push([`/values/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, JSON.stringify(set)])
      if (set !== null && typeof set === 'object' && name !== '__proto__') values[name] = {}
    }
    if (random.chance(0.8)) values['safe'] = {}
    roof = JSON.stringify(file)
  } else {
    roof = random.chance(0.3) ? String(entries.find(([id]) => id === '')?.[2]) : random.pick(brokenRoots)
    for (let i = random.int(4); i > 0; i--) sets.push([random.pick(setIds), random.pick(brokenTexts)])
  }
  const holdsSafe = random.chance(0.85)
  if (holdsSafe) sets.push([spared.id, spared.text])
  const manifest = sets.map(([id, text]) => [id, sha(`${ver}\n${id}\t${text}`)])
  if (random.chance(0.1)) manifest.push(['/values/missing', '0'.repeat(16)])
  const manifestText = random.chance(0.05)
    ? random.pick(['', '{}', '[[]]', '[["/values/core"]]', '[1]'])
    : JSON.stringify(manifest)
  const name = `v1/seed/${ver.toString(36).padStart(11, '0')}/${sha(`${ver}\n\t${roof}\n\t${manifestText}`)}`
  const facts: unknown[][] = [['', 'c', roof, ver, manifestText], ...sets.map(([id, text]) => [id, 'c', text, ver])]
  const keepsSafe = holdsSafe && roof.includes('"safe":{}') && sets.every(([id]) => id.startsWith('/values/'))
  return {
    update: updateOf(random, name, facts),
    replaces: ver >= ownVer && !(keepsSafe && roof.startsWith('{"values":{')),
  }
}

function updateOf(random: Random, root: string, entries: readonly (readonly unknown[])[]): Uint8Array {
  const ydoc = new Y.Doc()
  ydoc.clientID = randomClientId(random)
  ydoc.getArray(root).push(entries.map((entry) => [...entry]))
  return Y.encodeStateAsUpdate(ydoc)
}
