import { describe, expect, it } from 'vitest'
import { createBridgeWorld, type Device } from '../support/bridge-world.ts'
import { corpusFiles } from '../support/corpora.ts'
import { openPlugin } from '../support/scenario-plugin.ts'
import { worldFile } from '../support/scenario-tokens.ts'

const maxBytes = 400_000

describe('real token files', () => {
  for (const { name, text } of [{ name: 'the sample', text: worldFile }, ...corpusFiles()]) {
    if (text.length > maxBytes) continue
    it(
      `[BR60][BR83] a plugin save of ${name} without an edit is no edit, and one with an edit is one`,
      { timeout: 60_000 },
      async () => {
        const world = await createBridgeWorld({ file: text })
        const [a] = world.devices as [Device]
        const before = a.document.toText()
        const plugin = openPlugin(world)
        plugin.save()
        await a.bridge.pull()
        expect(a.document.toText()).toBe(before)
        expect(a.bridge.journal.entries()).toEqual([])
        const [, tokens] = [...plugin.model.sets].find(([, each]) => each.length > 0)!
        plugin.save(() => Object.assign(tokens[0]!, { description: 'changed by the plugin' }))
        await a.bridge.pull()
        await world.settle()
        expect(a.bridge.journal.entries().map(({ taken }) => taken)).toEqual([1])
        expect(world.bins.puts.map(({ by }) => by)).toEqual(['plugin', 'plugin'])
        await world.close()
      },
    )
  }
})
