/**
 * The projection and the rows against the plugin itself (emulated apart from them): whatever the payload, the plugin takes
 * the projected file, and what it writes back without an edit has equal rows. `Y_TOKENS_SEED` replays one seed.
 */
import { describe, expect, test } from 'vitest'
import { parseTokenFile, toSingleForm } from '../../src/payload/file-form.ts'
import { pointerOf } from '../../src/payload/json-pointer.ts'
import { type JsonObject, parseJson, stringifyJson } from '../../src/payload/ordered-json.ts'
import { projectForPlugin } from '../../src/payload/plugin-projection.ts'
import { canonicalRows, pluginRows } from '../../src/payload/plugin-rows.ts'
import { checkPluginRules } from '../../src/payload/plugin-rules.ts'
import { corpusFiles } from '../support/corpora.ts'
import { nastyFiles } from '../support/corpora-nasty.ts'
import { generateTokenFile } from '../support/generated-tokens.ts'
import { nastyPayload } from '../support/nasty-payloads.ts'
import { pluginPull, pluginRoundTrip, pluginWrite } from '../support/plugin-emulator.ts'
import { addSet } from '../support/plugin-edits.ts'
import { seedsToRun, withSeed } from '../support/random.ts'

function rowsOf(text: string): string {
  return canonicalRows(pluginRows(parseJson(text) as JsonObject))
}

/** Which promises of the projection are broken for this payload. */
function brokenPromises(payload: JsonObject): string[] {
  const { file, rows, origins, heldBack, isEmpty } = projectForPlugin(payload)
  const text = stringifyJson(file)
  const expected = canonicalRows(rows)
  const violations = checkPluginRules(file).filter(({ rule }) => !(isEmpty && rule === 'no-tokens'))
  const broken = violations.map(({ set, path, rule }) => `breaks the rule ${rule} at ${set}/${path.join('/')}`)
  const promise = (what: string, kept: boolean): void => {
    if (!kept) broken.push(`${what}: ${text}`)
  }
  const once = pluginRoundTrip(text)
  promise('rows differ after a round trip', rowsOf(once) === expected)
  promise('rows differ after two round trips', rowsOf(pluginRoundTrip(once)) === expected)
  promise('rows are not those of the file', rowsOf(text) === expected)
  promise('the projection changes its own file', stringifyJson(projectForPlugin(file).file) === text)
  promise('rows and origins differ', sorted(origins.tokens.keys()) === sorted(rows.tokens.keys()))
  promise('themes and origins differ', sorted(origins.themes.keys()) === sorted(rows.themes.keys()))

  const shown = [...origins.tokens.values()].map(({ set, path }) => pointerOf([set, ...path]))
  const held = heldBack.filter(({ outcome }) => outcome === 'held-back')
  for (const [set, path] of tokensOf(payload)) {
    const pointer = pointerOf([set, ...path])
    const isShown = shown.some(
      (each) => each === pointer || `${each}/`.startsWith(`${pointer}/`) || pointer.startsWith(`${each}/`),
    )
    const isListed = held.some((each) => each.set === set && each.path.every((key, i) => key === path[i]))
    promise(`${pointer} is neither shown nor listed`, isShown || isListed)
  }
  return broken
}

function sorted(keys: Iterable<string>): string {
  return [...keys].toSorted().join()
}

/** Apart from `src`: an object with `$value`, or `value` that is no object. */
function* tokensOf(payload: JsonObject): Generator<readonly [string, string[]]> {
  const plain = JSON.parse(stringifyJson(payload)) as { readonly values?: unknown }
  const isTree = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
  const walk = function* (node: Record<string, unknown>, path: string[]): Generator<string[]> {
    const isToken = '$value' in node || ('value' in node && !isTree(node['value']))
    if (isToken) yield path
    for (const [key, child] of Object.entries(node)) {
      const isField = key.startsWith('$') || (isToken && ['value', 'type', 'description'].includes(key))
      if (isTree(child) && !isField) yield* walk(child, [...path, key])
    }
  }
  for (const [set, content] of Object.entries(isTree(plain.values) ? plain.values : {})) {
    if (isTree(content)) for (const path of walk(content, [])) yield [set, path] as const
  }
}

describe('the projection', () => {
  test.each(corpusFiles())('of $name', ({ text }) => {
    const payload = toSingleForm(parseTokenFile(text))
    const { file, rows } = projectForPlugin(payload)
    expect(rowsOf(pluginRoundTrip(stringifyJson(file)))).toBe(canonicalRows(rows))
    expect(checkPluginRules(file)).toEqual([])
    // What a designer does daily: adding an empty set, which flips the spelling of every file.
    const model = pluginPull(JSON.parse(stringifyJson(file)))
    addSet(model, 'zz new')
    const flipped = pluginWrite(pluginPull(JSON.parse(pluginWrite(model, 'D'))), 'D')
    expect(flipped).not.toContain('"$value"')
    expect(canonicalRows({ ...pluginRows(parseJson(flipped) as JsonObject), sets: [] })).toBe(
      canonicalRows({ ...rows, sets: [] }),
    )
  })

  test.each(nastyFiles())('of $name', ({ text }) => {
    expect(brokenPromises(parseJson(text) as JsonObject)).toEqual([])
  })

  test('of generated tokens', () => {
    expect(brokenPromises(parseJson(generateTokenFile({ tokens: 400 })) as JsonObject)).toEqual([])
  })

  test('of 800 payloads made by careless tools and people', () => {
    const seeds = seedsToRun(800)
    let shown = 0
    for (const seed of seeds) {
      withSeed(seed, (random) => {
        const payload = parseJson(JSON.stringify(nastyPayload(random, seed % 2 === 0))) as JsonObject
        expect(brokenPromises(payload)).toEqual([])
        if (!projectForPlugin(payload).isEmpty) shown++
      })
    }
    expect(shown).toBeGreaterThanOrEqual(seeds.length > 1 ? 500 : 0)
  }, 60_000)
})

describe('any file', () => {
  test('the rules foretell what the plugin refuses, and rows survive what it takes unharmed', () => {
    const seeds = seedsToRun(2_000, 100_000)
    const count = { taken: 0, unharmed: 0 }
    for (const seed of seeds) {
      withSeed(seed, (random) => {
        const text = JSON.stringify(nastyPayload(random, seed % 2 === 0))
        // The emulator leaves out such keys everywhere; the plugin keeps those that its schema does not look at.
        if (text.includes('__proto__')) return
        const violations = checkPluginRules(parseJson(text) as JsonObject)
        const back = tryRoundTrip(text)
        expect(violations.some(({ effect }) => effect === 'rejects')).toBe(back === undefined)
        if (back === undefined) return
        count.taken++
        if (violations.some(({ effect, rule }) => effect === 'corrupts' && rule !== 'no-tokens')) return
        count.unharmed++
        expect(rowsOf(back)).toBe(rowsOf(text))
      })
    }
    // Else the comparison proves nothing. One replayed seed may be anything.
    expect(count.taken).toBeGreaterThanOrEqual(seeds.length > 1 ? 400 : 0)
    expect(count.unharmed).toBeGreaterThanOrEqual(seeds.length > 1 ? 200 : 0)
  }, 60_000)
})

function tryRoundTrip(text: string): string | undefined {
  try {
    return pluginRoundTrip(text)
  } catch {
    return undefined
  }
}
