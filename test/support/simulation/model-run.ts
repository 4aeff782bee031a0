/** One run of the model: the same teams, faults and check as with real documents, in a few milliseconds. */
import type { Row } from '../../../src/payload/plugin-rows.ts'
import type { Random } from '../random.ts'
import { createBinService, type BinService } from './bin-service.ts'
import { checkFates, type Ending } from './check.ts'
import { createLedger, type Ghost, type Ledger, marksIn } from './ledger.ts'
import { createModelDevice, type ModelBody, type ModelDevice, parse, sorted, writeOf } from './model-device.ts'
import type { ModelFact } from './model-document.ts'
import { createModelNetwork } from './model-network.ts'
import type { ModelEntry, SideItem } from './model-side.ts'
import type { Profile } from './profile.ts'
import type { RunResult } from './run.ts'
import { createScheduler, type Scheduler } from './scheduler.ts'

const minute = 60_000
const fewTokens = 7
const keys = Array.from({ length: 12 }, (_, at) => `/s/t${at}`)

export interface ModelRunOptions {
  readonly random: Random
  readonly profile: Profile
  readonly log?: (line: string) => void
}

export type ModelRunResult = Omit<RunResult, 'refusedSaves' | 'deviceSteps' | 'steps'>

export function runModel({ random, profile, log }: ModelRunOptions): ModelRunResult {
  const scheduler = createScheduler(log)
  const ledger = createLedger(scheduler.now, scheduler.note)
  const entities = new Map(keys.map((key) => [key, ledger.newEntity()]))
  const seed = seedFacts(ledger, entities)
  const rows = new Map(seed.map(({ key, text }): [string, Row] => [key, { $value: text }]))
  const ghosts = new Map(seed.map(({ text: mark }) => [mark, ledger.behind(mark, () => true)]))
  const text = JSON.stringify({
    marker: undefined,
    at: scheduler.wall() - minute,
    tokens: [...rows],
  } satisfies ModelBody)
  const service = createBinService(scheduler, random.fork('bin'), profile, { text, ghosts, unmarked: [] })
  const network = createModelNetwork(scheduler, random.fork('relay'), profile)
  const vector = new Map([['seed', seed.length]])
  const link: SideItem = {
    kind: 'snap',
    id: 'link',
    of: 'seen',
    rows,
    top: 1,
    vector,
    needs: vector,
    write: undefined,
    marker: undefined,
    t: 0,
    by: 'link',
  }
  let isDisturbed = false
  const devices = Array.from({ length: Math.max(profile.editors, profile.bridges) }, (_, at) =>
    createModelDevice({
      at,
      scheduler,
      random: random.fork(`device ${at}`),
      profile,
      service,
      network,
      ledger,
      hasBridge: at < profile.bridges,
      seed,
      link,
      isDisturbed: () => isDisturbed,
    }),
  )
  for (const device of devices) device.open()
  scheduler.runAllUntil(minute)

  isDisturbed = true
  service.disturb(true)
  let isActive = true
  const again = (own: Random, meanMs: number, run: () => void): void => {
    if (meanMs === 0) return
    const loop = (): void => {
      if (!isActive) return
      run()
      scheduler.after(500 - meanMs * Math.log(1 - own.next()), loop)
    }
    scheduler.after((-meanMs * Math.log(1 - own.next())) / 3, loop)
  }
  for (const device of devices.slice(0, profile.editors)) {
    const own = random.fork(`editor ${device.name}`)
    again(own, profile.editorGapMs / 2.5, () => {
      if (device.isUp) editModel(device, own, ledger, entities, profile.reverts)
    })
  }
  for (const device of devices) {
    const own = random.fork(`mishaps ${device.name}`)
    again(own, profile.crashGapMs, () => device.crash())
    again(own, profile.partitionGapMs, () => {
      network.cut(device.member)
      scheduler.after(5_000 + own.int(own.chance(0.1) ? 20 * minute : 50_000), () => network.connect(device.member))
    })
  }
  for (let at = 0; at < profile.plugins; at++) {
    const own = random.fork(`plugin ${at}`)
    const plugin = createModelPlugin(`plugin ${at}`, { scheduler, random: own, profile, service, ledger, entities })
    again(own, profile.pullGapMs, plugin.pull)
    again(own, profile.pluginGapMs, plugin.work)
  }
  for (let at = 0; at < profile.hands; at++) {
    const own = random.fork(`hand ${at}`)
    again(own, 4 * minute, () =>
      editByHand(`hand ${at}`, { scheduler, random: own, profile, service, ledger, entities }),
    )
  }
  scheduler.runAllUntil(minute + profile.activeMs)
  isActive = false
  scheduler.runAllUntil(scheduler.now() + 90_000)
  isDisturbed = false
  service.disturb(false)
  // A budget used up by faults refills in minutes.
  for (let round = 0; round < 6 || (round < 15 && !devices.every(isAtRest)); round++) {
    for (const device of devices) {
      device.open()
      network.connect(device.member)
      device.retry()
    }
    scheduler.runAllUntil(scheduler.now() + minute + 7_000)
  }
  const putsBefore = service.puts.length
  scheduler.runAllUntil(scheduler.now() + 2 * minute)
  return account(devices, service, ledger, entities, scheduler, service.puts.length - putsBefore)
}

/** A poll may be under way. */
function isAtRest({ phase }: ModelDevice): boolean {
  return ['clean', 'settling', 'standby', 'unlinked', 'reading'].includes(phase)
}

function seedFacts(ledger: Ledger, entities: ReadonlyMap<string, number>): ModelFact[] {
  return [...entities].map(([key, entity], at) => {
    const { mark } = ledger.add({ kind: 'value', by: 'file', author: 'file', over: [], entity, arrival: new Map() })
    return { lane: 'seed', n: at + 1, key, field: '$value', text: mark, t: 1, seen: undefined, erases: new Set() }
  })
}

function marksOf(text: string): readonly string[] {
  return [...marksIn(text)]
}

function editModel(
  { document, ...device }: ModelDevice,
  random: Random,
  ledger: Ledger,
  entities: Map<string, number>,
  reverts: number,
): void {
  const rows = document.rows()
  const shown = [...rows.keys()]
  const draw = random.next()
  if (shown.length === 0) return
  const add = (kind: 'value' | 'deletion', key: string, over: readonly number[], mark?: string): [string, number] => {
    const entity = entities.get(key)!
    const ghost = ledger.add({ kind, by: device.name, author: 'editor', over, entity, mark })
    return [ghost.mark, ghost.id]
  }
  const behind = (facts: readonly ModelFact[]): number[] =>
    facts.flatMap(({ text }) => marksOf(text).flatMap((mark) => [...ledger.behind(mark, document.covers)]))
  if (draw < 0.05 && shown.length > fewTokens) {
    const key = random.pick(shown)
    const over = behind(document.factsOf(key))
    device.erase(key, add('deletion', key, over)[1])
    return
  }
  if (draw < 0.1) {
    const key = `/s/n${entities.size}`
    entities.set(key, ledger.newEntity())
    device.edit(key, '$value', ...add('value', key, []))
    return
  }
  const key = random.pick(shown)
  const field = random.chance(0.2) ? '$description' : '$value'
  const standing = document.standing(key, field)
  const earlier = standing[0] && random.chance(reverts) ? ledger.earlier(standing[0].text) : []
  const mark = earlier.length > 0 ? random.pick(earlier) : undefined
  device.edit(key, field, ...add('value', key, behind(standing), mark))
}

interface WriterParts {
  readonly scheduler: Scheduler
  readonly random: Random
  readonly profile: Profile
  readonly service: BinService
  readonly ledger: Ledger
  readonly entities: Map<string, number>
}

function createModelPlugin(name: string, parts: WriterParts): { readonly pull: () => void; readonly work: () => void } {
  const { scheduler, random, profile, service, ledger, entities } = parts
  let rows: Map<string, Row> | undefined
  let ghosts = new Map<string, ReadonlySet<number>>()
  let unmarked: number[] = []

  const over = (row: Row | undefined, field?: string): number[] =>
    Object.entries(row ?? {}).flatMap(([each, text]) =>
      field === undefined || each === field ? marksOf(text).flatMap((mark) => [...(ghosts.get(mark) ?? [])]) : [],
    )
  const make = (kind: 'value' | 'deletion', key: string, replaced: readonly number[], earlier?: string): string => {
    const entity = entities.get(key)!
    const ghost = ledger.add({ kind, by: name, author: 'plugin', over: replaced, entity, mark: earlier })
    if (kind === 'deletion') unmarked.push(ghost.id)
    else ghosts.set(ghost.mark, new Set([ghost.id]))
    return ghost.mark
  }
  const edit = (): void => {
    if (!rows) return
    const shown = [...rows.keys()]
    const draw = random.next()
    if (draw < 0.06 && shown.length > fewTokens) {
      const key = random.pick(shown)
      make('deletion', key, over(rows.get(key)))
      rows.delete(key)
    } else if (draw < 0.12 || shown.length === 0) {
      const key = `/s/n${entities.size}`
      entities.set(key, ledger.newEntity())
      rows.set(key, { $value: make('value', key, []) })
    } else {
      const key = random.pick(shown)
      const field = random.chance(0.2) ? '$description' : '$value'
      const row = rows.get(key)
      const text = row?.[field]
      const earlier = text !== undefined && random.chance(profile.reverts) ? ledger.earlier(text) : []
      rows.set(key, { ...row, [field]: make('value', key, over(row, field), earlier[0]) })
    }
  }
  const push = (): void => {
    if (!rows) return
    const at = scheduler.wall()
    const tokens = [...rows]
    const text = JSON.stringify({ marker: undefined, at, tokens } satisfies ModelBody)
    const marks = marksIn(text)
    const copy = { text, ghosts: new Map([...ghosts].filter(([mark]) => marks.has(mark))), unmarked: [...unmarked] }
    const put = (tries: number): void =>
      service.request(name, copy, (answer) => {
        if (answer.kind === 'silence' && tries < 3) scheduler.after(1_000 * tries, () => put(tries + 1))
      })
    service.request(name, null, (answer) => {
      if (answer.kind === 'ok' && parse(answer.text)) put(1)
    })
  }
  return {
    pull: () =>
      service.request(name, null, (answer) => {
        const body = answer.kind === 'ok' ? parse(answer.text) : undefined
        if (!body || answer.kind !== 'ok' || body.tokens.length === 0) return
        rows = new Map(body.tokens)
        ghosts = new Map(answer.copy.ghosts)
        unmarked = [...answer.copy.unmarked]
      }),
    work: () => {
      if (!random.chance(0.08)) for (let each = random.int(2); each >= 0; each--) edit()
      push()
      if (random.chance(profile.doubleSave)) {
        scheduler.after(80 + random.int(800), () => {
          edit()
          push()
        })
      }
    },
  }
}

function editByHand(name: string, { scheduler, random, service, ledger, entities, profile }: WriterParts): void {
  service.request(name, null, (answer) => {
    const body = answer.kind === 'ok' ? parse(answer.text) : undefined
    if (!body || answer.kind !== 'ok' || body.tokens.length === 0) return
    const { copy } = answer
    scheduler.after(500 + random.int(20_000), () => {
      const [key, row] = random.pick(body.tokens)
      const old = row['$value'] ?? ''
      const earlier = random.chance(profile.reverts) ? ledger.earlier(old)[0] : undefined
      const over = copy.ghosts.get(old) ?? []
      const ghost = ledger.add({
        kind: 'value',
        by: name,
        author: 'hand',
        over,
        entity: entities.get(key)!,
        mark: earlier,
      })
      const tokens = body.tokens.map(
        ([each, its]) => [each, each === key ? { ...its, $value: ghost.mark } : its] as const,
      )
      const ghosts = new Map([...copy.ghosts, [ghost.mark, new Set([ghost.id])]])
      if (old !== ghost.mark) ghosts.delete(old)
      service.request(name, { ...copy, text: JSON.stringify({ ...body, tokens }), ghosts }, () => undefined)
    })
  })
}

function account(
  devices: readonly ModelDevice[],
  service: BinService,
  ledger: Ledger,
  entities: ReadonlyMap<string, number>,
  scheduler: Scheduler,
  late: number,
): ModelRunResult {
  const { document, side } = devices[0]!
  const rows = document.rows()
  const merges = [...side.items.values()].filter((item): item is SideItem & ModelEntry => item.kind === 'merge')
  const journal = new Map<string, number>()
  for (const { id, replaced, kept } of merges)
    for (const mark of marksIn(JSON.stringify([replaced, kept])))
      journal.set(mark, Math.max(journal.get(mark) ?? 0, ledger.entryAt(id) ?? 0))
  const beside = [...rows].flatMap(([key, row]) =>
    Object.keys(row).flatMap((field) =>
      document
        .standing(key, field)
        .slice(1)
        .map(({ text }) => text),
    ),
  )
  const ending: Ending = {
    current: marksIn(JSON.stringify([...rows])),
    conflicts: marksIn(JSON.stringify(beside)),
    journal,
    keptDeletions: new Set(merges.flatMap(({ keptDeletions }) => keptDeletions.map((key) => entities.get(key)))),
  }
  const writes = new Set([...side.items.values()].flatMap((item) => (item.kind === 'snap' ? [item.write] : [])))
  const files = [...ledger.files.keys()].filter(({ text: each }) => {
    const body = parse(each)
    return body && writes.has(writeOf(body))
  })
  const hasReached = ({ arrivals }: Ghost): boolean => arrivals.some(document.covers)
  const fates = checkFates({ ledger, ending, files, hasReached })

  const wrong: string[] = []
  const text = JSON.stringify(sorted(rows))
  for (const device of devices) {
    if (JSON.stringify(sorted(device.document.rows())) !== text) wrong.push(`L1: ${device.name} shows other tokens`)
    if (!isAtRest(device)) wrong.push(`L4: ${device.name} ends ${device.phase}`)
  }
  const inBin = parse(service.latest.text)?.tokens ?? []
  if (JSON.stringify(sorted(new Map(inBin))) !== text) wrong.push('L2: the bin differs from the document')
  if (ledger.unexplained > 0) wrong.push(`I3: ${ledger.unexplained} values of unknown origin`)
  if (late > 0) wrong.push(`I9: ${late} writes while nothing happened`)
  const { bridgeReads, bridgeWrites } = service.requests
  return {
    ...fates,
    edits: ledger.ghosts.filter(({ author }) => author !== 'file').length,
    foreignEdits: ledger.ghosts.filter(({ author }) => author === 'plugin' || author === 'hand').length,
    merges: merges.length,
    crashes: devices.reduce((sum, { crashes }) => sum + crashes, 0),
    requests: bridgeReads + bridgeWrites,
    simulatedMs: scheduler.now(),
    trace: scheduler.trace(),
    wrong,
  }
}
