import { describe, expect, it } from 'vitest'
import { rowsOfOutline, type SetRow } from '../../../editor/model/set-rows.ts'
import { dtcgSpelling, legacySpelling } from '../../../editor/model/token-fields.ts'
import {
  copyName,
  duplicateForm,
  formFields,
  formProblems,
  formToken,
  isTouched,
  newForm,
  openForm,
  rebaseForm,
  setField,
  setShape,
  setType,
  setValue,
  takeTheirs,
} from '../../../editor/model/token-form.ts'
import { withLayer, withoutLayer, withPart } from '../../../editor/model/value-draft.ts'
import { createTokenDocument } from '../../../src/doc/index.ts'

function rowOf(token: object, group: object = {}): SetRow {
  const document = createTokenDocument()
  document.import(JSON.stringify({ values: { core: { group: { ...group, token } } } }))
  return rowsOfOutline(document.outline('core')).at(-1) as SetRow
}

const shadow = (y: string): object => ({ x: '0', y, blur: '2', spread: '0', color: '#000', type: 'dropShadow' })

describe('an opened form', () => {
  it('has nothing to save', () => {
    expect(isTouched(openForm(rowOf({ $type: 'color', $value: '#fff' })))).toBe(false)
  })

  it('writes the touched fields alone, in the spelling of the token', () => {
    const form = setField(openForm(rowOf({ value: '4px', type: 'spacing' })), 'value', '8px')
    expect(form.spelling).toEqual(legacySpelling)
    expect(formFields(form)).toEqual({ value: '8px' })
    expect(
      formFields(setField(openForm(rowOf({ $type: 'color', $value: '#fff', $description: 'old' })), 'description', '')),
    ).toEqual({
      $description: undefined,
    })
  })

  it('writes the touched parts of a composite alone, and removes emptied ones', () => {
    let form = openForm(
      rowOf({ $type: 'typography', $value: { fontFamily: 'Inter', fontSize: '16px', lineHeight: '120%' } }),
    )
    form = setField(setField(form, 'part:fontSize', '20px'), 'part:lineHeight', '')
    expect(formFields(form)).toEqual({ $value: { fontSize: '20px', lineHeight: undefined } })
  })

  it('keeps the kind of JSON a value has', () => {
    expect(formFields(setField(openForm(rowOf({ $type: 'number', $value: 4 })), 'value', '5'))).toEqual({ $value: 5 })
    expect(
      formFields(setField(openForm(rowOf({ $type: 'dimension', $value: { value: 4, unit: 'px' } })), 'value', '5rem')),
    ).toEqual({
      $value: { value: 5, unit: 'rem' },
    })
    expect(
      formFields(setField(openForm(rowOf({ $type: 'boxShadow', $value: shadow('1') })), 'layer:0:y', '2')),
    ).toEqual({ $value: shadow('2') })
  })

  it('keeps parts it does not know', () => {
    const form = openForm(
      rowOf({ $type: 'border', $value: { color: '#000', width: '1px', style: 'solid', radius: '4px' } }),
    )
    expect(formFields(setField(form, 'part:radius', '8px'))).toEqual({ $value: { radius: '8px' } })
  })

  it('has the inherited type and does not write it', () => {
    const form = openForm(rowOf({ $value: '#fff' }, { $type: 'color' }))
    expect(form.draft.type).toBe('color')
    expect(formFields(setField(form, 'value', '#000'))).toEqual({ $value: '#000' })
  })

  it('adds and removes layers', () => {
    const form = openForm(rowOf({ $type: 'boxShadow', $value: [shadow('1'), shadow('2')] }))
    expect(formFields(setValue(form, withoutLayer(form.draft.value, 0)))).toEqual({ $value: [shadow('2')] })
    const more = formFields(setValue(form, withLayer(form.draft.value))) as { $value: unknown[] }
    expect(more.$value).toHaveLength(3)
  })

  it('turns parts into a reference and back', () => {
    const form = openForm(rowOf({ $type: 'typography', $value: { fontSize: '16px' } }))
    const line = setField(setShape(form, 'line'), 'value', '{heading.h1}')
    expect(formFields(line)).toEqual({ $value: '{heading.h1}' })
    expect(isTouched(setShape(line, 'composite'))).toBe(false)
  })
})

describe('while somebody else edits the token', () => {
  const before = rowOf({ $type: 'typography', $value: { fontFamily: 'Inter', fontSize: '16px' }, $description: 'Text' })
  const after = rowOf({ $type: 'typography', $value: { fontFamily: 'Roboto', fontSize: '18px' }, $description: 'Body' })

  it('untouched fields follow, touched ones stay and say what the other wrote', () => {
    const form = rebaseForm(setField(openForm(before), 'part:fontSize', '20px'), after)
    expect(form.draft.description).toBe('Body')
    expect([...form.theirs]).toEqual([['part:fontSize', '18px']])
    expect(formFields(form)).toEqual({ $value: { fontSize: '20px' } })
  })

  it('taking theirs leaves nothing to save', () => {
    const form = takeTheirs(rebaseForm(setField(openForm(before), 'part:fontSize', '20px'), after), 'part:fontSize')
    expect(isTouched(form)).toBe(false)
    expect(form.theirs.size).toBe(0)
  })

  it('both writing the same is no difference', () => {
    const form = rebaseForm(setField(openForm(before), 'description', 'Body'), after)
    expect(form.theirs.size).toBe(0)
    expect(isTouched(form)).toBe(false)
  })

  it('a value that takes another shape is told as a whole', () => {
    const form = rebaseForm(
      setField(openForm(before), 'part:fontSize', '20px'),
      rowOf({ $type: 'typography', $value: '{h1}' }),
    )
    expect(form.theirs.has('value')).toBe(true)
    expect(takeTheirs(form, 'value').draft.value).toMatchObject({ kind: 'line', text: '{h1}' })
  })

  it('a rename shows, unless the name is being changed here', () => {
    const renamed = { ...before, name: 'group.other', label: 'other' }
    expect(rebaseForm(openForm(before), renamed).draft.name).toBe('group.other')
    const form = rebaseForm(setField(openForm(before), 'name', 'group.mine'), renamed)
    expect(form.draft.name).toBe('group.mine')
    expect(form.theirs.get('name')).toBe('group.other')
  })
})

describe('a new token', () => {
  const fresh = newForm({ name: 'color.new', type: 'color', spelling: dtcgSpelling })

  it('needs a name, a type and a value', () => {
    expect([...formProblems(setField(fresh, 'name', 'a..b')).keys()]).toEqual(['name', 'value'])
    expect([...formProblems(newForm({ name: 'a', type: '', spelling: dtcgSpelling })).keys()]).toEqual([
      'type',
      'value',
    ])
    expect(formProblems(setField(fresh, 'value', '#fff')).size).toBe(0)
  })

  it('is written in the spelling of its set', () => {
    const form = setField(
      setField(newForm({ name: 'a', type: 'color', spelling: legacySpelling }), 'value', '#fff'),
      'description',
      'White',
    )
    expect(formToken(form)).toEqual({ type: 'color', value: '#fff', description: 'White' })
  })

  it('keeps a typed line when another type is chosen, and begins parts anew', () => {
    const typed = setField(fresh, 'value', '16px')
    expect(formToken(setType(typed, 'spacing'))).toEqual({ $type: 'spacing', $value: '16px' })
    expect(formToken(setField(setType(typed, 'border'), 'part:width', '1px'))).toEqual({
      $type: 'border',
      $value: { width: '1px' },
    })
    const shadowForm = setType(fresh, 'boxShadow')
    expect(formProblems(shadowForm).size).toBe(0)
    const composition = setType(fresh, 'composition')
    const filled = setField(
      setValue(composition, withPart(composition.draft.value, 'fill')),
      'part:fill',
      '{color.new}',
    )
    expect(formToken(filled)).toEqual({ $type: 'composition', $value: { fill: '{color.new}' } })
  })

  it('as a copy has everything the other has, under a free name', () => {
    const row = rowOf({ $type: 'color', $value: '#fff', $description: 'White' })
    const taken = new Set(['group.token', 'group.token-copy'])
    const copy = duplicateForm(
      row,
      copyName(row.name, (name) => taken.has(name)),
    )
    expect(copy.draft.name).toBe('group.token-copy-2')
    expect(formToken(copy)).toEqual({ $type: 'color', $value: '#fff', $description: 'White' })
  })

  it('a value that is JSON and cannot be read is refused', () => {
    const form = openForm(rowOf({ $type: 'other', $value: { a: [1] } }))
    expect([...formProblems(setField(form, 'value', '{"a": ')).values()][0]).toContain('JSON')
  })
})
