/** Others overwrite the whole bin while a team edits: a stale plugin, a person by hand, and a bridge that dies in between. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { createBridge, createMemoryKeys } from '../../src/bridge/index.ts'
import { createTokenDocument, openTokens, type Tokens } from '../../src/index.ts'
import { createJsonBin } from '../../src/jsonbin/index.ts'
import { connectRoom } from '../../src/room/index.ts'
import { launchBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { createLedger, type JournalledValue, type TokenHandle } from '../support/ledger.ts'
import { openPage, type PageUser } from '../support/page-user.ts'
import { deleteSet, setTokenValue } from '../support/plugin-edits.ts'
import { type PluginModel, pluginPull, pluginWrite } from '../support/plugin-emulator.ts'
import { createPicker, type FileToken, teamFile } from '../support/product-file.ts'
import { putBin, readBin, readSnapshot, untilBinEquals } from '../support/product-readers.ts'
import { createFolder, type Product, runCli, startProduct } from '../support/product.ts'
import { openRawClient } from '../support/raw-wire-client.ts'

const folder = createFolder()
const file = teamFile(folder.path)
/** A merge may come right after a turn of the bridge, and takes another turn to be published. */
const mergeDelayMs = 15_000

let browser: Browser
beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser.close()
  folder.remove()
})

describe(`a team edits ${file.label} while others overwrite the bin`, () => {
  const pick = createPicker(file.text)
  const ledger = createLedger(file.text)
  let product: Product
  let ana: PageUser
  let ben: PageUser
  /** Reads the journal as a program, besides the pages. */
  let witness: Tokens

  beforeAll(async () => {
    product = await startProduct({ file: file.path, dataDir: `${folder.path}/team` })
    const contexts = await Promise.all([browser.newContext(), browser.newContext()])
    ana = await openPage(contexts[0], product.urls.editor, { name: 'Ana' })
    ben = await openPage(contexts[1], product.urls.editor, { name: 'Ben' })
    witness = await openTokens({
      room: product.room,
      relay: { url: product.relayUrl },
      storage: 'memory',
      bins: { enabled: false },
    })
  }, 60_000)
  afterAll(async () => {
    await witness?.close()
    await product?.kill()
  })

  /** Types a value and remembers what stood there before. */
  async function type(user: PageUser, { name, set, path }: FileToken, value: string): Promise<void> {
    const token = ledger.token(set, path)
    const form = await user.openToken(name, set)
    const saw = await form.read('Value')
    await form.set('Value', value)
    await form.save()
    ledger.typed(user.name, token, 'value', value, saw)
  }

  async function settled(): Promise<void> {
    await eventually(async () => expect(await ana.text()).toBe(await ben.text()), { what: 'both pages equal' })
    await untilBinEquals(product, ana.text, mergeDelayMs)
    const text = await ana.text()
    await eventually(() => expect(witness.document.toText()).toBe(text), { what: 'the witness has it all' })
    ledger.check({ text, journal: journalled() })
  }

  function journalled(): readonly JournalledValue[] {
    return witness.bridge.journal.entries().flatMap(({ values }) => values)
  }

  function valueNow(text: string, { set, path }: TokenHandle): unknown {
    const { values } = JSON.parse(text) as { readonly values: Record<string, unknown> }
    return path.reduce<unknown>((node, name) => (node as Record<string, unknown>)[name], values[set])
  }

  test('a stale plugin PUTs its whole old file in the other spelling while both edit', async () => {
    const [first, second, third, alsoAnas, theirs, clash] = Array.from({ length: 6 }, () => pick.line())
    if (!first || !second || !third || !alsoAnas || !theirs || !clash) throw new Error('too few tokens')

    // The plugin pulls, then the bin moves on by three snapshots.
    const pulled = await readBin(product)
    const model: PluginModel = pluginPull(JSON.parse(pulled))
    for (const [token, value] of [
      [first, '#111111'],
      [second, '#222222'],
      [third, '#333333'],
    ] as const) {
      const before = await readBin(product)
      await type(ana, token, value)
      await type(ben, clash, value)
      await eventually(async () => expect(await readBin(product)).not.toBe(before), { timeoutMs: mergeDelayMs })
      await untilBinEquals(product, ana.text, mergeDelayMs)
    }

    // One token changed in the plugin, and one that Ben has changed meanwhile, too.
    setTokenValue(model, theirs.set, theirs.name, '#facade')
    setTokenValue(model, clash.set, clash.name, '#c1a5b0')
    model.format = model.format === 'dtcg' ? 'legacy' : 'dtcg'
    const body = pluginWrite(model, new Date().toISOString())
    expect(body).not.toContain('"y-tokens"')
    await Promise.all([type(ana, alsoAnas, '#444444'), putBin(product, body), type(ben, first, '#555555')])
    expect(ledger.wrote('the plugin', pulled, body)).toBe(2)

    await eventually(async () => expect(await ana.shownRow(theirs.name)).toContain('#facade'), {
      timeoutMs: mergeDelayMs,
      what: "the plugin's change",
    })
    await settled()
    expect(ledger.check({ text: await ana.text(), journal: journalled() })).toMatchObject({ journalled: 1 })

    const [entry] = await ana.journal()
    expect(entry).toMatch(/Figma plugin saved at .* \(based on the version from .*, \d+ saves? ago\)/)
    expect(entry).toContain('Took 1 change')
    expect(entry).toContain(theirs.name)
    expect(entry).toContain('#c1a5b0')
    expect(product.events().some(({ event, summary }) => event === 'merge' && summary?.includes('Figma plugin'))).toBe(
      true,
    )

    // One click brings the plugin's other value back, and that can be undone.
    await ben.useFromJournal(`${clash.name} in ${clash.set}`)
    await eventually(async () => expect(await ana.shownRow(clash.name)).toContain('#c1a5b0'))
    await ben.undo()
    await eventually(async () => expect(await ana.shownRow(clash.name)).toContain('#333333'))
    await settled()
  }, 120_000)

  test('a person edits the bin by hand and keeps our marker', async () => {
    const [theirs, anas] = [pick.line(), pick.line()]
    const before = await readBin(product)
    expect(before).toContain('"y-tokens"')
    const edited = JSON.parse(before) as object
    const token = valueNow(before, theirs) as { readonly $value: string }
    const body = JSON.stringify(edited).replace(JSON.stringify(token), JSON.stringify({ ...token, $value: '#ba5e11' }))
    expect(body).not.toBe(JSON.stringify(edited))
    await Promise.all([putBin(product, body), type(ana, anas, '#777777')])
    ledger.wrote('a hand', before, body)
    await eventually(async () => expect(await ben.shownRow(theirs.name)).toContain('#ba5e11'), {
      timeoutMs: mergeDelayMs,
      what: 'the edit by hand',
    })
    await settled()
    const [entry] = await ben.journal()
    expect(entry).toContain('A hand edit')
    expect([...ana.faults, ...ben.faults]).toEqual([])
  }, 60_000)
})

describe('a plugin deletes a whole set, and nobody knows whether it was meant', () => {
  test('the deletion is held until somebody chooses, in one page for all', async () => {
    const product = await startProduct({ file: file.path, dataDir: `${folder.path}/held` })
    const contexts = await Promise.all([browser.newContext(), browser.newContext()])
    const ana = await openPage(contexts[0], product.urls.editor, { name: 'Ana' })
    const ben = await openPage(contexts[1], product.urls.editor, { name: 'Ben' })
    try {
      let saves = 0
      const saveWithoutSet = async (): Promise<{ readonly set: string; readonly edited: FileToken }> => {
        const model = pluginPull(JSON.parse(await readBin(product)))
        const pick = createPicker(file.text)
        const [edited, other] = [pick.line(), pick.line()]
        // Another one each time: what was decided on already is an old copy.
        const sets = [...model.sets].filter(
          ([name, tokens]) => tokens.length > 0 && ![edited.set, other.set].includes(name),
        )
        const [set = ''] = sets[saves] ?? []
        deleteSet(model, set)
        setTokenValue(model, edited.set, edited.name, '#de1e7e')
        await putBin(product, pluginWrite(model, new Date().toISOString()))
        // With an edit the bridge reads at once, and not with the next poll.
        await ana.edit(other.name, 'Value', `#0a0a0${++saves}`, other.set)
        return { set, edited }
      }
      const { set, edited } = await saveWithoutSet()
      await ana.untilPill('Action needed', mergeDelayMs)
      // What is new in the same file is there at once.
      await eventually(async () => expect(await ben.shownRow(edited.name)).toContain('#de1e7e'))
      expect(await ana.details()).toMatch(/deletes \d+ of \d+ tokens and 1 of \d+ sets/)
      const [entry] = await ana.journal()
      expect(entry).toMatch(/Held until somebody decides: the file deletes \d+ of \d+ tokens and 1 of \d+ sets/)
      await ben.edit(edited.name, 'Value', '#be0000', edited.set)
      expect(JSON.parse(await ben.text())).toHaveProperty(['values', set])
      expect(JSON.parse(await readBin(product))).not.toHaveProperty(['values', set])

      await ben.leaveBlock('Put ours back', 'Put ours back')
      await untilBinEquals(product, ana.text, mergeDelayMs)
      expect(JSON.parse(await readBin(product))).toHaveProperty(['values', set])
      await ana.untilPill('Saved', mergeDelayMs)

      const again = await saveWithoutSet()
      await ana.untilPill('Action needed', mergeDelayMs)
      await ana.leaveBlock('Take the changes', 'Take them')
      await eventually(async () => expect(JSON.parse(await ben.text())).not.toHaveProperty(['values', again.set]))
      await ana.untilPill('Saved', mergeDelayMs)
      await ana.undo()
      await eventually(async () => expect(JSON.parse(await ben.text())).toHaveProperty(['values', again.set]))
      await untilBinEquals(product, ben.text, mergeDelayMs)
      expect(JSON.parse(await readBin(product))).toHaveProperty(['values', again.set])
      expect([...ana.faults, ...ben.faults]).toEqual([])
    } finally {
      for (const context of contexts) await context.close()
      expect(await product.stop()).toBe(0)
    }
  }, 120_000)
})

describe('a bridge dies between the side document and the document', () => {
  test('the next one brings the edit of the stale writer in all the same', async () => {
    const pick = createPicker(file.text)
    const ledger = createLedger(file.text)
    const product = await startProduct({ file: file.path, dataDir: `${folder.path}/died`, args: ['--no-bridge'] })
    const binId = product.urls.bin?.id ?? ''
    const masterKey = product.urls.masterKey
    const doomed = openDoomedBridge(product, binId)
    try {
      await eventually(() => expect(doomed.bridge.status.state.kind).toBe('synced'), { timeoutMs: mergeDelayMs })
      const pulled = await readBin(product)
      const [own, theirs] = [pick.line(), pick.line()]
      doomed.document.update(own.set, own.path, { $value: '#0a0a0a' })
      ledger.typed('an editor', ledger.token(own.set, own.path), 'value', '#0a0a0a', own.value)
      await untilBinEquals(product, async () => doomed.document.toText(), mergeDelayMs)

      const model = pluginPull(JSON.parse(pulled))
      setTokenValue(model, theirs.set, theirs.name, '#5ca1e5')
      const body = pluginWrite(model, new Date().toISOString())
      await putBin(product, body)
      ledger.wrote('the plugin', pulled, body)
      doomed.dieBeforeFacts()
      await doomed.died

      // It had told the side document, and not the document.
      const [entry] = doomed.bridge.journal.entries()
      expect(entry?.summary).toContain('Figma plugin')
      expect(await readSnapshot(product)).not.toContain('#5ca1e5')
      const history = await openRawClient(`${product.urls.webSocket}~history`)
      history.sendStep1()
      await history.step2()
      expect(
        JSON.stringify([...history.doc.share.keys()].map((name) => history.doc.getArray(name).toJSON())),
      ).toContain('#5ca1e5')
      await history.close()
    } finally {
      await doomed.bury()
    }

    const next = runCli(['bridge', '--room', product.room, '--relay', product.relayUrl, '--json'], {
      JSONBIN_MASTER_KEY: masterKey,
    })
    try {
      await eventually(async () => expect(await readSnapshot(product)).toContain('#5ca1e5'), {
        timeoutMs: mergeDelayMs,
        what: "the stale writer's edit in the room",
      })
      await untilBinEquals(product, () => readSnapshot(product), mergeDelayMs)
      ledger.check({ text: await readBin(product), journal: [] })
    } finally {
      next.process.kill('SIGTERM')
      expect(await next.ended).toBe(0)
      expect(await product.stop()).toBe(0)
    }
  }, 90_000)
})

/**
 * A real bridge over the real relay and bins, in this process so that the moment of its death can be chosen: right after the
 * side document is stored and before the facts are written. From then on none of its promises settles and its sockets are cut.
 */
function openDoomedBridge(
  product: Product,
  binId: string,
): {
  readonly document: ReturnType<typeof createTokenDocument>
  readonly bridge: ReturnType<typeof createBridge>
  readonly dieBeforeFacts: () => void
  readonly died: Promise<void>
  readonly bury: () => Promise<void>
} {
  const ydoc = new Y.Doc()
  const side = new Y.Doc()
  const document = createTokenDocument(ydoc, { app: 'doomed' })
  const room = connectRoom({ url: product.relayUrl, room: product.room, ydoc, sideYdoc: side })
  const keys = createMemoryKeys()
  const binsUrl = new URL('/v3', product.urls.editor).href
  keys.set(new URL(binsUrl).origin, binId, { masterKey: product.urls.masterKey })
  let isDoomed = false
  let dead = (): void => undefined
  const died = new Promise<void>((resolve) => {
    dead = resolve
  })
  const bridge = createBridge({
    document,
    side,
    keys,
    openStore: ({ url, key }) => createJsonBin({ ...key, ...(url === null ? {} : { baseUrl: url }) }),
    persistSide: async () => {
      if (!(await room.whenSaved(10_000, 'side'))) throw new Error('The relay did not store the side document')
      if (!isDoomed) return
      room.disconnect()
      dead()
      await new Promise(() => undefined)
    },
    ready: Promise.all([room.whenFirstSync(10_000, 'main'), room.whenFirstSync(10_000, 'side')]),
  })
  return {
    document,
    bridge,
    dieBeforeFacts: () => {
      isDoomed = true
      void bridge.pull().catch(() => undefined)
    },
    died,
    bury: async () => {
      await room.close()
      document.destroy()
    },
  }
}
