/** The plugin's rules for what stands beside the token sets: `$themes`, `$metadata`, and their older places. */
import { getKey, isObject, type Json, type JsonObject, keysOf } from './ordered-json.ts'
import type { ReportViolation } from './plugin-violation.ts'
import { isSetStatus } from './themes.ts'

export const themeTextKeys: readonly string[] = ['group', '$figmaCollectionId', '$figmaModeId']
export const themeReferenceKeys: readonly string[] = ['$figmaStyleReferences', '$figmaVariableReferences']

export function checkPluginHead(file: JsonObject, report: ReportViolation): void {
  checkMetadata(file, report)
  const themes = getKey(file, '$themes')
  if (themes === undefined) return
  if (!Array.isArray(themes)) report(['$themes'], 'theme', 'rejects', '$themes must be a list')
  else for (const [index, theme] of themes.entries()) checkTheme(theme, ['$themes', String(index)], report)
}

function checkMetadata(file: JsonObject, report: ReportViolation): void {
  const metadata = getKey(file, '$metadata')
  if (metadata !== undefined && !isObject(metadata)) {
    report(['$metadata'], 'metadata', 'rejects', '$metadata must be an object')
  }
  const inside = isObject(metadata) ? metadata : {}
  const order = getKey(inside, 'tokenSetOrder')
  if (order !== undefined && !(Array.isArray(order) && order.every((name: Json) => typeof name === 'string'))) {
    report(['$metadata', 'tokenSetOrder'], 'metadata', 'rejects', 'tokenSetOrder must be a list of names')
  }
  for (const key of ['version', 'updatedAt']) {
    if (!isTextOrAbsent(getKey(inside, key))) report(['$metadata', key], 'metadata', 'rejects', `${key} must be text`)
    if (!isTextOrAbsent(getKey(file, key))) report([key], 'metadata', 'rejects', `${key} must be text`)
  }
  if (getKey(inside, 'updatedAt') === undefined && getKey(file, 'updatedAt') === undefined) {
    report(
      ['$metadata', 'updatedAt'],
      'updated-at',
      'blocks',
      'without it the plugin takes the file for newer than its own',
    )
  }
}

function checkTheme(theme: Json, path: readonly string[], report: ReportViolation): void {
  if (!isObject(theme)) {
    report(path, 'theme', 'rejects', 'a theme must be an object')
    return
  }
  for (const key of ['id', 'name']) {
    if (typeof getKey(theme, key) !== 'string')
      report([...path, key], 'theme', 'rejects', `a theme needs "${key}" as text`)
  }
  for (const key of themeTextKeys) {
    if (!isTextOrAbsent(getKey(theme, key))) report([...path, key], 'theme', 'rejects', `"${key}" must be text`)
  }
  const selected = getKey(theme, 'selectedTokenSets')
  if (!isObject(selected)) report([...path, 'selectedTokenSets'], 'theme', 'rejects', 'a theme must select token sets')
  else {
    for (const set of keysOf(selected)) {
      if (isSetStatus(getKey(selected, set))) continue
      report([...path, 'selectedTokenSets', set], 'theme', 'rejects', 'a set is enabled, disabled or source')
    }
  }
  for (const key of themeReferenceKeys) {
    const references = getKey(theme, key)
    if (references === undefined) continue
    if (!isObject(references)) report([...path, key], 'theme', 'rejects', `"${key}" must be an object`)
    else {
      for (const name of keysOf(references)) {
        if (typeof getKey(references, name) === 'string') continue
        report([...path, key, name], 'theme', 'rejects', 'a reference must be text')
      }
    }
  }
}

function isTextOrAbsent(value: Json | undefined): boolean {
  return value === undefined || typeof value === 'string'
}
