import { describe, expect, it } from 'vitest'
import { journalPlace, journalReason, journalText } from '../../../editor/model/journal-words.ts'
import { shownPeople } from '../../../editor/model/people.ts'
import {
  countOf,
  formatBytes,
  formatTime,
  initialsOf,
  personName,
  plainText,
} from '../../../editor/model/plain-text.ts'
import { completeReference, openReferenceAt, suggestReferences } from '../../../editor/model/reference-input.ts'
import { parseHeaders } from '../../../editor/model/request-headers.ts'
import { pauseText, summarizeStatus, wouldLoseEdits } from '../../../editor/model/status-summary.ts'
import { createNameIndex } from '../../../editor/model/name-index.ts'
import { tokenTypeOf, typeLabel } from '../../../editor/model/token-type.ts'
import { createTokenDocument } from '../../../src/doc/index.ts'
import type { TokensStatus } from '../../../src/open-tokens.ts'
import { savedStatus } from '../fake-tokens.ts'

describe('texts of others', () => {
  it('lose what would disguise them', () => {
    expect(plainText('\u202eevil\u2066\u200f')).toBe('evil')
    expect(plainText('two\nlines\t\u0000here\u2028')).toBe('two lines here')
    expect(plainText('👩‍👩‍👧'.repeat(30), 10)).toBe(`${'👩‍👩‍👧'.repeat(9)}…`)
    expect(plainText('abcdef', 4)).toBe('abc…')
    expect(personName('\u202e')).toBe('Someone')
  })

  it.each([
    ['Ana Silva', 'AS'],
    ['ana', 'A'],
    ['Émile de la Tour', 'ÉT'],
    ['  ', 'S'],
    ['👩‍👩‍👧 x', '👩‍👩‍👧X'],
  ])('%s has the initials %s', (name, initials) => {
    expect(initialsOf(name)).toBe(initials)
  })

  it('colours that are none, or see-through, are replaced', () => {
    const color = (text: string): string | undefined =>
      shownPeople([{ clientId: 3, self: false, name: 'B', color: text }])[0]?.color
    expect(color('#f00')).toBe('#ff0000')
    expect(color('url(https://evil.example)')).toMatch(/^#[0-9a-f]{6}$/)
    expect(color('#ff000011')).toMatch(/^#[0-9a-f]{6}$/)
  })

  it('oneself comes last, the others in a stable order', () => {
    const person = (clientId: number, self: boolean): Parameters<typeof shownPeople>[0][number] => ({
      clientId,
      self,
      name: 'x',
      color: '#000',
    })
    expect(shownPeople([person(9, false), person(1, true), person(4, false)]).map(({ clientId }) => clientId)).toEqual([
      4, 9, 1,
    ])
  })
})

describe('numbers and times', () => {
  it('read as people say them', () => {
    expect(countOf(1, 'token')).toBe('1 token')
    expect(countOf(12_000, 'token')).toBe('12,000 tokens')
    expect([900, 1_500, 234_567, 1_500_000].map(formatBytes)).toEqual(['900 bytes', '1.5 kB', '235 kB', '1.5 MB'])
    const now = new Date(2026, 10, 24, 15, 0).getTime()
    expect(formatTime(new Date(2026, 10, 24, 9, 5).getTime(), now)).toBe('09:05')
    expect(formatTime(new Date(2026, 10, 23, 9, 5).getTime(), now)).toBe('23 Nov 2026, 09:05')
  })
})

type Change = Partial<TokensStatus['relay']> & {
  storage?: TokensStatus['storage']
  bridge?: Partial<TokensStatus['bridge']>
  teamBridge?: TokensStatus['teamBridge']
}

function statusOf({ storage = savedStatus.storage, bridge = {}, teamBridge = null, ...relay }: Change): TokensStatus {
  return {
    storage,
    relay: { ...savedStatus.relay, ...relay },
    bridge: { ...savedStatus.bridge, ...bridge },
    teamBridge,
  }
}

const bin = { id: 'b1', name: 'Brand' }
const offline = { kind: 'offline', reason: 'lost', message: 'The connection was lost.' } as const
const degraded = { kind: 'degraded', reason: 'denied', message: 'The browser denies storage.' } as const
const blocked = (reason: 'too-large' | 'key-missing'): NonNullable<Change['bridge']> => ({
  bin,
  state: { kind: 'blocked', reason, message: 'Stopped.', exits: [] },
})

describe('the pill', () => {
  it.each<[string, Change]>([
    ['Saved', {}],
    ['Saving… (1)', { unsaved: 1 }],
    ['Offline: 3 changes on this device', { state: offline, unsaved: 3 }],
    ['Offline: 1 change on this device', { state: offline, unsaved: 1 }],
    ['Offline', { state: offline, unsaved: 0 }],
    ['Connecting…', { state: { kind: 'connecting' } }],
    ['Connecting…', { state: { kind: 'syncing' } }],
    ['Saved', { storage: degraded }],
    ['Action needed', { storage: degraded, state: offline }],
    ['Action needed', { state: { kind: 'refused', reason: 'key-expired', message: 'The key is over.' } }],
    ['Action needed', { rejected: [{ code: 'too-large', message: 'Too large.', edits: 1 }] }],
    ['Action needed', { bridge: blocked('too-large') }],
    ['Saved', { bridge: blocked('key-missing') }],
    [
      'Action needed',
      {
        bridge: blocked('key-missing'),
        teamBridge: {
          by: 'server',
          lastWriteAt: null,
          heldBack: 0,
          state: { kind: 'blocked', reason: 'quota-exhausted', message: 'No requests left.', exits: [] },
        },
      },
    ],
    ['Bin paused', { bridge: { bin, state: { kind: 'paused', by: 'Ana', scope: 'team', reason: '' } } }],
    ['Saved', { bridge: { bin, state: { kind: 'pending' } } }],
    ['Saved', { state: { kind: 'off' }, unsaved: null }],
    ['Saving…', { state: { kind: 'off' }, unsaved: null, storage: { kind: 'saving' } }],
    ['In this page only', { state: { kind: 'off' }, unsaved: null, storage: { kind: 'off' } }],
  ])('says %s', (word, change) => {
    expect(summarizeStatus(statusOf(change), { readOnly: null, now: 0 }).word).toBe(word)
  })

  it('says Read-only to a reader, unless something needs doing', () => {
    const word = (change: Change): string =>
      summarizeStatus(statusOf(change), { readOnly: 'Your key reads only.', now: 0 }).word
    expect(word({ unsaved: 0 })).toBe('Read-only')
    expect(word({ state: offline })).toBe('Read-only')
    expect(word({ state: { kind: 'refused', reason: 'key-expired', message: 'The key is over.' } })).toBe(
      'Action needed',
    )
  })
})

describe('the legs', () => {
  const legs = (change: Change): Record<'device' | 'relay' | 'bin', string> => {
    const { device, relay, bin: third } = summarizeStatus(statusOf(change), { readOnly: null, now: 0 })
    return { device: device.sentences.join(' '), relay: relay.sentences.join(' '), bin: third.sentences.join(' ') }
  }

  it('say each its own', () => {
    expect(legs({ storage: degraded }).device).toBe(
      'The browser denies storage. You can go on editing. Keep this page open until the relay has your changes.',
    )
    expect(legs({ state: offline, unsaved: 1 }).relay).toBe(
      'The connection was lost. 1 change waits on this device and will be sent without your doing.',
    )
    expect(legs({ unsaved: null }).relay).toContain('does not say what it has stored')
    expect(legs({ rejected: [{ code: 'x', message: 'Too large.', edits: 2 }] }).relay).toContain(
      '2 changes not accepted: Too large.',
    )
    expect(legs({}).bin).toContain('No bin is linked.')
    expect(legs({ bridge: { bin, state: { kind: 'standby', holder: 'Ben' } } }).bin).toContain('Ben writes the bin')
    expect(legs({ bridge: { bin, access: 'consumer', state: { kind: 'synced' } } }).bin).toContain(
      'Your key can only read this bin',
    )
    expect(legs({ bridge: { bin, access: 'writer', state: { kind: 'synced' }, requestsLeft: 12 } }).bin).toContain(
      '12 requests left',
    )
    const requests = { used: 1_234, since: Date.UTC(2026, 0, 2, 12), left: 12, lastsUntil: Date.UTC(2026, 0, 9, 12) }
    const metered = { bin, access: 'writer', state: { kind: 'synced' }, requests, requestsLeft: 12 } as const
    expect(legs({ bridge: metered }).bin).toMatch(
      /1,?234 requests sent since 2 Jan 2026.*12 requests left on the service’s plan; at the pace so far they last until 9 Jan 2026/,
    )
    expect(legs({ bridge: { bin, state: { kind: 'waiting', until: 0, reason: 'Too many requests.' } } }).bin).toContain(
      'Too many requests.',
    )
  })

  it('tell of the session that looks after the bin, where this device has no key', () => {
    const change: Change = {
      bridge: blocked('key-missing'),
      teamBridge: { by: 'server', lastWriteAt: 0, heldBack: 2, state: { kind: 'synced' } },
    }
    const text = legs(change).bin
    expect(text).toContain('The bin has what you see here. server looks after the bin.')
    expect(text).toContain('The bin shows 2 places changed or not at all')
    expect(text).toContain('This device has no key for it, and needs none to edit.')
  })

  it('tell who paused, where and why', () => {
    expect(pauseText({ kind: 'paused', by: 'Ana', scope: 'team', reason: 'freeze' })).toBe(
      'Paused for everyone by Ana: freeze.',
    )
    expect(pauseText({ kind: 'paused', by: '', scope: 'device', reason: '' })).toBe('Paused on this device.')
  })
})

describe('leaving the page', () => {
  it.each<[boolean, Change]>([
    [false, {}],
    [false, { unsaved: 3 }],
    [true, { unsaved: 3, storage: degraded }],
    [false, { unsaved: 0, storage: degraded }],
    [true, { unsaved: 3, storage: { kind: 'saving' } }],
    [true, { state: { kind: 'off' }, unsaved: null, storage: { kind: 'saving' } }],
    [false, { state: { kind: 'off' }, unsaved: null, storage: { kind: 'off' } }],
  ])('loses something: %s, with %j', (loses, change) => {
    expect(wouldLoseEdits(statusOf(change))).toBe(loses)
  })
})

describe('the journal', () => {
  const value = (change: object): Parameters<typeof journalPlace>[0] => ({
    id: 'v',
    kind: 'kept',
    role: 'field',
    set: 'core',
    path: ['a', 'b'],
    field: ['$value'],
    text: '"#fff"',
    reason: 'newer',
    ...change,
  })

  it.each([
    [{}, 'a.b in core'],
    [{ field: ['$value', 'fontSize'] }, 'a.b, fontSize in core'],
    [{ field: ['$description'] }, 'a.b, description in core'],
    [{ role: 'name' }, 'The name of a.b in core'],
    [{ role: 'order' }, 'The order in core'],
    [{ role: 'order', set: null }, 'The order of sets or themes'],
    [{ path: [], field: [] }, 'The set core'],
    [{ set: null, path: ['t1'], field: ['name'] }, 't1, name'],
  ])('%j is told as %s', (change, place) => {
    expect(journalPlace(value(change))).toBe(place)
  })

  it('tells values and reasons', () => {
    expect(journalText(value({}))).toBe('#fff')
    expect(journalText(value({ text: null }))).toBe('deletion')
    expect(journalText(value({ text: '{"a":1}' }))).toBe('{"a":1}')
    expect(journalText(value({ text: 'not json' }))).toBe('not json')
    expect(journalText(value({ role: 'name', text: '12' }))).toBe('12')
    expect(journalReason(value({}))).toContain('changed here since')
    expect(journalReason(value({ reason: 'of a newer version' }))).toBe('')
  })
})

describe('headers', () => {
  it('are taken as Tokens Studio takes them', () => {
    expect(parseHeaders('')).toEqual({ kind: 'headers', headers: {} })
    expect(parseHeaders('{"X-Access-Key": "k", "X-Bin-Meta": false, "N": 1}')).toEqual({
      kind: 'headers',
      headers: { 'X-Access-Key': 'k', 'X-Bin-Meta': false, N: 1 },
    })
  })

  it.each(['secret', '["secret"]', '{"X-Key": {"secret": 1}}', '{"bad name": "secret"}', 'X-Key: secret'])(
    '%s is refused, and not repeated',
    (text) => {
      const parsed = parseHeaders(text)
      expect(parsed.kind).toBe('refused')
      expect(JSON.stringify(parsed)).not.toContain('secret')
    },
  )
})

describe('a reference that is typed', () => {
  it('is open from its brace on', () => {
    expect(openReferenceAt('rgba({co', 8)).toEqual({ start: 6, fragment: 'co' })
    expect(openReferenceAt('{a}', 3)).toBeUndefined()
    expect(openReferenceAt('{a', 0)).toBeUndefined()
    expect(openReferenceAt('none', 4)).toBeUndefined()
  })

  it('is completed in place, the rest of the old name replaced', () => {
    expect(completeReference('rgba({co, 0.5)', 8, 'color.red')).toEqual({ text: 'rgba({color.red}, 0.5)', caret: 16 })
    expect(completeReference('{color.old}', 6, 'color.red')).toEqual({ text: '{color.red}', caret: 11 })
  })

  it('is offered by name, the same type and what begins so first', () => {
    const document = createTokenDocument()
    const token = (type: string): object => ({ $type: type, $value: '1' })
    document.import(
      JSON.stringify({
        values: {
          core: {
            size: { red: token('sizing') },
            color: { red: { '10': token('color'), '9': token('color') }, blue: token('color') },
          },
        },
      }),
    )
    const names = (fragment: string): string[] =>
      suggestReferences(createNameIndex(document), fragment, { type: 'color', except: 'color.blue' }).map(
        ({ row }) => row.name,
      )
    expect(names('red')).toEqual(['color.red.9', 'color.red.10', 'size.red'])
    expect(names('color')).toEqual(['color.red.9', 'color.red.10'])
    expect(names('nothing')).toEqual([])
  })
})

describe('types', () => {
  it('go by the plugin’s names and by others', () => {
    expect(tokenTypeOf('shadow')?.name).toBe('boxShadow')
    expect(tokenTypeOf('FontSize')?.name).toBe('fontSizes')
    expect(tokenTypeOf('duration')).toBeUndefined()
    expect([typeLabel('color'), typeLabel('duration'), typeLabel(undefined)]).toEqual(['Colour', 'duration', 'No type'])
  })
})
