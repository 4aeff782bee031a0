/** A person at work on a device's document: what they see before each edit is what its ghost remembers. */
import { factAccessOf, type FactAccess } from '../../../src/doc/fact-access.ts'
import type { Random } from '../random.ts'
import type { Device } from './device.ts'
import { type GhostKind, holds, type Ledger, marksIn, ownVector } from './ledger.ts'

interface Shown {
  readonly set: string
  readonly path: readonly string[]
  readonly token: Readonly<Record<string, unknown>>
  readonly node: string
}

/** Where somebody sits. */
export type EditorSeat = Pick<Device, 'name' | 'document' | 'ydoc' | 'isUp' | 'bridge'>

interface Desk {
  readonly device: EditorSeat
  readonly random: Random
  readonly ledger: Ledger
  readonly access: FactAccess
  readonly tokens: readonly Shown[]
  readonly reverts: number
}

const fewTokens = 8

export function editDocument(device: EditorSeat, random: Random, ledger: Ledger, reverts: number): void {
  const { document } = device
  if (document.state !== 'whole') return
  const access = factAccessOf(document)
  const tokens = tokensOf(device, access)
  if (tokens.length === 0) return
  const desk: Desk = { device, random, ledger, access, tokens, reverts }
  let draw = random.next()
  for (const [chance, edit] of edits) if ((draw -= chance) < 0) return edit(desk)
  editField(desk)
}

const edits: readonly (readonly [chance: number, edit: (desk: Desk) => void])[] = [
  [0.05, removeToken],
  [0.06, createToken],
  [0.05, renameToken],
  [0.02, renameGroup],
  [0.015, moveToken],
  [0.015, renameSet],
  [0.01, addSet],
  [0.005, removeSet],
  [0.015, ({ device, random }) => device.document.reorderSets(random.shuffle(device.document.setNames()))],
  [0.035, editTheme],
  [0.01, ({ device, random }) => device.document.reorderThemes(random.shuffle(themesOf(device).map(({ id }) => id)))],
  [0.02, changeType],
  [0.03, useTheirs],
]

function tokensOf({ document }: EditorSeat, access: FactAccess): Shown[] {
  return document.setNames().flatMap((set) =>
    document.outline(set).flatMap(({ kind, path, value }): Shown[] => {
      if (kind !== 'token') return []
      const node = nodeAt(access, [set, ...path])
      return node === undefined ? [] : [{ set, path, token: value as Shown['token'], node }]
    }),
  )
}

function nodeAt(access: FactAccess, names: readonly string[]): string | undefined {
  return names.reduce<string | undefined>(
    (id, name) => (id === undefined ? undefined : access.childOf(id, name)),
    access.setsId,
  )
}

/** Ghosts behind all marks that stand there: whoever writes the register has had them before their eyes, or as a conflict. */
function seen({ ledger, device }: Desk, ...texts: readonly unknown[]): number[] {
  return [...marksIn(JSON.stringify(texts))].flatMap((mark) => [
    ...ledger.behind(mark, (vector) => holds(device.ydoc, vector)),
  ])
}

interface Edit {
  readonly kind: GhostKind
  readonly entity: number
  readonly over: Iterable<number>
  /** An earlier mark to go back to. */
  readonly mark?: string | undefined
}

/** Writes under new ghosts, which arrive wherever all that this replica made so far arrives. */
function write(desk: Desk, made: readonly Edit[], run: (...marks: readonly string[]) => void): void {
  const { ledger, device } = desk
  const { ydoc, name } = device
  const ghosts = made.map((edit) => ledger.add({ ...edit, by: name, author: 'editor' }))
  run(...ghosts.map(({ mark }) => mark))
  const hasDied = !device.isUp || device.ydoc !== ydoc
  for (const ghost of ghosts) {
    ghost.arrivals.push(ownVector(ydoc))
    if (hasDied) ghost.mayVanish = true
  }
}

function entityOf({ ledger }: Desk, ...texts: readonly unknown[]): number {
  const [mark] = marksIn(JSON.stringify(texts))
  return (mark === undefined ? undefined : ledger.entityOf(mark)) ?? -1
}

function removeToken(desk: Desk): void {
  const { device, random, tokens } = desk
  if (tokens.length <= fewTokens) return
  const { set, path } = random.pick(tokens)
  removeAll(
    desk,
    tokens.filter((token) => token.set === set && token.path === path),
    () => device.document.remove(set, path),
  )
}

function removeAll(desk: Desk, tokens: readonly Shown[], run: () => void): void {
  const { access } = desk
  const ghosts = tokens.map(({ set, token, path, node }): Edit => {
    const below = [...access.factsBelow(node)].map(({ text }) => text)
    // With its last token goes the name of a group, or set.
    return { kind: 'deletion', entity: entityOf(desk, token, path.at(-1)), over: seen(desk, token, set, path, below) }
  })
  write(desk, ghosts, run)
}

function createToken(desk: Desk): void {
  const { device, random, ledger, tokens } = desk
  const { set, path } = random.pick(tokens)
  const entity = ledger.newEntity()
  write(
    desk,
    [
      { kind: 'name', entity, over: [] },
      { kind: 'value', entity, over: [] },
    ],
    (label, value) => device.document.set(set, [...path.slice(0, -1), label!], { $type: 'other', $value: value! }),
  )
}

function nameTexts({ access }: Desk, node: string): readonly string[] {
  return access.factsAt(node).flatMap(({ field, text }) => (field === 'n' ? [text] : []))
}

function renameToken(desk: Desk): void {
  const { device, random, tokens } = desk
  const { set, path, token, node } = random.pick(tokens)
  const name = path.at(-1)!
  const earlier = earlierMark(desk, name)
  const mark = earlier !== undefined && isFree(desk, set, [...path.slice(0, -1), earlier]) ? earlier : undefined
  const edit: Edit = {
    kind: 'name',
    entity: entityOf(desk, token, name),
    over: seen(desk, name, nameTexts(desk, node)),
    mark,
  }
  write(desk, [edit], (label) => device.document.rename(set, path, [...path.slice(0, -1), label!]))
}

function isFree({ device }: Desk, set: string, path: readonly string[]): boolean {
  return device.document.get(set, path) === undefined
}

function renameGroup(desk: Desk): void {
  const { device, random, tokens, access } = desk
  const inGroups = tokens.filter(({ path }) => path.length > 1)
  if (inGroups.length === 0) return
  const { set, path } = random.pick(inGroups)
  const group = path.slice(0, -1)
  const node = nodeAt(access, [set, ...group])
  if (node === undefined) return
  const over = seen(desk, group.at(-1), nameTexts(desk, node))
  write(desk, [{ kind: 'name', entity: -1, over }], (label) =>
    device.document.rename(set, group, [...group.slice(0, -1), label!]),
  )
}

/** Where a token stands is no value. Its values must live through it all the same. */
function moveToken(desk: Desk): void {
  const { device, random, tokens } = desk
  const { set, path, token } = random.pick(tokens)
  const target = random.pick(tokens)
  const to = [...target.path.slice(0, -1), path.at(-1)!]
  if (!isFree(desk, target.set, to)) return
  const edit: Edit = {
    kind: 'touch',
    entity: entityOf(desk, token, path.at(-1)),
    over: seen(desk, set, path.slice(0, -1)),
  }
  write(desk, [edit], () => device.document.move(set, path, target.set, to))
}

function renameSet(desk: Desk): void {
  const { device, random, access } = desk
  const from = random.pick(device.document.setNames())
  const node = nodeAt(access, [from])
  const over = seen(desk, from, node === undefined ? [] : nameTexts(desk, node))
  write(desk, [{ kind: 'name', entity: -1, over }], (name) => device.document.renameSet(from, name!))
}

function addSet(desk: Desk): void {
  const entity = desk.ledger.newEntity()
  write(
    desk,
    [
      { kind: 'name', entity: -1, over: [] },
      { kind: 'value', entity, over: [] },
    ],
    (name, value) => desk.device.document.addSet(name!, { first: { $type: 'other', $value: value! } }),
  )
}

function removeSet(desk: Desk): void {
  const { device, random, tokens } = desk
  const sets = device.document.setNames()
  const set = random.pick(sets)
  const others = tokens.filter((token) => token.set !== set)
  if (sets.length < 3 || others.length < fewTokens) return
  removeAll(
    desk,
    tokens.filter((token) => token.set === set),
    () => device.document.removeSet(set),
  )
}

interface Theme {
  readonly id: string
  readonly name: string
}

function themesOf({ document }: EditorSeat): readonly Theme[] {
  return (document.getSnapshot().$themes ?? []) as unknown as readonly Theme[]
}

function editTheme(desk: Desk): void {
  const { device, random, ledger, access } = desk
  const themes = themesOf(device)
  const draw = random.next()
  if (draw < 0.2 || themes.length === 0) {
    write(desk, [{ kind: 'value', entity: ledger.newEntity(), over: [] }], (name) =>
      device.document.setTheme({ name: name!, selectedTokenSets: {} }),
    )
    return
  }
  const { id, name } = random.pick(themes)
  const node = access.childrenOf('/$themes')[themes.findIndex((theme) => theme.id === id)]?.id
  if (draw < 0.3 && themes.length > 1) {
    const below = node === undefined ? [] : [...access.factsBelow(node)].map(({ text }) => text)
    write(desk, [{ kind: 'deletion', entity: entityOf(desk, name), over: seen(desk, name, below) }], () =>
      device.document.removeTheme(id),
    )
    return
  }
  const standing = node === undefined ? [] : access.layerTexts(`${node}/name`)
  const edit: Edit = {
    kind: 'value',
    entity: entityOf(desk, name),
    over: seen(desk, name, standing),
    mark: earlierMark(desk, name),
  }
  write(desk, [edit], (mark) => device.document.setTheme({ id, name: mark! }))
}

/** Type and value move together, which a merge must not tear apart. */
function changeType(desk: Desk): void {
  const { device, random, tokens } = desk
  const { set, path, token } = random.pick(tokens)
  const [type] = spelling(token)
  if (typeof valueOf(token) !== 'string') return
  write(desk, [{ kind: 'touch', entity: entityOf(desk, token, path.at(-1)), over: [] }], () =>
    device.document.update(set, path, { [type]: random.pick(['color', 'dimension', 'opacity', 'other']) }),
  )
}

function spelling(token: Shown['token']): readonly [type: string, value: string, description: string] {
  return 'value' in token ? ['type', 'value', 'description'] : ['$type', '$value', '$description']
}

function valueOf(token: Shown['token']): unknown {
  return token[spelling(token)[1]]
}

function earlierMark({ random, ledger, reverts }: Desk, text: unknown): string | undefined {
  if (typeof text !== 'string' || !random.chance(reverts)) return undefined
  const earlier = ledger.earlier(text)
  return earlier.length === 0 ? undefined : random.pick(earlier)
}

function editField(desk: Desk): void {
  const { device, random, tokens, access } = desk
  const { set, path, token, node } = random.pick(tokens)
  const [, value, description] = spelling(token)
  const key = random.chance(0.15) ? description : value
  const old = token[key]
  const part = typeof old === 'object' && old !== null ? random.pick(Object.keys(old)) : undefined
  const text = part === undefined ? old : (old as Record<string, unknown>)[part]
  const register = [node, key, ...(part === undefined ? [] : [part])].join('/')
  const edit: Edit = {
    kind: 'value',
    entity: entityOf(desk, token, path.at(-1)),
    over: seen(desk, text ?? null, access.layerTexts(register)),
    mark: earlierMark(desk, text),
  }
  write(desk, [edit], (mark) =>
    device.document.update(set, path, { [key]: part === undefined ? mark : { [part]: mark } }),
  )
}

/** A value that a merge replaced or kept back is made current with one call. */
function useTheirs(desk: Desk): void {
  const { device, random, access } = desk
  const entries = device.bridge?.journal.entries().slice(0, 10) ?? []
  const offers = entries.flatMap((entry) =>
    entry.values.flatMap(({ id, role, set, path, field, text }) => {
      const [mark, ...others] = marksIn(text ?? '')
      if (role !== 'field' || set === null || mark === undefined || others.length > 0 || `"${mark}"` !== text) return []
      const node = nodeAt(access, [set, ...path])
      const token = device.document.get(set, path)
      return node === undefined || token === undefined ? [] : [{ entry: entry.id, id, field, mark, node, token }]
    }),
  )
  if (offers.length === 0) return
  const { entry, id, field, mark, node, token } = random.pick(offers)
  const keys = field.map((each, at) => (at === 0 && 'value' in token ? each.replace(/^\$/, '') : each))
  const shown = keys.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], token)
  const over = seen(desk, shown ?? null, access.layerTexts([node, ...keys].join('/')))
  write(desk, [{ kind: 'value', entity: entityOf(desk, token), over, mark }], () =>
    device.bridge?.journal.apply(entry, id),
  )
}
