import type { JsonObject, TokenDocument, TokenPath } from '../../src/doc/index.ts'
import { sampleText } from './generated-tokens-sample.ts'
import { isTokenObject } from './generated-tokens.ts'
import type { Random } from './random.ts'
import type { Scenario } from './replicas-history.ts'

/** A scenario in which everybody does everything, names collide, and clocks are days apart. */
export function wildScenario(options: { readonly skewMs?: number; readonly versions?: number } = {}): Scenario {
  const { skewMs = 600_000, versions = 1 } = options
  return {
    files: (random) => {
      const files = [sampleText()]
      while (files.length < versions) files.push(changedFile(random.pick(files), random, files.length))
      return files
    },
    skewMs,
    losesTails: true,
    lateFile: (random) => changedFile(sampleText(), random, random.int(200)),
    act: ({ document }, random, count) => {
      if (random.chance(0.06))
        document.transact(() => {
          for (let i = 0; i < 3; i++) actOnce(document, random, count * 10 + i)
        })
      else actOnce(document, random, count)
    },
  }
}

const tokenNames = ['red', 'alpha', 'beta', 'n1', 'n2', 'bg', '50', '100', 'x-2', 'dark']
const setNames = ['light', 'dark', 's1', 's2', 'core/x', '7']
const themeIds = ['th1', 'th2']

interface Place {
  readonly set: string
  readonly path: readonly string[]
  readonly token: boolean
  readonly value: JsonObject
}

function placesOf(document: TokenDocument): Place[] {
  return document
    .setNames()
    .flatMap((set) =>
      document.outline(set).map(({ path, kind, value }) => ({ set, path, token: kind === 'token', value })),
    )
}

function actOnce(document: TokenDocument, random: Random, count: number): void {
  const places = placesOf(document)
  const sets = document.setNames()
  const place = places.length > 0 ? random.pick(places) : undefined
  const set = sets.length > 0 ? random.pick(sets) : undefined
  if (!set) return document.addSet(random.pick(setNames), { t: { $value: count, $type: 'number' } })
  const kind = random.int(100)
  if (place?.token && kind < 30) return document.update(place.set, place.path, randomFields(place.value, random, count))
  if (place && kind < 33 && place.token) return document.set(place.set, place.path, randomToken(random, count))
  if (place && kind < 43)
    return document.rename(place.set, place.path, [...place.path.slice(0, -1), random.pick(tokenNames)])
  if (place && kind < 46) {
    const group = random.pick(places.filter(({ token }) => !token).concat(place))
    return document.rename(place.set, place.path, [...group.path, random.pick(tokenNames)])
  }
  if (place && kind < 52) {
    const target = random.pick(places)
    const into = target.token ? target.path.slice(0, -1) : target.path
    return document.move(place.set, place.path, target.set, [...into, place.path.at(-1) as string])
  }
  if (kind < 62) return addToken(document, random, count, places, set)
  if (place && kind < 68) return document.remove(place.set, place.path)
  if (place && kind < 71) return reorder(document, random, place, places)
  return actOnRest(document, random, count, set, sets, kind)
}

function actOnRest(
  document: TokenDocument,
  random: Random,
  count: number,
  set: string,
  sets: readonly string[],
  kind: number,
): void {
  if (kind < 74) return document.renameSet(set, random.pick(setNames))
  if (kind < 77) return document.reorderSets(random.shuffle(sets).slice(0, 1 + random.int(sets.length)))
  if (kind < 79) return document.addSet(random.pick(setNames), { q: { $value: count, $type: 'number' } })
  if (kind < 80) return document.removeSet(set)
  if (kind < 83)
    return void document.setTheme({
      id: random.pick(themeIds),
      name: `theme ${count}`,
      selectedTokenSets: { [set]: random.pick(['source', 'enabled']) },
    })
  if (kind < 84) return void document.setTheme({ name: `theme ${count}`, selectedTokenSets: {} })
  if (kind < 85) return document.removeTheme(random.pick(themeIds))
  if (kind < 86) return document.reorderThemes(random.shuffle(themeIds))
  if (kind < 88)
    return document.import(changedFile(document.toText(), random, count), {
      mode: random.chance(0.5) ? 'merge' : 'replace',
    })
  if (kind < 95) return void document.undo()
  return void document.redo()
}

function addToken(document: TokenDocument, random: Random, count: number, places: readonly Place[], set: string): void {
  const groups = places.filter(({ token }) => !token)
  const parent = groups.length > 0 && random.chance(0.8) ? random.pick(groups) : { set, path: [] as readonly string[] }
  const path: TokenPath = [...parent.path, ...(random.chance(0.2) ? ['fresh'] : []), random.pick(tokenNames)]
  document.set(parent.set, path, randomToken(random, count))
}

function reorder(document: TokenDocument, random: Random, place: Place, places: readonly Place[]): void {
  const parent = place.path.slice(0, -1).join('\n')
  const siblings = places.filter(
    ({ set, path }) => set === place.set && path !== place.path && path.slice(0, -1).join('\n') === parent,
  )
  const name = siblings.length > 0 ? (random.pick(siblings).path.at(-1) as string) : undefined
  document.reorder(
    place.set,
    place.path,
    name === undefined ? {} : random.chance(0.5) ? { before: name } : { after: name },
  )
}

function randomToken(random: Random, count: number): JsonObject {
  if (random.chance(0.2)) return { $value: { fontSize: count, lineHeight: 1 }, $type: 'typography' }
  if (random.chance(0.1)) return { $value: [{ x: count }, { x: 2 }], $type: 'boxShadow' }
  return { $type: 'color', $value: `v${count}` }
}

function randomFields(token: JsonObject, random: Random, count: number): Record<string, unknown> {
  const { $value: value } = token as { $value?: unknown }
  switch (random.int(7)) {
    case 0:
      return { $description: `d${count}` }
    case 1:
      return { $description: undefined }
    case 2:
      return { $extensions: { [random.pick(['a', 'b'])]: count } }
    case 3:
      return { [random.pick(['zz', 'aa', '9', '10'])]: count }
    case 4:
      return { $value: Array.isArray(value) ? [...(value as unknown[]).slice(1), { x: count }] : `v${count}` }
    default:
      if (Array.isArray(value))
        return { $value: (value as unknown[]).map((item, i) => (i === 0 ? { x: count } : item)) }
      if (value !== null && typeof value === 'object')
        return { $value: { [random.pick(['fontSize', 'lineHeight'])]: count } }
      return { $value: `v${count}` }
  }
}

/** The file with some tokens changed, added and gone, saved a while later. */
function changedFile(text: string, random: Random, count: number): string {
  const file = JSON.parse(text) as { values: Record<string, unknown>; $metadata?: Record<string, unknown> }
  const change = (node: Record<string, unknown>): void => {
    for (const [name, child] of Object.entries(node)) {
      if (child === null || typeof child !== 'object' || Array.isArray(child) || name.startsWith('$')) continue
      if (!isTokenObject(child)) change(child as Record<string, unknown>)
      else if (random.chance(0.1)) delete node[name]
      else if (random.chance(0.2)) (child as Record<string, unknown>)['$value'] = `file ${count} ${random.int(3)}`
    }
    if (random.chance(0.15)) node[random.pick(tokenNames)] = { $value: `file ${count}`, $type: 'color' }
  }
  for (const set of Object.values(file.values)) change(set as Record<string, unknown>)
  file.$metadata ??= {}
  file.$metadata['updatedAt'] = new Date(Date.UTC(2026, 0, 1) + count * 3_600_000).toISOString()
  return JSON.stringify(file)
}
