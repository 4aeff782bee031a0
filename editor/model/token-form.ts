/**
 * The form of one token. While it is open others go on editing the same token: fields nobody touched here follow them,
 * touched ones stay and say what the other wrote. Saving writes the touched fields alone, so both edits survive.
 */
import type { Json, JsonObject } from '../../src/payload/ordered-json.ts'
import { checkTokenName } from '../../src/payload/token-name.ts'
import type { SetRow } from './set-rows.ts'
import { descriptionOf, ownTypeOf, type Spelling, spellingOf, valueOf } from './token-fields.ts'
import {
  draftFields,
  draftOf,
  draftToValue,
  emptyDraft,
  shapeOfDraft,
  type ValueDraft,
  type ValueShape,
  withField,
} from './value-draft.ts'
import { textToValue } from './value-text.ts'

export interface TokenDraft {
  /** Dotted. */
  readonly name: string
  readonly type: string
  readonly description: string
  readonly value: ValueDraft
}

export interface TokenForm {
  readonly mode: 'add' | 'edit'
  readonly spelling: Spelling
  /** The token has a type of its own; otherwise `type` is inherited and written only when changed. */
  readonly ownType: boolean
  /** The token as it stands in the document. */
  readonly base: TokenDraft
  readonly draft: TokenDraft
  /** Field → what somebody else wrote there while it was being changed here. */
  readonly theirs: ReadonlyMap<string, string>
}

export function openForm(row: SetRow): TokenForm {
  const base = draftOfRow(row)
  return {
    mode: 'edit',
    spelling: spellingOf(row.value),
    ownType: ownTypeOf(row.value) !== undefined,
    base,
    draft: base,
    theirs: new Map(),
  }
}

export function newForm(options: {
  readonly name: string
  readonly type: string
  readonly spelling: Spelling
}): TokenForm {
  const { name, type, spelling } = options
  const base: TokenDraft = { name, type, description: '', value: emptyDraft(type, 'composite') }
  return { mode: 'add', spelling, ownType: true, base, draft: base, theirs: new Map() }
}

/** A new token with everything another one has. */
export function duplicateForm(row: SetRow, name: string): TokenForm {
  const opened = openForm(row)
  return { ...opened, mode: 'add', ownType: true, draft: { ...opened.base, name } }
}

function draftOfRow(row: SetRow): TokenDraft {
  return {
    name: row.name,
    type: row.type ?? '',
    description: descriptionOf(row.value),
    value: draftOf(row.type, valueOf(row.value)),
  }
}

export function setField(form: TokenForm, field: string, text: string): TokenForm {
  const { draft } = form
  if (field === 'name' || field === 'description') return { ...form, draft: { ...draft, [field]: text } }
  return { ...form, draft: { ...draft, value: withField(draft.value, field, text) } }
}

/** One line typed so far stays; parts belong to their type and begin anew. */
export function setType(form: TokenForm, type: string): TokenForm {
  const { value } = form.draft
  const next = emptyDraft(type, 'composite')
  const kept = next.kind === 'line' && value.kind === 'line' ? value : next
  return { ...form, draft: { ...form.draft, type, value: kept } }
}

export function setShape(form: TokenForm, shape: ValueShape): TokenForm {
  if (shapeOfDraft(form.draft.value) === shape) return form
  const same = shapeOfDraft(form.base.value) === shape && form.base.type === form.draft.type
  return setValue(form, same ? form.base.value : emptyDraft(form.draft.type, shape))
}

export function setValue(form: TokenForm, value: ValueDraft): TokenForm {
  return { ...form, draft: { ...form.draft, value } }
}

/** The token has changed in the document. */
export function rebaseForm(form: TokenForm, row: SetRow): TokenForm {
  if (form.mode === 'add') return form
  const base = draftOfRow(row)
  const theirs = new Map(form.theirs)
  const merge = (field: string, before: string, mine: string, now: string): string => {
    if (mine === before || mine === now) {
      theirs.delete(field)
      return now
    }
    if (now !== before) theirs.set(field, now)
    return mine
  }
  const name = merge('name', form.base.name, form.draft.name, base.name)
  const type = merge('type', form.base.type, form.draft.type, base.type)
  const description = merge('description', form.base.description, form.draft.description, base.description)
  const value = mergeValue(form, base.value, merge)
  if (value === undefined) theirs.set('value', valueText(base.value))
  return {
    ...form,
    spelling: spellingOf(row.value),
    ownType: ownTypeOf(row.value) !== undefined,
    base,
    draft: { name, type, description, value: value ?? form.draft.value },
    theirs,
  }
}

type Merge = (field: string, before: string, mine: string, now: string) => string

/** Undefined where both sides changed the value's shape in ways that cannot be laid beside each other. */
function mergeValue(form: TokenForm, now: ValueDraft, merge: Merge): ValueDraft | undefined {
  const before = form.base.value
  const mine = form.draft.value
  if (!isValueTouched(form)) return now
  const beforeFields = draftFields(before)
  const nowFields = draftFields(now)
  const sameFields = [beforeFields, nowFields].every(
    (fields) =>
      fields.size === draftFields(mine).size && [...draftFields(mine).keys()].every((field) => fields.has(field)),
  )
  if (!sameFields) return valueText(now) === valueText(before) ? mine : undefined
  let merged = now
  for (const [field, text] of draftFields(mine)) {
    merged = withField(merged, field, merge(field, beforeFields.get(field) ?? '', text, nowFields.get(field) ?? ''))
  }
  return merged
}

/** Takes what the other wrote in a field. */
export function takeTheirs(form: TokenForm, field: string): TokenForm {
  const theirs = new Map(form.theirs)
  theirs.delete(field)
  if (field === 'name' || field === 'type' || field === 'description') {
    return { ...form, theirs, draft: { ...form.draft, [field]: form.base[field] } }
  }
  const now = draftFields(form.base.value).get(field)
  const value = now === undefined || field === 'value' ? form.base.value : withField(form.draft.value, field, now)
  return { ...form, theirs, draft: { ...form.draft, value } }
}

export function isValueTouched(form: TokenForm): boolean {
  return valueText(form.base.value) !== valueText(form.draft.value)
}

/** Anything to save. */
export function isTouched({ mode, base, draft, ...form }: TokenForm): boolean {
  return (
    mode === 'add' ||
    base.name !== draft.name ||
    base.type !== draft.type ||
    base.description !== draft.description ||
    isValueTouched({ mode, base, draft, ...form })
  )
}

function valueText(draft: ValueDraft): string {
  return JSON.stringify([draft.kind, ...draftFields(draft)])
}

/** What keeps the form from being saved: field → a sentence. */
export function formProblems(form: TokenForm): ReadonlyMap<string, string> {
  const problems = new Map<string, string>()
  const { name, type, value } = form.draft
  // A file may hold a name that could not be given today; an untouched one is left alone.
  if (form.mode === 'add' || name !== form.base.name) {
    try {
      checkTokenName(name.trim())
    } catch (error) {
      problems.set('name', error instanceof Error ? error.message : String(error))
    }
  }
  if (form.mode === 'add' && type === '') problems.set('type', 'Choose what kind of token this is.')
  const [firstField] = draftFields(value).keys()
  const fields = [...draftFields(value).values()]
  if (fields.every((text) => text.trim() === '') && (form.mode === 'add' || isValueTouched(form))) {
    problems.set(firstField ?? 'value', 'Enter a value, or a reference such as {color.brand.500}.')
  }
  const parsed = draftToValue(value)
  if (parsed.kind === 'refused') problems.set(firstField ?? 'value', parsed.message)
  return problems
}

/** The token of an `add` form. Call it on a form without problems. */
export function formToken(form: TokenForm): JsonObject {
  const { spelling, draft } = form
  return {
    [spelling.type]: draft.type,
    [spelling.value]: valueOrThrow(draft.value),
    ...(draft.description === '' ? {} : { [spelling.description]: draft.description }),
  }
}

/** The touched fields of an `edit` form for `document.update`; the name is none of them. */
export function formFields(form: TokenForm): Readonly<Record<string, unknown>> {
  const { spelling, base, draft } = form
  const fields: Record<string, unknown> = {}
  if (draft.type !== base.type) fields[spelling.type] = draft.type
  if (draft.description !== base.description) {
    fields[spelling.description] = draft.description === '' ? undefined : draft.description
  }
  if (isValueTouched(form)) fields[spelling.value] = touchedValue(base.value, draft.value)
  return fields
}

/** Parts alone where parts stay parts: a teammate's other part is not written over. */
function touchedValue(before: ValueDraft, now: ValueDraft): unknown {
  if (before.kind !== 'parts' || now.kind !== 'parts') return valueOrThrow(now)
  const old = draftFields(before)
  const parts: Record<string, unknown> = {}
  for (const { key, text, kind } of now.parts) {
    if ((old.get(`part:${key}`) ?? '') === text) continue
    const parsed = textToValue(text, kind)
    parts[key] = text.trim() === '' || parsed.kind === 'refused' ? undefined : parsed.value
  }
  return parts
}

function valueOrThrow(draft: ValueDraft): Json {
  const parsed = draftToValue(draft)
  if (parsed.kind === 'refused') throw new Error(parsed.message)
  return parsed.value
}

/** The value under the draft, for a preview; null where it cannot be read. */
export function previewValue(draft: ValueDraft): Json {
  const parsed = draftToValue(draft)
  return parsed.kind === 'value' ? parsed.value : null
}

/** `color.brand.500-copy`, or `-copy-2` and on where that is taken. */
export function copyName(name: string, isTaken: (name: string) => boolean): string {
  let copy = `${name}-copy`
  for (let i = 2; isTaken(copy); i++) copy = `${name}-copy-${i}`
  return copy
}
