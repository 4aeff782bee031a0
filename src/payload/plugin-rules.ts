/**
 * What the unmodified Tokens Studio plugin (2.11.10) does with a file it pulls: its zod schemas and its parser, re-expressed.
 * One odd node makes it refuse the whole file, so every file is checked before it is sent.
 *
 * Not here: whether a file is tokens at all (`file-form.ts`), and how to make a file pass (`plugin-projection.ts`).
 */
import { getKey, isObject, type Json, type JsonObject, keysOf, stringifyJson } from './ordered-json.ts'
import { checkPluginHead } from './plugin-head-rules.ts'
import { checkPluginSet } from './plugin-set-rules.ts'
import { isReadAsDtcg, type ValueKey } from './plugin-view.ts'
import type { PluginViolation } from './plugin-violation.ts'
import { inEngineOrder } from './set-order.ts'

/** Everything in the file that the plugin would not take and give back; empty for a file that is safe to serve. */
export function checkPluginRules(file: JsonObject): readonly PluginViolation[] {
  const found: PluginViolation[] = []
  checkPluginHead(file, (path, rule, effect, reason) => found.push({ set: null, path, rule, effect, reason }))
  const values = getKey(file, 'values')
  if (!isObject(values)) {
    const reason = 'the plugin needs an object of token sets under "values"'
    found.push({ set: null, path: ['values'], rule: 'file-shape', effect: 'rejects', reason })
    return found
  }
  let tokenCount = 0
  let last: { readonly name: string; readonly key: ValueKey } | undefined
  const used = new Set<ValueKey>()
  // The plugin parses JSON into objects, which list whole numbers first.
  for (const name of inEngineOrder(keysOf(values))) {
    const set = getKey(values, name) as Json
    if (name === '__proto__') {
      found.push({ set: name, path: [], rule: 'name', effect: 'corrupts', reason: 'the plugin drops this name' })
      continue
    }
    if (!isObject(set)) {
      found.push({
        set: name,
        path: [],
        rule: 'stray-value',
        effect: 'rejects',
        reason: 'a token set must be an object',
      })
      continue
    }
    const key = isReadAsDtcg(stringifyJson(set)) ? '$value' : 'value'
    const count = checkPluginSet(set, key, (path, rule, effect, reason) =>
      found.push({ set: name, path, rule, effect, reason }),
    )
    tokenCount += count
    if (count > 0) used.add(key)
    last = { name, key }
  }
  if (tokenCount === 0) {
    const reason = 'pulling a file without tokens empties the designer’s file'
    found.push({ set: null, path: ['values'], rule: 'no-tokens', effect: 'corrupts', reason })
  }
  if (last && [...used].some((key) => key !== last?.key)) {
    const reason = 'the spelling of the last set decides how the plugin writes all sets'
    found.push({ set: last.name, path: [], rule: 'format-flip', effect: 'corrupts', reason })
  }
  return found
}
