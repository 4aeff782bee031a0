import { describe, expect, it } from 'vitest'
import {
  addSet,
  addToken,
  deleteNode,
  deleteSet,
  importFile,
  moveNode,
  moveSet,
  renameNode,
  renameSet,
  rowAt,
  saveToken,
} from '../../editor/actions.ts'
import { diffTokens } from '../../editor/model/token-diff.ts'
import { referrersOf, referrersText } from '../../editor/model/referrers.ts'
import { dtcgSpelling } from '../../editor/model/token-fields.ts'
import { newForm, openForm, setField } from '../../editor/model/token-form.ts'
import { createTokenDocument, type TokenDocument } from '../../src/doc/index.ts'
import { parseJson, stringifyJson } from '../../src/payload/ordered-json.ts'

const color = (value: string, extra: object = {}): object => ({ $type: 'color', $value: value, ...extra })

function open(): TokenDocument {
  const document = createTokenDocument()
  document.import(
    stringifyJson(
      parseJson(
        JSON.stringify({
          values: {
            core: {
              color: { red: color('#f00'), blue: color('#00f'), 'blue-dark': color('{color.blue}') },
              scale: 'replaced',
            },
            light: {
              bg: color('{color.blue}', {
                $extensions: { 'studio.tokens': { modify: { type: 'mix', value: '0.5', color: '{color.red}' } } },
              }),
            },
          },
        }).replace('"replaced"', '{"900": {"$type":"sizing","$value":"1"}, "100": {"$type":"sizing","$value":"2"}}'),
      ),
    ),
  )
  return document
}

const names = (document: TokenDocument, set = 'core'): string[] =>
  document.outline(set).map(({ path }) => path.join('.'))

describe('each action is one step', () => {
  it.each<[string, (document: TokenDocument) => unknown]>([
    [
      'adding',
      (document) =>
        addToken(
          document,
          'core',
          setField(newForm({ name: 'a.b.c', type: 'color', spelling: dtcgSpelling }), 'value', '#fff'),
        ),
    ],
    [
      'saving with another name',
      (document) => {
        const form = openForm(rowAt(document, 'core', ['color', 'red']) as never)
        return saveToken(
          document,
          'core',
          ['color', 'red'],
          setField(setField(form, 'value', '#e00'), 'name', 'color.crimson'),
          true,
        )
      },
    ],
    [
      'renaming with references',
      (document) =>
        renameNode(document, { set: 'core', path: ['color'], toSet: 'core', toName: 'farbe', references: true }),
    ],
    ['deleting', (document) => deleteNode(document, 'core', ['color'])],
    ['moving', (document) => moveNode(document, 'core', ['color', 'red'], 1)],
    ['adding a set', (document) => addSet(document, 'dark', 'light')],
    ['deleting a set', (document) => deleteSet(document, 'core')],
    ['importing', (document) => importFile(document, JSON.stringify({ other: { x: color('#fff') } }), 'replace')],
  ])('%s', (_name, act) => {
    const document = open()
    const before = document.toJSON()
    const text = document.toText()
    expect(act(document)).toMatchObject({ kind: 'done' })
    expect(document.toText()).not.toBe(text)
    document.undo()
    expect(document.toJSON()).toEqual(before)
    expect(document.canUndo).toBe(false)
  })
})

describe('a refused action', () => {
  it.each<[string, (document: TokenDocument) => unknown]>([
    [
      'a taken name',
      (document) =>
        addToken(
          document,
          'core',
          setField(newForm({ name: 'color.red', type: 'color', spelling: dtcgSpelling }), 'value', '#fff'),
        ),
    ],
    [
      'a name that cannot be',
      (document) =>
        renameNode(document, { set: 'core', path: ['color', 'red'], toSet: 'core', toName: 'a..b', references: true }),
    ],
    ['a set name that is taken', (document) => renameSet(document, 'core', 'light')],
    ['a token that is gone', (document) => deleteNode(document, 'core', ['no', 'such'])],
    ['a file that is none', (document) => importFile(document, '{', 'merge')],
  ])('%s comes back as a sentence, and writes nothing', (_name, act) => {
    const document = open()
    const before = document.toText()
    const outcome = act(document) as { kind: string; text: string }
    expect(outcome.kind).toBe('problem')
    expect(outcome.text).toMatch(/\w+.*[.!]$/)
    expect(document.toText()).toBe(before)
    expect(document.canUndo).toBe(false)
  })

  it('also half-way: references are rewritten with the rename or not at all', () => {
    const document = open()
    const before = document.toText()
    document.setReadOnly('You may look only.')
    expect(
      renameNode(document, { set: 'core', path: ['color'], toSet: 'core', toName: 'farbe', references: true }),
    ).toEqual({
      kind: 'problem',
      text: 'Nothing can be changed here: You may look only.',
    })
    expect(document.toText()).toBe(before)
  })
})

describe('renaming', () => {
  it('takes references along, also in modifiers, and no others', () => {
    const document = open()
    expect(
      renameNode(document, { set: 'core', path: ['color'], toSet: 'core', toName: 'farbe', references: true }),
    ).toMatchObject({
      text: 'Renamed color to farbe, and the references to it',
    })
    expect(document.get('core', 'farbe.blue-dark')).toMatchObject({ $value: '{farbe.blue}' })
    expect(document.get('light', 'bg')).toMatchObject({
      $value: '{farbe.blue}',
      $extensions: { 'studio.tokens': { modify: { color: '{farbe.red}' } } },
    })
  })

  it('of a token leaves names alone that only begin alike', () => {
    const document = open()
    document.set('core', 'x', { $type: 'color', $value: '{color.blue-dark}' })
    renameNode(document, { set: 'core', path: ['color', 'blue'], toSet: 'core', toName: 'color.sea', references: true })
    expect(document.get('core', 'x')).toMatchObject({ $value: '{color.blue-dark}' })
    expect(document.get('core', 'color.blue-dark')).toMatchObject({ $value: '{color.sea}' })
  })

  it('in the form of a token takes references along where asked so', () => {
    for (const references of [true, false]) {
      const document = open()
      const form = openForm(rowAt(document, 'core', ['color', 'blue']) as never)
      saveToken(document, 'core', ['color', 'blue'], setField(form, 'name', 'color.sea'), references)
      const name = references ? 'sea' : 'blue'
      expect(document.get('light', 'bg')).toMatchObject({ $value: `{color.${name}}` })
    }
  })

  it('asks whether references shall follow, and names sets that would keep the name', () => {
    const document = open()
    document.set('light', 'color.blue', { $type: 'color', $value: '#00e' })
    expect(referrersText(referrersOf(document, 'core', ['color', 'blue']))).toBe(
      'Also change the 2 tokens that refer to it. The name also stands in light, and would stay there',
    )
    expect(referrersText(referrersOf(document, 'core', ['color', 'red']))).toBe(
      'Also change the 1 token that refers to it',
    )
    expect(referrersOf(document, 'light', ['bg'])).toEqual({ tokens: 0, others: [] })
  })

  it('moves to another set, references untouched where asked so', () => {
    const document = open()
    renameNode(document, { set: 'core', path: ['color', 'blue'], toSet: 'light', toName: 'sea', references: false })
    expect(document.get('light', 'sea')).toMatchObject({ $value: '#00f' })
    expect(document.get('light', 'bg')).toMatchObject({ $value: '{color.blue}' })
  })
})

describe('deleting', () => {
  it('tells who is left referring to nothing', () => {
    const document = open()
    expect(deleteNode(document, 'core', ['color'])).toMatchObject({
      text: 'Deleted color with 3 tokens. 1 token still refers to it',
    })
    document.undo()
    document.set('light', 'color.blue', { $type: 'color', $value: '#00e' })
    expect(deleteNode(document, 'core', ['color', 'blue'])).toMatchObject({ text: 'Deleted color.blue' })
    document.set('light', 'x', { $type: 'color', $value: '{color.red}' })
    expect(deleteNode(document, 'core', ['color', 'red'])).toMatchObject({
      text: 'Deleted color.red. 2 tokens still refer to it',
    })
  })
})

describe('order', () => {
  it('moves one place among siblings, and says where it ends', () => {
    const document = open()
    expect(moveNode(document, 'core', ['color', 'red'], 1)).toEqual({ kind: 'done', text: 'color.red is now 2 of 3' })
    expect(names(document).slice(1, 4)).toEqual(['color.blue', 'color.red', 'color.blue-dark'])
    expect(moveNode(document, 'core', ['color', 'blue'], -1)).toEqual({
      kind: 'done',
      text: 'color.blue is already first',
    })
    expect(moveSet(document, 'light', 0)).toEqual({ kind: 'done', text: 'light is now 1 of 2' })
    expect(document.setNames()).toEqual(['light', 'core'])
  })

  it('a copied set keeps the order of names such as 900 and 100', () => {
    const document = open()
    addSet(document, 'copy', 'core')
    const text = document.toText()
    const copy = text.slice(text.indexOf('"copy"'))
    expect(copy.indexOf('"900"')).toBeLessThan(copy.indexOf('"100"'))
    expect(copy.indexOf('"900"')).toBeGreaterThan(0)
  })
})

describe('the difference of two documents', () => {
  it('counts tokens', () => {
    const after = createTokenDocument()
    after.import(
      JSON.stringify({ values: { core: { color: { red: color('#e00'), blue: color('#00f'), new: color('#fff') } } } }),
    )
    expect(diffTokens(open(), after)).toEqual({ sets: 1, tokens: 3, added: 1, changed: 1, missing: 4 })
  })
})
