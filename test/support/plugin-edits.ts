/** What a person does in the plugin, as changes of what it holds. Set names and dotted token names, as the plugin has them. */
import type { PluginModel, PluginToken } from './plugin-emulator.ts'

export function findToken(model: PluginModel, set: string, name: string): PluginToken {
  const token = model.sets.get(set)?.find((each) => each.name === name)
  if (!token) throw new Error(`The plugin shows no token ${name} in set ${set}`)
  return token
}

export function setTokenValue(model: PluginModel, set: string, name: string, value: unknown): void {
  findToken(model, set, name).value = value
}

export function addToken(model: PluginModel, set: string, token: PluginToken): void {
  const tokens = model.sets.get(set)
  if (!tokens) throw new Error(`The plugin shows no set ${set}`)
  tokens.push(token)
}

export function deleteToken(model: PluginModel, set: string, name: string): void {
  findToken(model, set, name)
  model.sets.set(
    set,
    (model.sets.get(set) as PluginToken[]).filter((token) => token.name !== name),
  )
}

/** Also rewrites `{references}` to it in every set. */
export function renameToken(model: PluginModel, set: string, from: string, to: string): void {
  findToken(model, set, from).name = to
  for (const tokens of model.sets.values()) {
    for (const token of tokens) token.value = replaceReferences(token.value, from, to)
  }
}

function replaceReferences(value: unknown, from: string, to: string): unknown {
  if (typeof value === 'string') return value.replaceAll(`{${from}}`, `{${to}}`)
  if (Array.isArray(value)) return value.map((item) => replaceReferences(item, from, to))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, replaceReferences(part, from, to)]))
}

/** The new set stands last, then all sets are grouped by folder, as after every change of the list. */
export function addSet(model: PluginModel, name: string): void {
  model.sets = groupByFolder([...model.sets, [name, []]])
}

/** Themes keep naming it until the next pull. */
export function deleteSet(model: PluginModel, name: string): void {
  model.sets = groupByFolder([...model.sets].filter(([each]) => each !== name))
}

/** The set moves to the end of each theme that selects it. */
export function renameSet(model: PluginModel, from: string, to: string): void {
  model.sets = groupByFolder([...model.sets].map(([name, tokens]) => [name === from ? to : name, tokens]))
  model.themes = model.themes.map((theme) => {
    const { [from]: status, ...others } = theme.selectedTokenSets
    return status === undefined ? theme : { ...theme, selectedTokenSets: { ...others, [to]: status } }
  })
}

/** Each folder stands where its first set does, and holds its sets together. */
function groupByFolder(sets: readonly (readonly [string, PluginToken[]])[], depth = 0): Map<string, PluginToken[]> {
  const folders = new Map<string, (readonly [string, PluginToken[]])[]>()
  for (const entry of sets) {
    const folder = entry[0]
      .split('/')
      .slice(0, depth + 1)
      .join('/')
    folders.set(folder, [...(folders.get(folder) ?? []), entry])
  }
  const grouped = [...folders].flatMap(([folder, inside]) => {
    const deeper = inside.some(([name]) => name !== folder)
    return deeper && inside.length > 1 ? [...groupByFolder(inside, depth + 1)] : inside
  })
  return new Map(grouped)
}
