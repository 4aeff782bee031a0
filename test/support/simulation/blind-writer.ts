/** A designer's plugin: pulls the whole file, keeps it for as long as it likes, and saves all of it over whatever is there. */
import { addSet, addToken, deleteSet, deleteToken, renameSet, renameToken } from '../plugin-edits.ts'
import { type PluginModel, pluginPull, PluginRefusal, type PluginToken, pluginWrite } from '../plugin-emulator.ts'
import type { Random } from '../random.ts'
import { type Answer, type BinService } from './bin-service.ts'
import { type Copy, type GhostKind, type Ledger, marksIn } from './ledger.ts'
import type { Profile } from './profile.ts'
import type { Scheduler } from './scheduler.ts'

export interface BlindWriter {
  readonly counts: { saves: number; refused: number; failed: number }
  /** Pulls now and then, edits and saves, until `stop`. */
  start(): void
  stop(): void
}

export interface BlindWriterParts {
  readonly name: string
  readonly scheduler: Scheduler
  readonly random: Random
  readonly profile: Profile
  readonly service: BinService
  readonly ledger: Ledger
}

const fewTokens = 8
const fetchTries = 3

export function createPlugin(parts: BlindWriterParts): BlindWriter {
  const { name, scheduler, random, profile, service } = parts
  const skewMs = profile.skewMs === 0 ? 0 : random.int(2 * profile.skewMs) - profile.skewMs
  const counts = { saves: 0, refused: 0, failed: 0 }
  let desk: PluginDesk | undefined
  let isAtWork = false

  const stamp = (): string => new Date(scheduler.wall() + skewMs).toISOString()
  const exponential = (meanMs: number): number => -meanMs * Math.log(1 - random.next())
  const again = (meanMs: number, run: () => void): void => {
    const loop = (): void => {
      if (!isAtWork) return
      run()
      scheduler.after(exponential(meanMs), loop)
    }
    scheduler.after(exponential(meanMs) / 4, loop)
  }

  const pull = (): void =>
    service.request(name, null, (answer) => {
      const model = answer.kind === 'ok' ? modelOf(answer.text, stamp()) : undefined
      if (model && answer.kind === 'ok') desk = openDesk(parts, model, answer.copy)
    })
  /** `GET`, then `PUT` without waiting for a save under way; only silence is tried again. */
  const push = (): void => {
    const holding = desk
    if (!holding) return
    counts.saves++
    const updatedAt = stamp()
    service.request(name, null, (answer) => {
      const remote = answer.kind === 'ok' ? modelOf(answer.text, updatedAt) : undefined
      if (!remote) {
        counts.failed++
        return
      }
      holding.model.format = random.chance(0.2) ? random.pick(['dtcg', 'legacy'] as const) : remote.format
      if (!(new Date(remote.updatedAt) < new Date(updatedAt))) {
        counts.refused++
        return
      }
      const copy = holding.copy(updatedAt)
      const put = (tries: number): void =>
        service.request(name, copy, (result: Answer) => {
          if (result.kind === 'silence' && tries < fetchTries) scheduler.after(1_000 * tries, () => put(tries + 1))
          else if (result.kind !== 'ok') counts.failed++
        })
      put(1)
    })
  }
  const work = (): void => {
    if (!desk) return
    if (!random.chance(0.08)) for (let edit = random.int(2); edit >= 0; edit--) desk.edit()
    push()
    if (!random.chance(profile.doubleSave)) return
    scheduler.after(80 + random.int(800), () => {
      if (!isAtWork) return
      desk?.edit()
      push()
    })
  }

  return {
    counts,
    start: () => {
      isAtWork = true
      pull()
      again(profile.pluginGapMs, work)
      again(profile.pullGapMs, pull)
    },
    stop: () => {
      isAtWork = false
    },
  }
}

function modelOf(text: string, now: string): PluginModel | undefined {
  try {
    return pluginPull(JSON.parse(text), now)
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof PluginRefusal) return undefined
    throw error
  }
}

/** What a plugin holds, with the ghosts behind it. */
export interface PluginDesk {
  readonly model: PluginModel
  edit(): void
  copy(updatedAt: string): Copy
}

export function openDesk(
  { name, random, profile, ledger }: Pick<BlindWriterParts, 'name' | 'random' | 'profile' | 'ledger'>,
  model: PluginModel,
  pulled: Copy,
): PluginDesk {
  const ghosts = new Map(pulled.ghosts)
  // None in a bridge's body; another plugin's may hold what no bridge ever saw.
  const unmarked = [...pulled.unmarked]

  const over = (...texts: readonly unknown[]): number[] =>
    [...marksIn(JSON.stringify(texts))].flatMap((mark) => [...(ghosts.get(mark) ?? [])])
  const make = (kind: GhostKind, entity: number, replaced: readonly number[], earlier?: string): string => {
    const ghost = ledger.add({ kind, by: name, author: 'plugin', over: replaced, entity, mark: earlier })
    if (kind === 'deletion' || kind === 'touch') unmarked.push(ghost.id)
    else ghosts.set(ghost.mark, new Set([ghost.id]))
    return ghost.mark
  }
  const earlierOf = (text: unknown): string | undefined => {
    if (typeof text !== 'string' || !random.chance(profile.reverts)) return undefined
    const earlier = ledger.earlier(text)
    return earlier.length === 0 ? undefined : random.pick(earlier)
  }
  const entityOf = (...texts: readonly unknown[]): number => {
    const [mark] = marksIn(JSON.stringify(texts))
    return (mark === undefined ? undefined : ledger.entityOf(mark)) ?? -1
  }
  const remove = (set: string, token: PluginToken): void => void make('deletion', entityOf(token), over(set, token))

  const edit = (): void => {
    const sets = [...model.sets].filter(([, tokens]) => tokens.length > 0)
    if (sets.length === 0) return
    const [set, tokens] = random.pick(sets)
    const token = random.pick(tokens)
    const parts = token.name.split('.')
    const total = sets.reduce((sum, [, each]) => sum + each.length, 0)
    const draw = random.next()
    if (draw < 0.06 && total > fewTokens) {
      remove(set, token)
      deleteToken(model, set, token.name)
    } else if (draw < 0.12) {
      const entity = ledger.newEntity()
      const label = make('name', entity, [])
      const group = parts.slice(0, -1)
      addToken(model, set, { name: [...group, label].join('.'), type: 'other', value: make('value', entity, []) })
    } else if (draw < 0.17) {
      const label = make('name', entityOf(token), over(parts.at(-1)))
      renameToken(model, set, token.name, [...parts.slice(0, -1), label].join('.'))
    } else if (draw < 0.185 && parts.length > 1) {
      const group = parts.slice(0, -1)
      const label = make('name', -1, over(group.at(-1)))
      const to = [...group.slice(0, -1), label]
      for (const { name: each } of tokens.filter((other) => other.name.startsWith(`${group.join('.')}.`)))
        renameToken(model, set, each, [...to, ...each.split('.').slice(group.length)].join('.'))
    } else if (draw < 0.195) {
      const added = make('name', -1, [])
      addSet(model, added)
      addToken(model, added, { name: 'first', type: 'other', value: make('value', ledger.newEntity(), []) })
    } else if (draw < 0.21) renameSet(model, set, make('name', -1, over(set)))
    else if (draw < 0.215 && sets.length > 2 && total - tokens.length > fewTokens) {
      for (const each of tokens) remove(set, each)
      deleteSet(model, set)
    } else if (draw < 0.225) model.sets = new Map(random.shuffle([...model.sets]))
    else if (draw < 0.26 && model.themes.length > 0) {
      const theme = random.pick(model.themes)
      const mark = make('value', entityOf(theme.name), over(theme.name), earlierOf(theme.name))
      Object.assign(theme, { name: mark })
    } else if (draw < 0.265 && model.themes.length > 1) {
      const [theme] = model.themes
      make('deletion', entityOf(theme!.name), over(theme!.name))
      model.themes = model.themes.slice(1)
    } else if (draw < 0.28) {
      make('touch', entityOf(token), [])
      token.type = random.pick(['color', 'dimension', 'opacity', 'other'])
    } else editValue(token)
  }
  const editValue = (token: PluginToken): void => {
    const change = (text: unknown): string => make('value', entityOf(token), over(text ?? null), earlierOf(text))
    const { value } = token
    if (random.chance(0.15)) token.description = change(token.description)
    else if (typeof value !== 'object' || value === null) token.value = change(value)
    else {
      const part = random.pick(Object.keys(value))
      token.value = { ...value, [part]: change((value as Record<string, unknown>)[part]) }
    }
  }

  return {
    model,
    edit,
    copy: (updatedAt) => {
      const text = pluginWrite(model, updatedAt)
      const marks = marksIn(text)
      return { text, ghosts: new Map([...ghosts].filter(([mark]) => marks.has(mark))), unmarked: [...unmarked] }
    },
  }
}

/** Somebody on the vendor's page, or a script: changes one value of the JSON text, keeps our marker and the date. */
export function createHand({ name, scheduler, random, profile, service, ledger }: BlindWriterParts): BlindWriter {
  const counts = { saves: 0, refused: 0, failed: 0 }
  let isAtWork = false

  const work = (): void => {
    if (!isAtWork) return
    scheduler.after(-4 * 60_000 * Math.log(1 - random.next()), work)
    service.request(name, null, (answer) => {
      if (answer.kind !== 'ok') return
      const values = [...answer.text.matchAll(/"\$?value":"(g\d+x)"/g)]
      if (values.length === 0) return
      const [whole, old] = random.pick(values) as unknown as [string, string]
      const earlier = random.chance(profile.reverts) ? ledger.earlier(old)[0] : undefined
      scheduler.after(500 + random.int(20_000), () => {
        const replaced = answer.copy.ghosts.get(old) ?? []
        const entity = ledger.entityOf(old) ?? -1
        const ghost = ledger.add({ kind: 'value', by: name, author: 'hand', over: replaced, entity, mark: earlier })
        const text = answer.text.replace(whole, whole.replace(old, ghost.mark))
        const ghosts = new Map([...answer.copy.ghosts, [ghost.mark, new Set([ghost.id])]])
        if (!text.includes(`"${old}"`)) ghosts.delete(old)
        counts.saves++
        service.request(name, { ...answer.copy, text, ghosts }, () => undefined)
      })
    })
  }
  return {
    counts,
    start: () => {
      isAtWork = true
      scheduler.after(random.int(4 * 60_000), work)
    },
    stop: () => {
      isAtWork = false
    },
  }
}
