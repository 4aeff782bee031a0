/**
 * Random work of a whole team on one bin: editors, plugins that save what they pulled long ago, people who edit the bin's JSON by
 * hand; with crashes, lost connections and failing requests where asked for. What must not be is for the ledger to say.
 */
import { factAccessOf } from '../../src/doc/fact-access.ts'
import { createBridgeWorld, type Device, type World } from './bridge-world.ts'
import type { BinFault } from './bridge-world-bin.ts'
import { addSet, addToken, deleteToken, renameSet, renameToken } from './plugin-edits.ts'
import type { PluginToken } from './plugin-emulator.ts'
import type { Random } from './random.ts'
import { checkGhosts, createLedger, type Ghost, type GhostRun, type Ledger, marksIn } from './scenario-ghosts-ledger.ts'
import { openPlugin } from './scenario-plugin.ts'
import { worldFile } from './scenario-tokens.ts'

export interface GhostRunOptions {
  readonly seed: number
  readonly random: Random
  readonly devices?: number
  readonly plugins?: number
  readonly lease?: boolean
  readonly faults?: boolean
  readonly steps?: number
  /** For looking into a seed: every ghost as it is made, and the journal at the end. */
  readonly trace?: (line: string) => void
  readonly onEnd?: (world: World) => void
}

export async function runGhosts(options: GhostRunOptions): Promise<GhostRun> {
  const {
    seed,
    random,
    devices: count = 2,
    plugins: pluginCount = 1,
    lease = false,
    faults = false,
    steps = 40,
  } = options
  const trace = options.trace ?? (() => undefined)
  const ledger = createLedger(({ by, kind, mark, name, over }) => {
    trace(`${by} ${kind} ${mark} ${name} over ${[...over].join()}`)
  })
  const file = withMarks(worldFile, ledger)
  const world = await createBridgeWorld({ seed, file, devices: count, lease, relayMs: faults ? 120 : 20 })
  const plugins = Array.from({ length: pluginCount }, (_, at) => createGhostPlugin(world, `plugin ${at}`, ledger))
  let crashes = 0
  if (faults) {
    world.bins.latencyMs = 150
    world.bins.drawFault = () => drawFault(random)
  }
  for (const device of world.devices) device.skewMs = faults ? random.int(60_000) - 30_000 : 0

  for (let at = 0; at < steps; at++) {
    const actor = random.next()
    if (actor < 0.6) {
      const device = random.pick(world.devices)
      if (device.isUp) for (let burst = random.int(3); burst >= 0; burst--) editDocument(device, random, ledger)
    } else if (actor < 0.9) random.pick(plugins).act(random)
    else if (actor < 0.95) editByHandKeepingMarker(world, random, ledger)
    else random.pick(plugins).pull()
    if (faults) crashes += disturb(world, random)
    await world.pass(500 + random.int(random.chance(0.2) ? 60_000 : 8_000))
  }

  world.bins.drawFault = undefined
  world.bins.latencyMs = 0
  for (const device of world.devices) {
    device.crashAt = null
    if (!device.isUp) device.restart()
    device.goOnline()
  }
  for (let round = 0; round < 4; round++) {
    await world.settle()
    // Whoever is asked keeps the tokens: what is held stands in the journal.
    for (const { bridge } of world.devices) {
      const { state } = bridge.status
      if (state.kind !== 'blocked' || state.reason !== 'mass-change') continue
      await Promise.all([bridge.takeExit('keep-ours'), world.pass(1_000)])
    }
  }
  options.onEnd?.(world)
  const result = checkGhosts(world, ledger, crashes)
  for (const { at, summary, values } of world.devices[0]!.bridge.journal.entries().toReversed()) {
    trace(`${at % 10_000_000} ${summary}`)
    for (const value of values) trace(`    ${JSON.stringify(value)}`)
  }
  await world.close()
  return result
}

function drawFault(random: Random): BinFault | undefined {
  const draw = random.next()
  if (draw < 0.01) return 'drop'
  if (draw < 0.025) return 'lost'
  if (draw < 0.035) return 'late'
  if (draw < 0.05) return 'stale'
  if (draw < 0.055) return 'garbage'
  return draw < 0.075 ? 'unavailable' : undefined
}

function disturb(world: World, random: Random): number {
  const device = random.pick(world.devices)
  const draw = random.next()
  if (!device.isUp) {
    if (random.chance(0.5)) device.restart()
    return 0
  }
  if (draw < 0.04) device.restart()
  else if (draw < 0.1) device.crashAt = random.pick(['side stored', 'facts written', 'body stored'] as const)
  else if (draw < 0.16) device.goOffline()
  else if (draw < 0.4) device.goOnline()
  return draw < 0.1 ? 1 : 0
}

/** The file with a ghost for each of its values: they, too, must not be lost. */
function withMarks(text: string, ledger: Ledger): string {
  const ghost = (): string => ledger.add({ kind: 'value', by: 'file', over: [], observed: true }).mark
  return text.replace(
    /("(?:\$?value|\$description|fontSize|lineHeight|fontWeight)":)"[^"]*"/g,
    (_, key: string) => `${key}"${ghost()}"`,
  )
}

// ---- editors ---------------------------------------------------------------------------------------------------------

type TokenPlace = readonly [set: string, path: readonly string[], token: Readonly<Record<string, unknown>>]

function tokensOf({ document }: Device): TokenPlace[] {
  return document
    .setNames()
    .flatMap((set) =>
      document
        .outline(set)
        .flatMap(({ kind, path, value }): TokenPlace[] => (kind === 'token' ? [[set, path, value as never]] : [])),
    )
}

function editDocument(device: Device, random: Random, ledger: Ledger): void {
  const { document, name: by } = device
  if (document.state !== 'whole') return
  const tokens = tokensOf(device)
  if (tokens.length === 0) return
  const [set, path, token] = random.pick(tokens)
  const draw = random.next()
  const seen = (field: unknown): string[] => [...marksIn(JSON.stringify(field ?? '')), ...contested(device, set, path)]
  const about = marksIn(JSON.stringify([token, path]))
  const add = (kind: Ghost['kind'], over: Iterable<string>, name = ''): string =>
    ledger.add({ kind, by, over, about, name, observed: true }).mark
  if (draw < 0.06 && tokens.length > 6) {
    add('deletion', seen([token, path.at(-1)]), path.at(-1))
    document.remove(set, path)
  } else if (draw < 0.14) {
    const label = add('name', [])
    document.set(set, [...path.slice(0, -1), label], { $type: 'other', $value: add('value', []) })
  } else if (draw < 0.2) {
    document.rename(set, path, [...path.slice(0, -1), add('name', seen(path.at(-1)))])
  } else if (draw < 0.23) {
    const names = document.setNames()
    const from = random.pick(names)
    document.renameSet(from, add('name', [...marksIn(from), ...contested(device, from, [])]))
  } else if (draw < 0.26) {
    document.reorderSets(random.shuffle(document.setNames()))
  } else if (draw < 0.3) {
    const theme = random.pick(document.getSnapshot().$themes) as
      | { readonly id: string; readonly name: string }
      | undefined
    if (theme)
      document.setTheme({
        id: theme.id,
        name: add('value', [...marksIn(theme.name), ...contested(device, null, [theme.id])]),
      })
  } else if (draw < 0.4) {
    const key = 'value' in token ? 'description' : '$description'
    document.update(set, path, { [key]: add('value', [...seen(token[key]), ...standing(device, set, path, [key])]) })
  } else {
    const key = 'value' in token ? 'value' : '$value'
    const value = token[key]
    const part = typeof value === 'object' && value !== null ? random.pick(Object.keys(value)) : undefined
    const old = part === undefined ? value : (value as Record<string, unknown>)[part]
    const register = part === undefined ? [key] : [key, part]
    const mark = add('value', [...seen(old), ...standing(device, set, path, register)])
    document.update(set, path, { [key]: part === undefined ? mark : { [part]: mark } })
  }
}

/** What stands beside the value, unseen by its author: who writes the field settles it. */
function contested({ document }: Device, set: string | null, path: readonly string[]): Iterable<string> {
  const here = document.conflicts.filter((each) => each.set === set && each.path.join() === path.join())
  return marksIn(JSON.stringify(here))
}

/** Every text in the field's register, those that lost included: a write erases them all. */
function standing(
  { document }: Device,
  set: string,
  path: readonly string[],
  field: readonly string[],
): Iterable<string> {
  const access = factAccessOf(document)
  const node = [set, ...path].reduce<string | undefined>(
    (id, name) => (id === undefined ? undefined : access.childOf(id, name)),
    access.setsId,
  )
  return node === undefined ? [] : marksIn(access.layerTexts([node, ...field].join('/')).join())
}

// ---- blind writers ---------------------------------------------------------------------------------------------------

interface GhostPlugin {
  act(random: Random): void
  pull(): void
}

function createGhostPlugin(world: World, by: string, ledger: Ledger): GhostPlugin {
  const plugin = openPlugin(world)
  let line: Ghost[] = []
  const pull = (): void => {
    try {
      plugin.pull()
    } catch {
      return
    }
    line = [...(ledger.lines.get(world.bins.read()) ?? [])]
  }
  let about: ReadonlySet<string> = new Set()
  const ghost = (kind: Ghost['kind'], over: Iterable<string>, name = ''): string => {
    const made = ledger.add({ kind, by, over, about, name, observed: false })
    line.push(made)
    return made.mark
  }
  return {
    pull,
    act: (random) => {
      const { model } = plugin
      const sets = [...model.sets].filter(([, tokens]) => tokens.length > 0)
      const [set, tokens] = random.pick(sets)
      const token = random.pick(tokens)
      about = marksIn(JSON.stringify(token))
      const draw = random.next()
      const total = sets.reduce((sum, [, each]) => sum + each.length, 0)
      if (draw < 0.07 && total > 6) {
        ghost('deletion', marksIn(JSON.stringify(token)), token.name.split('.').at(-1))
        deleteToken(model, set, token.name)
      } else if (draw < 0.15) {
        const group = token.name.split('.').slice(0, -1)
        addToken(model, set, {
          name: [...group, ghost('name', [])].join('.'),
          type: 'other',
          value: ghost('value', []),
        })
      } else if (draw < 0.2) {
        const parts = token.name.split('.')
        const label = ghost('name', marksIn(parts.at(-1) ?? ''))
        // Now and then into another group of its set.
        const beside = random.chance(0.3) ? random.pick(tokens).name.split('.') : parts
        renameToken(model, set, token.name, [...beside.slice(0, -1), label].join('.'))
      } else if (draw < 0.23) {
        const name = ghost('name', [])
        addSet(model, name)
        addToken(model, name, { name: 'first', type: 'other', value: ghost('value', []) })
      } else if (draw < 0.25) {
        renameSet(model, set, ghost('name', marksIn(set)))
      } else if (draw < 0.29 && model.themes.length > 0) {
        const theme = random.pick(model.themes)
        Object.assign(theme, { name: ghost('value', marksIn(theme.name)) })
      } else if (draw < 0.95) {
        editPluginToken(token, random, ghost)
      }
      if (random.chance(0.3)) model.format = random.pick(['dtcg', 'legacy'] as const)
      const text = plugin.save()
      ledger.lines.set(text, [...line])
      if (random.chance(0.15)) world.bins.put(text)
      if (random.chance(0.25)) pull()
    },
  }
}

function editPluginToken(
  token: PluginToken,
  random: Random,
  ghost: (kind: Ghost['kind'], over: Iterable<string>) => string,
): void {
  if (random.chance(0.2)) {
    token.description = ghost('value', marksIn(token.description ?? ''))
    return
  }
  const { value } = token
  if (typeof value !== 'object' || value === null) {
    token.value = ghost('value', marksIn(String(value)))
    return
  }
  const part = random.pick(Object.keys(value))
  const parts = value as Record<string, unknown>
  token.value = { ...parts, [part]: ghost('value', marksIn(String(parts[part]))) }
}

/** Reads the bin and writes it back at once with one value changed; our marker stays in it. */
function editByHandKeepingMarker(world: World, random: Random, ledger: Ledger): void {
  const text = world.bins.read()
  const values = [...text.matchAll(/"\$?value":"([^"{}]+)"/g)]
  if (values.length === 0) return
  const [whole, old] = random.pick(values)
  const made = ledger.add({ kind: 'value', by: 'hand', over: marksIn(old ?? ''), observed: false })
  const edited = text.replace(whole, whole.replace(`"${old}"`, `"${made.mark}"`))
  ledger.lines.set(edited, [...(ledger.lines.get(text) ?? []), made])
  world.bins.put(edited, 'hand')
}
