import { afterEach, describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { keepAutomaticVersions } from '../../src/bridge/automatic-versions.ts'
import { createSideDocument, type SideDocument } from '../../src/bridge/side-document.ts'
import type { Snap } from '../../src/bridge/snapshot-history.ts'
import { surplusVersions, type VersionLimits } from '../../src/bridge/version-limits.ts'
import { savedVersion } from '../../src/bridge/version-entry.ts'
import { createVersions, type OwnedVersions } from '../../src/bridge/versions.ts'
import { factAccessOf } from '../../src/doc/fact-access.ts'
import { createTokenDocument, type TokenDocument } from '../../src/doc/token-document.ts'
import { generateTokenFile } from '../support/generated-tokens.ts'

const file = JSON.stringify({
  values: {
    core: {
      color: {
        $description: 'Colours',
        red: { $type: 'color', $value: '#f00' },
        blue: { $type: 'color', $value: '#00f' },
      },
      space: { m: { $type: 'dimension', $value: '8px' } },
    },
    dark: { bg: { $type: 'color', $value: '{color.blue}' } },
  },
  $themes: [{ id: 't1', name: 'Dark', selectedTokenSets: { core: 'source', dark: 'enabled' } }],
  $metadata: { tokenSetOrder: ['core', 'dark'] },
})

const noon = new Date(2026, 10, 24, 12).getTime()
const dayMs = 86_400_000

/** The hand on the wall, moved by the test. */
let time = noon
afterEach(() => {
  time = noon
})

interface Device {
  readonly ydoc: Y.Doc
  readonly sideDoc: Y.Doc
  readonly document: TokenDocument
  readonly side: SideDocument
  readonly versions: OwnedVersions
  names(): readonly string[]
}

interface DeviceOptions {
  readonly from?: Device
  readonly text?: string
  readonly limits?: VersionLimits
  readonly automatic?: boolean
  /** A later session on the same disk. */
  readonly again?: boolean
}

let ids = 0

function open(name: string, { from, text, limits, automatic = false, again = false }: DeviceOptions = {}): Device {
  const ydoc = new Y.Doc()
  const sideDoc = new Y.Doc()
  if (from) {
    Y.applyUpdate(ydoc, Y.encodeStateAsUpdate(from.ydoc))
    Y.applyUpdate(sideDoc, Y.encodeStateAsUpdate(from.sideDoc))
  }
  const lane = name.padEnd(8, '0')
  const now = (): number => time
  const document = createTokenDocument(ydoc, { lane: again ? `${lane.slice(0, 7)}x` : lane, now })
  if (text !== undefined) document.import(text)
  const side = createSideDocument({ ydoc: sideDoc, lane, now })
  const versions = createVersions({
    document,
    access: factAccessOf(document),
    side,
    by: () => name,
    randomId: () => `v${++ids}`,
    now,
    ...(limits ? { limits } : {}),
  })
  if (automatic) keepAutomaticVersions({ document, side, versions, now })
  return { ydoc, sideDoc, document, side, versions, names: () => versions.list().map(({ name: each }) => each) }
}

function sync(...devices: readonly Device[]): void {
  for (const from of devices) {
    for (const to of devices) {
      if (from === to) continue
      Y.applyUpdate(to.ydoc, Y.encodeStateAsUpdate(from.ydoc))
      Y.applyUpdate(to.sideDoc, Y.encodeStateAsUpdate(from.sideDoc))
    }
  }
}

function bytesHold(device: Device, text: string): boolean {
  return new TextDecoder().decode(Y.encodeStateAsUpdate(device.sideDoc)).includes(text)
}

/** Of the device's own versions, oldest first. */
function sizesOf({ history, lane, versionSize }: SideDocument): readonly (readonly [id: string, chars: number])[] {
  const own = history.saved().filter((snap) => snap.lane === lane)
  return own.map(({ id }) => [id, versionSize(id)] as const)
}

function charsOf(side: SideDocument): number {
  return sizesOf(side).reduce((sum, [, chars]) => sum + chars, 0)
}

describe('saving', () => {
  it('[BR141] shares a version with the team, newest first, as it was', () => {
    const a = open('ana', { text: file })
    const b = open('ben', { from: a })
    const first = a.versions.save('  Release 1 ')
    time += 1_000
    b.versions.putAside('Release 2')
    sync(a, b)
    expect(a.versions.list()).toEqual(b.versions.list())
    expect(b.versions.list()).toMatchObject([
      { name: 'Release 2', at: noon + 1_000, by: 'ben', automatic: true },
      { id: first, name: 'Release 1', at: noon, by: 'ana', automatic: false },
    ])
    expect(b.versions.text(first)).toBe(file)
    expect(a.versions.list()).toBe(a.versions.list())
  })

  it('[BR141] says what keeps it from being saved, and saves nothing', () => {
    const a = open('ana', { text: file })
    for (const name of ['', '   ', 'x'.repeat(201)])
      expect(() => a.versions.save(name)).toThrow(expect.objectContaining({ code: 'invalid-name' }))
    const empty = open('ben', { text: '{"values":{"core":{"group":{}}}}' })
    for (const { versions } of [open('ben'), empty]) {
      expect(() => versions.save('Nothing')).toThrow(expect.objectContaining({ code: 'no-tokens' }))
      expect(versions.putAside('Before an import')).toBeNull()
    }
    a.document.setReadOnly('Ask for a writer key.')
    const refused = expect.objectContaining({ code: 'read-only' })
    expect(() => a.versions.save('Release 1')).toThrow(refused)
    expect(() => a.versions.putAside('Before an import')).toThrow(refused)
    expect(a.names()).toEqual([])
    expect(a.sideDoc.share.size).toBe(0)
  })

  it('[BR146] refuses a file that is too large for the history, and edits go on without it', () => {
    const a = open('ana', { text: `{"core":{"t":{"$value":"${'x'.repeat(9_100_000)}"}}}`, automatic: true })
    expect(() => a.versions.save('Release 1')).toThrow(expect.objectContaining({ code: 'too-large' }))
    expect(a.versions.putAside('Before an import')).toBeNull()
    a.document.update('core', 't', { $description: 'large' })
    expect([a.names(), a.sideDoc.share.size]).toEqual([[], 0])
    a.document.update('core', 't', { $value: 'small' })
    expect(a.versions.save('Release 1')).toBe(a.versions.list()[0]?.id)
  })

  it('[BR141] costs what changed', () => {
    const a = open('ana', { text: generateTokenFile({ tokens: 2_000 }) })
    a.versions.save('One')
    const before = Y.encodeStateAsUpdate(a.sideDoc).length
    const [set = ''] = a.document.setNames()
    const row = a.document.outline(set).find(({ kind }) => kind === 'token')
    a.document.update(set, row?.path ?? [], { $description: 'changed' })
    a.versions.save('Two')
    expect(Y.encodeStateAsUpdate(a.sideDoc).length - before).toBeLessThan(9_000)
    expect(a.versions.text(a.versions.list()[0]?.id ?? '')).toBe(a.document.toText())
  })
})

describe('comparing', () => {
  it('[BR142] tells what changed between two versions, and since one, by token and field', () => {
    const a = open('ana', { text: file })
    const first = a.versions.save('Release 1')
    a.document.update('core', 'color.red', { $value: '#e00' })
    const second = a.versions.save('Release 2')
    a.document.rename('core', 'space.m', 'space.medium')
    expect(a.versions.diff(first, second)).toEqual([
      {
        kind: 'token',
        set: 'core',
        path: ['color', 'red'],
        field: ['$value'],
        before: '#f00',
        after: '#e00',
      },
    ])
    expect(a.versions.diff(second, first)).toMatchObject([{ before: '#e00', after: '#f00' }])
    expect(a.versions.diff(second, 'now')).toMatchObject([
      { path: ['space', 'medium'], field: [], renamedFrom: { set: 'core', path: ['space', 'm'] } },
    ])
    expect(a.versions.diff('now', 'now')).toEqual([])
    expect(() => a.versions.diff('nothing', 'now')).toThrow(expect.objectContaining({ code: 'not-found' }))
  })

  it('[BR142] names a version that is damaged', () => {
    const a = open('ana', { text: file })
    const head = { kind: 'saved', bin: '', parent: null, top: 0, sv: '', by: 'eve', rev: 0, name: 'Broken' }
    const body = JSON.stringify({ ...head, full: { rows: { '': '{"core":{}}', '/core': '{' }, ids: {}, vv: {} } })
    a.sideDoc.getArray('h1/eve00000').push([['snap', 'bad', 1, body]])
    expect(a.names()).toEqual(['Broken'])
    expect(() => a.versions.diff('bad', 'now')).toThrow('The version "Broken" is damaged and cannot be read.')
    expect(() => a.versions.restore('bad')).toThrow(expect.objectContaining({ code: 'not-found' }))
    a.versions.remove('bad')
    expect(a.names()).toEqual([])
  })
})

describe('restoring', () => {
  it('[BR96] is one change, undone in one step, after what it replaces was put aside', () => {
    const a = open('ana', { text: file })
    const id = a.versions.save('Release 1')
    a.document.removeSet('dark')
    a.document.update('core', 'color.red', { $value: '#e00' })
    const changed = a.document.toText()
    a.versions.restore(id)
    expect(a.document.toText()).toBe(file)
    expect(a.versions.list()[0]).toMatchObject({ name: 'Before restoring “Release 1”', automatic: true })
    expect(a.versions.text(a.versions.list()[0]?.id ?? '')).toBe(changed)
    a.document.undo()
    expect(a.document.toText()).toBe(changed)
  })

  it('[BR143] takes back chosen sets, with their places in order and themes, and leaves the others', () => {
    const a = open('ana', { text: file })
    const id = a.versions.save('Release 1')
    a.document.removeSet('dark')
    a.document.update('core', 'color.red', { $value: '#e00' })
    a.document.addSet('new', { t: { $value: '1' } })
    a.versions.restore(id, { sets: ['dark', 'new'] })
    expect(a.document.setNames()).toEqual(['core', 'dark'])
    expect(a.document.get('dark', 'bg')).toMatchObject({ $value: '{color.blue}' })
    expect(a.document.get('core', 'color.red')).toMatchObject({ $value: '#e00' })
    expect(a.document.getSnapshot().$themes).toMatchObject([{ selectedTokenSets: { core: 'source', dark: 'enabled' } }])
    a.document.undo()
    expect(a.document.setNames()).toEqual(['core', 'new'])
  })

  it('[BR143] takes back chosen tokens, with the groups and the set that are gone', () => {
    const a = open('ana', { text: file })
    const id = a.versions.save('Release 1')
    a.document.removeSet('core')
    a.document.update('dark', 'bg', { $value: '#111' })
    a.versions.restore(id, { tokens: [{ set: 'core', path: 'color.red' }] })
    expect(a.document.getSnapshot().values).toEqual({
      core: { color: { $description: 'Colours', red: { $type: 'color', $value: '#f00' } } },
      dark: { bg: { $type: 'color', $value: '#111' } },
    })
    expect(a.document.setNames()).toEqual(['core', 'dark'])
    a.document.undo()
    expect(a.document.setNames()).toEqual(['dark'])
  })

  it("[BR143] keeps what a teammate edits elsewhere meanwhile, and a teammate's later value of the same token", () => {
    const a = open('ana', { text: file })
    const b = open('ben', { from: a })
    const id = a.versions.save('Release 1')
    a.document.update('core', 'color.red', { $value: '#e00' })
    sync(a, b)
    a.versions.restore(id, { tokens: [{ set: 'core', path: ['color', 'red'] }] })
    b.document.update('core', 'space.m', { $value: '9px' })
    sync(a, b)
    expect(b.document.get('core', 'color.red')).toMatchObject({ $value: '#f00' })
    expect(a.document.get('core', 'space.m')).toMatchObject({ $value: '9px' })
    time += 1_000
    b.document.update('core', 'color.red', { $value: '#b00' })
    sync(a, b)
    a.document.undo()
    expect(a.document.get('core', 'color.red')).toMatchObject({ $value: '#b00' })
  })

  it('[BR143] takes out what the version lacks, the last set too', () => {
    const a = open('ana', { text: '{"other":{"t":{"$value":"1"}}}' })
    const id = a.versions.save('Release 1')
    a.document.renameSet('other', 'core')
    a.document.set('core', 'group.new', { $value: '2' })
    a.versions.restore(id, { tokens: [{ set: 'core', path: 'group.new' }] })
    expect(a.document.get('core', [])).toEqual({ t: { $value: '1' } })
    a.versions.restore(id, { sets: ['core'] })
    expect(a.document.setNames()).toEqual([])
    a.versions.restore(id, { sets: ['other'] })
    expect(a.document.getSnapshot().values).toEqual({ other: { t: { $value: '1' } } })
    a.document.undo()
    a.document.undo()
    expect(a.document.setNames()).toEqual(['core'])
  })

  it('[BR143] does nothing where nothing differs, and refuses what is nowhere before anything happens', () => {
    const a = open('ana', { text: file })
    const id = a.versions.save('Release 1')
    a.versions.restore(id)
    a.versions.restore(id, { sets: ['core'], tokens: [{ set: 'dark', path: 'bg' }] })
    a.versions.restore(id, {})
    expect([a.names(), a.document.canUndo]).toEqual([['Release 1'], false])
    a.document.removeSet('dark')
    for (const parts of [
      { sets: ['dark', 'nothing'] },
      { tokens: [{ set: 'core', path: 'color.green' }] },
      { tokens: [{ set: 'core', path: 'constructor' }] },
    ])
      expect(() => a.versions.restore(id, parts)).toThrow(expect.objectContaining({ code: 'not-found' }))
    expect(() => a.versions.restore('nothing')).toThrow(expect.objectContaining({ code: 'not-found' }))
    a.document.setReadOnly('Ask for a writer key.')
    expect(() => a.versions.restore(id)).toThrow(expect.objectContaining({ code: 'read-only' }))
    expect(a.names()).toEqual(['Release 1'])
  })
})

describe('automatic versions', () => {
  it('[BR144] hold the tokens as they were before the first edit of a day', () => {
    const a = open('ana', { text: file, automatic: true })
    a.document.update('core', 'color.red', { $value: '#e00' })
    a.document.update('core', 'color.blue', { $value: '#00e' })
    expect(a.versions.list()).toMatchObject([{ name: 'Before the edits of 24 November 2026', automatic: true }])
    expect(a.versions.text(a.versions.list()[0]?.id ?? '')).toBe(file)
    const evening = a.document.toText()
    time += dayMs
    a.document.undo()
    a.document.redo()
    expect(a.names()).toEqual(['Before the edits of 25 November 2026', 'Before the edits of 24 November 2026'])
    expect(a.versions.text(a.versions.list()[0]?.id ?? '')).toBe(evening)
  })

  it('[BR144] are one a day for the team, also where two devices began it apart', () => {
    const a = open('ana', { text: file, automatic: true })
    const b = open('ben', { from: a, automatic: true })
    const c = open('cy', { from: a, automatic: true })
    a.document.update('core', 'color.red', { $value: '#e00' })
    sync(a, b)
    b.document.update('core', 'color.red', { $value: '#d00' })
    expect(b.versions.list()).toMatchObject([{ by: 'ana' }])
    time += 5_000
    c.document.update('core', 'color.red', { $value: '#c00' })
    expect(c.versions.list()).toMatchObject([{ by: 'cy' }])
    sync(a, b, c)
    for (const { versions } of [a, b, c]) expect(versions.list()).toMatchObject([{ by: 'ana' }])
    b.versions.remove(b.versions.list()[0]?.id ?? '')
    sync(a, b, c)
    for (const { versions } of [a, b, c]) expect(versions.list()).toEqual([])
  })

  it("[BR144] are taken out by their device where another's of the same day stands for them", () => {
    const a = open('ana', { text: file, automatic: true })
    const b = open('ben', { from: a, automatic: true })
    a.document.update('core', 'color.red', { $value: '#e00' })
    time += 5_000
    b.document.update('core', 'color.red', { $value: '#c00' })
    sync(a, b)
    expect(sizesOf(b.side)).toHaveLength(1)
    const release = b.versions.save('Release 1')
    expect(sizesOf(b.side).map(([id]) => id)).toEqual([release])
    expect(b.names()).toEqual(['Release 1', 'Before the edits of 24 November 2026'])
  })

  it('[BR144] are made of the tokens also where a bin was put aside', () => {
    const a = open('ana', { text: file, automatic: true })
    const access = factAccessOf(a.document)
    const putBin = (): void => {
      const bin = savedVersion({ text: file, name: 'Bin', auto: 'bin', access, by: 'ana', id: `v${++ids}` })
      a.side.append(bin ? [bin] : [])
    }
    putBin()
    a.document.update('core', 'color.red', { $value: '#e00' })
    putBin()
    a.document.import('{"core":{"t":{"$value":"1"}}}', { mode: 'replace' })
    expect(a.names()).toEqual(['Before an import', 'Bin', 'Before the edits of 24 November 2026', 'Bin'])
  })

  it('[BR144] are not made for what others, the bridge or a merge wrote, nor by who may only read', () => {
    const a = open('ana', { text: file, automatic: true })
    const b = open('ben', { from: a })
    b.document.update('core', 'color.red', { $value: '#e00' })
    sync(a, b)
    factAccessOf(a.document).putLane(
      'bin0123456789abc',
      [['/values/core/space/m/$value', 'v', '"9px"', 9e15]],
      () => true,
    )
    a.document.setReadOnly('Ask for a writer key.')
    expect(() => a.document.update('core', 'color.red', { $value: '#a00' })).toThrow(
      expect.objectContaining({ code: 'read-only' }),
    )
    expect([a.names(), a.sideDoc.share.size]).toEqual([[], 0])
  })

  it('[BR144] stand before an import, once, under the name that the importer gave', () => {
    const a = open('ana', { text: file, automatic: true })
    a.document.import('{"core":{"t":{"$value":"1"}}}', { mode: 'replace' })
    expect(a.names()).toEqual(['Before an import'])
    expect(a.versions.text(a.versions.list()[0]?.id ?? '')).toBe(file)
    a.versions.putAside('Before importing brand.json')
    a.document.import(file, { mode: 'replace' })
    expect(a.names()).toEqual(['Before importing brand.json', 'Before an import'])
    a.versions.restore(a.versions.list()[0]?.id ?? '')
    expect(a.names()).toHaveLength(3)
  })

  it('[BR144] are not made of a room without tokens', () => {
    const a = open('ana', { automatic: true })
    a.document.import(file)
    expect(a.names()).toEqual([])
    a.document.update('core', 'color.red', { $value: '#e00' })
    expect(a.names()).toEqual(['Before the edits of 24 November 2026'])
  })
})

describe('removing', () => {
  it('[BR145] erases what this device saved, and leaves its other versions readable', () => {
    const a = open('ana', { text: file })
    const b = open('ben', { from: a })
    const saved = ['one', 'secret-two', 'three', 'four'].map((value) => {
      a.document.update('core', 'color.red', { $value: value })
      return { value, id: a.versions.save(value) }
    })
    sync(a, b)
    a.versions.remove(saved[1]?.id ?? '')
    sync(a, b)
    for (const device of [a, b]) {
      expect(device.names()).toEqual(['four', 'three', 'one'])
      for (const { id, value } of saved)
        if (value !== 'secret-two') expect(device.versions.text(id)).toContain(`"${value}"`)
    }
    expect(bytesHold(a, 'secret-two')).toBe(false)
    expect(a.sideDoc.getArray('h1/ana00000')).toHaveLength(3)
    expect(() => a.versions.remove(saved[1]?.id ?? '')).toThrow(expect.objectContaining({ code: 'not-found' }))
    a.versions.remove(saved[0]?.id ?? '')
    const late = open('cy', { from: a })
    expect(late.names()).toEqual(['four', 'three'])
    expect(late.versions.text(saved[3]?.id ?? '')).toContain('"four"')
    a.document.update('core', 'color.red', { $value: 'five' })
    const five = a.versions.save('five')
    sync(a, late)
    expect(late.versions.text(five)).toBe(a.document.toText())
  })

  it('[BR145] leaves alone what cannot be read', () => {
    const a = open('ana', { text: file })
    const first = a.versions.save('One')
    const head = { kind: 'saved', bin: '', top: 0, sv: '', by: 'ana', rev: 0 }
    const none = { set: {}, gone: [] }
    const lost = JSON.stringify({ ...head, parent: 'nobody', name: 'Lost', delta: { rows: none, ids: none, vv: none } })
    const nameless = JSON.stringify({ ...head, parent: null, name: 5, full: { rows: {}, ids: {}, vv: {} } })
    a.sideDoc.getArray('h1/ana00000').push([
      ['snap', 'lost', noon, lost],
      ['snap', 'nameless', noon, nameless],
    ])
    const second = a.versions.save('Two')
    a.versions.remove(first)
    expect([a.names(), a.versions.text(second)]).toEqual([['Two'], file])
  })

  it("[BR145] hides a teammate's at once, and its device erases it when it comes", () => {
    const a = open('ana', { text: file })
    a.document.update('core', 'color.red', { $value: 'secret' })
    const id = a.versions.save('Secret')
    a.document.update('core', 'color.red', { $value: 'other' })
    const other = a.versions.save('Other')
    const b = open('ben', { from: a })
    b.versions.remove(id)
    expect(b.names()).toEqual(['Other'])
    expect(() => b.versions.text(id)).toThrow(expect.objectContaining({ code: 'not-found' }))
    expect(bytesHold(b, 'secret')).toBe(true)
    const later = open('ana', { from: b, again: true })
    expect([later.names(), bytesHold(later, 'secret')]).toEqual([['Other'], false])
    sync(b, a)
    sync(a, b)
    expect([a.names(), bytesHold(a, 'secret'), bytesHold(b, 'secret')]).toEqual([['Other'], false, false])
    expect(b.versions.text(other)).toContain('"other"')
  })

  it('[BR145] purges all, the automatic ones, or the old ones', () => {
    const a = open('ana', { text: file, automatic: true })
    a.versions.save('Named')
    a.document.update('core', 'color.red', { $value: '1' })
    time += 2 * dayMs
    a.document.update('core', 'color.red', { $value: '2' })
    time += 1_000
    a.versions.save('Newer')
    expect(a.versions.purge({ before: noon + dayMs })).toBe(1)
    expect(a.names()).toEqual(['Newer', 'Before the edits of 26 November 2026'])
    expect(a.versions.purge({ automaticOnly: true })).toBe(1)
    expect(a.names()).toEqual(['Newer'])
    expect(a.versions.purge()).toBe(1)
    expect([a.names(), a.versions.purge()]).toEqual([[], 0])
    expect(sizesOf(a.side)).toEqual([])
    a.document.setReadOnly('Ask for a writer key.')
    expect(() => a.versions.purge()).toThrow(expect.objectContaining({ code: 'read-only' }))
  })
})

describe('limits', () => {
  const wide: VersionLimits = {
    maxAutomatic: 100,
    automaticAgeMs: 1e15,
    maxAutomaticChars: 1e9,
    maxOwn: 100,
    maxOwnChars: 1e9,
    silentMs: 1e15,
  }
  const fill = (device: Device, names: readonly string[]): void => {
    for (const name of names) {
      time += 1_000
      device.document.update('core', 'color.red', { $value: name })
      if (name.startsWith('auto')) device.versions.putAside(name)
      else device.versions.save(name)
    }
  }

  it('[BR146] let the oldest automatic versions go by number and age', () => {
    const a = open('ana', { text: file, limits: { ...wide, maxAutomatic: 2 } })
    fill(a, ['named 1', 'auto 1', 'auto 2', 'named 2', 'auto 3'])
    expect(a.names()).toEqual(['auto 3', 'named 2', 'auto 2', 'named 1'])
    const b = open('ben', { text: file, limits: { ...wide, automaticAgeMs: dayMs } })
    fill(b, ['auto 1', 'named 1'])
    time += 2 * dayMs
    fill(b, ['auto 2'])
    expect(b.names()).toEqual(['auto 2', 'named 1'])
  })

  it('[BR146] let named versions go last, by number and by size, and never the newest', () => {
    const a = open('ana', { text: file, limits: { ...wide, maxOwn: 3 } })
    fill(a, ['named 1', 'named 2', 'auto 1', 'auto 2', 'named 3'])
    expect(a.names()).toEqual(['named 3', 'named 2', 'named 1'])
    fill(a, ['named 4'])
    expect(a.names()).toEqual(['named 4', 'named 3', 'named 2'])
    const b = open('ben', { text: file, limits: { ...wide, maxOwnChars: 10 } })
    fill(b, ['named 1', 'auto 1', 'named 2'])
    expect(b.names()).toEqual(['named 2'])
    const size = charsOf(b.side)
    const c = open('cy', { text: file, limits: { ...wide, maxOwnChars: size * 2 } })
    fill(
      c,
      Array.from({ length: 30 }, (_, i) => `named ${i}`),
    )
    expect(c.names().length).toBeGreaterThan(1)
    expect(c.names().length).toBeLessThan(20)
    expect(charsOf(c.side)).toBeLessThanOrEqual(size * 2)
    for (const { id, name } of c.versions.list()) expect(c.versions.text(id)).toContain(`"${name}"`)
  })

  it('[BR146] hold for what all automatic versions of the team take', () => {
    const a = open('ana', { text: file })
    const b = open('ben', { from: a, limits: { ...wide, maxAutomaticChars: 1_000 } })
    fill(a, ['auto 1', 'named 1'])
    sync(a, b)
    fill(b, ['auto 2', 'auto 3', 'auto 4', 'auto 5'])
    const own = b.names().filter((name) => /[2-5]$/.test(name))
    expect(own[0]).toBe('auto 5')
    expect(own.length).toBeLessThan(4)
    // What Ana saved is hers to take out.
    expect(b.names()).toEqual([...own, 'named 1', 'auto 1'])
  })

  it('[BR146] let others take out the part of a device that has long been silent, once nothing is worth keeping', () => {
    const limits = { ...wide, automaticAgeMs: 2 * dayMs, silentMs: dayMs }
    const a = open('ana', { text: file })
    fill(a, ['auto 1', 'auto 2'])
    const b = open('ben', { from: a })
    fill(b, ['named 1', 'auto 3'])
    const c = open('cy', { from: b, limits })
    time += dayMs
    fill(c, ['auto 4'])
    expect(c.names()).toHaveLength(5)
    time += 2 * dayMs
    fill(c, ['auto 5'])
    expect(c.names()).toEqual(['auto 5', 'auto 3', 'named 1'])
    c.versions.remove(c.versions.list().find(({ name }) => name === 'named 1')?.id ?? '')
    expect([c.names(), bytesHold(c, 'auto 3')]).toEqual([['auto 5'], false])
    // It comes back, and goes on.
    sync(c, a, b)
    fill(a, ['auto 6'])
    sync(a, c)
    expect(c.names()).toEqual(['auto 6', 'auto 5'])
    for (const { id } of c.versions.list()) expect(c.versions.text(id)).toContain('"auto')
  })

  it('[BR146] reckon with the oldest that stays being written in full', () => {
    const saved = ['v1', 'v2', 'v3', 'v4'].map((id, t) => ({ id, t, lane: 'ana00000' }) as Snap)
    const sizes = new Map([
      ['v1', 100],
      ['v2', 10],
      ['v3', 10],
      ['v4', 10],
    ])
    const surplus = (maxOwnChars: number): readonly string[] => [
      ...surplusVersions(
        { saved, lane: 'ana00000', sizeOf: (id) => sizes.get(id) ?? 0, now: 0 },
        { ...wide, maxOwnChars },
      ),
    ]
    expect([surplus(130), surplus(120), surplus(115), surplus(1)]).toEqual([
      [],
      ['v1'],
      ['v1', 'v2'],
      ['v1', 'v2', 'v3'],
    ])
  })

  it('[BR146] leave the versions of other devices to them', () => {
    const a = open('ana', { text: file, limits: { ...wide, maxAutomatic: 2 } })
    const b = open('ben', { from: a, limits: { ...wide, maxAutomatic: 1 } })
    fill(a, ['auto 1', 'auto 2'])
    sync(a, b)
    fill(b, ['auto 3'])
    expect(b.names()).toEqual(['auto 3', 'auto 2', 'auto 1'])
    sync(a, b)
    fill(a, ['auto 4'])
    expect(a.names()).toEqual(['auto 4', 'auto 3'])
  })

  it('[BR46] stay a chain of changes when the lane is trimmed', () => {
    let now = 0
    const sideDoc = new Y.Doc()
    const limits = { minEntries: 10, maxAgeMs: 1_000, maxChars: 1e9 }
    const side = createSideDocument({ ydoc: sideDoc, lane: 'ana00000', now: () => now, limits })
    const document = createTokenDocument(new Y.Doc())
    document.import(generateTokenFile({ tokens: 500 }))
    const access = factAccessOf(document)
    const versions = createVersions({
      document,
      access,
      side,
      by: () => 'ana',
      randomId: () => `v${++ids}`,
      now: () => now,
    })
    const [set = ''] = document.setNames()
    const path = document.outline(set).find(({ kind }) => kind === 'token')?.path ?? []
    const texts = new Map<string, string>()
    for (let i = 0; i < 10; i++) {
      now += 10
      document.update(set, path, { $description: `Version ${i}` })
      texts.set(versions.save(`Version ${i}`), document.toText())
    }
    const full = Math.max(...sizesOf(side).map(([, chars]) => chars))
    for (let i = 0; i < 40; i++) {
      now += 10
      side.append([{ kind: 'gone', id: `d${i}`, body: { entry: `m${i}` } }])
      const head = { kind: 'published', bin: 'b', top: 0, sv: '', by: 'ana', rev: i } as const
      const content = { rows: new Map([[`/core/${i}`, 'x']]), ids: new Map(), vv: new Map() }
      side.append([{ kind: 'snap', id: `s${i}`, head, content }])
    }
    now += 5_000
    const before = sideDoc.getArray('h1/ana00000').length
    side.trim()
    expect(sideDoc.getArray('h1/ana00000').length).toBeLessThan(before)
    expect(charsOf(side)).toBeLessThan(full * 2)
    for (const [id, text] of texts) expect(versions.text(id)).toBe(text)
    const later = createSideDocument({ ydoc: sideDoc, lane: 'ben00000', now: () => now })
    expect([later.isGone('m0'), later.isGone('m39'), later.isGone('m40')]).toEqual([true, true, false])
  })
})
