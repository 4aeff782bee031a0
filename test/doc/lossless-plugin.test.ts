import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { createTokenDocument } from '../../src/doc/index.ts'
import { projectForPlugin } from '../../src/payload/plugin-projection.ts'
import { checkPluginRules } from '../../src/payload/plugin-rules.ts'
import { createBridgeWorld, type Device } from '../support/bridge-world.ts'
import { corpusFiles } from '../support/corpora.ts'
import { nastyFiles } from '../support/corpora-nasty.ts'
import { tokenPlaces } from '../support/generated-tokens.ts'
import { openPlugin } from '../support/scenario-plugin.ts'

/** What the plugin gets of a document is a file it accepts, lists what it lacks, and costs nothing of the full form. */

const most = 200_000
const files = [...nastyFiles(), ...corpusFiles()].filter(({ text }) => text.length < most)

describe('the plugin', () => {
  it.each(files)('is shown $name by its rules, and what is repaired or held back is listed', ({ text }) => {
    const document = createTokenDocument(new Y.Doc())
    document.import(text)
    const snapshot = document.getSnapshot()
    const { file, origins, heldBack, isEmpty } = projectForPlugin(snapshot)
    if (!isEmpty) expect(checkPluginRules(file)).toEqual([])
    const place = (set: string, path: readonly string[]): string => JSON.stringify([set, ...path])
    const shown = new Set([...origins.tokens.values()].map(({ set, path }) => place(set, path)))
    const listed = heldBack.filter(({ outcome }) => outcome === 'held-back')
    for (const { set, path } of tokenPlaces(snapshot)) {
      if (shown.has(place(set, path))) continue
      // It, or something it stands in.
      const isListed = listed.some(
        (each) => each.set === set && each.path.every((name, i) => name === path[i]) && each.path.length <= path.length,
      )
      expect(isListed, `${place(set, path)} is neither shown nor listed`).toBe(true)
    }
  })

  // A file that shows the plugin no token is never served.
  const shown = files.filter(({ text }) => !showsNothing(text))
  it.each(shown)('saves $name, which comes back whole', { timeout: 60_000 }, async ({ text }) => {
    const world = await createBridgeWorld({ file: text })
    const [a] = world.devices as [Device]
    const before = a.document.toText()
    openPlugin(world).save()
    await a.bridge.pull()
    expect(a.document.toText()).toBe(before)
    await world.close()
  })
})

function showsNothing(text: string): boolean {
  const document = createTokenDocument(new Y.Doc())
  document.import(text)
  return projectForPlugin(document.getSnapshot()).isEmpty
}
