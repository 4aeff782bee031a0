import { html, nothing, type TemplateResult } from 'lit'
import { compositionKeys, partChoices, type PartField } from '../model/composite-parts.ts'
import type { Resolver } from '../model/resolve-value.ts'
import { setField, setShape, setValue, takeTheirs, type TokenForm } from '../model/token-form.ts'
import { tokenTypeOf } from '../model/token-type.ts'
import { isComposite, shapeOfDraft, withLayer, withoutLayer, withPart } from '../model/value-draft.ts'
import { icon } from './icon.ts'
import type { ValueInput } from './value-input.ts'

export interface ValueFields {
  readonly form: TokenForm
  readonly problems: ReadonlyMap<string, string>
  readonly resolver: Resolver
  readonly readOnly: boolean
  readonly change: (form: TokenForm) => void
}

/** The part of the form that edits the value: a line, the parts of a composite, or the layers of a shadow. */
export function valueFields(fields: ValueFields): TemplateResult {
  const { form, readOnly, change } = fields
  const { type, value } = form.draft
  const shape = shapeOfDraft(value)
  return html`<fieldset class="stack">
    <legend class="visually-hidden">Value</legend>
    ${
      isComposite(type) && !readOnly
        ? html`<div class="row" role="radiogroup" aria-label="Enter the value">
            ${(['composite', 'line'] as const).map(
              (each) =>
                html`<label class="choice"
                  ><input
                    type="radio"
                    name="shape"
                    .checked=${shape === each}
                    @change=${() => change(setShape(form, each))}
                  />${each === 'line' ? 'By reference' : 'In parts'}</label
                >`,
            )}
          </div>`
        : nothing
    }
    ${editor(fields)}
  </fieldset>`
}

function editor(fields: ValueFields): TemplateResult {
  const { form, readOnly, change } = fields
  const { type, value } = form.draft
  switch (value.kind) {
    case 'line': {
      const known = tokenTypeOf(type)
      return input(fields, 'value', {
        label: 'Value',
        type,
        text: value.text,
        example: known?.example ?? '',
        choices: known?.choices ?? [],
        preview: true,
        first: form.mode === 'edit',
      })
    }
    case 'parts':
      return html`<div class="parts">
          ${value.parts.map((part, i) => partInput(fields, `part:${part.key}`, part, form.mode === 'edit' && i === 0))}
        </div>
        ${tokenTypeOf(type)?.form === 'composition' && !readOnly ? addPart(fields) : nothing}`
    case 'layers':
      return html`${value.layers.map(
        (layer, at) =>
          html`<fieldset class="layer stack">
            <legend>Layer ${at + 1}</legend>
            <div class="parts">
              ${layer.map((part, i) => partInput(fields, `layer:${at}:${part.key}`, part, at === 0 && i === 0 && form.mode === 'edit'))}
            </div>
            ${
              value.layers.length > 1 && !readOnly
                ? html`<div class="row end">
                    <button type="button" @click=${() => change(setValue(form, withoutLayer(value, at)))}>
                      ${icon('remove')}Remove layer ${at + 1}
                    </button>
                  </div>`
                : nothing
            }
          </fieldset>`,
      )}
      ${
        readOnly
          ? nothing
          : html`<div class="row">
              <button type="button" @click=${() => change(setValue(form, withLayer(value)))}>
                ${icon('add')}Add layer
              </button>
            </div>`
      }`
  }
}

function partInput(fields: ValueFields, field: string, part: PartField, first: boolean): TemplateResult {
  return input(fields, field, {
    label: part.label,
    type: part.type,
    text: part.text,
    example: '',
    choices: partChoices.get(part.key) ?? [],
    preview: false,
    first,
  })
}

interface InputOptions {
  readonly label: string
  readonly type: string
  readonly text: string
  readonly example: string
  readonly choices: readonly string[]
  readonly preview: boolean
  /** Gets the focus when the dialog opens. */
  readonly first: boolean
}

function input(
  { form, problems, resolver, readOnly, change }: ValueFields,
  field: string,
  options: InputOptions,
): TemplateResult {
  const problem = problems.get(field) ?? ''
  return html`<yt-value-input
    class=${problem === '' ? '' : 'invalid'}
    ?autofocus=${options.first}
    .label=${options.label}
    .type=${options.type}
    .value=${options.text}
    .example=${options.example}
    .choices=${options.choices}
    .preview=${options.preview}
    .problem=${problem}
    .theirs=${form.theirs.get(field)}
    .resolver=${resolver}
    .except=${form.base.name}
    .readOnly=${readOnly}
    @value-typed=${(event: Event) => change(setField(form, field, (event.target as ValueInput).value))}
    @take-theirs=${() => change(takeTheirs(form, field))}
  ></yt-value-input>`
}

function addPart({ form, change }: ValueFields): TemplateResult {
  const { value } = form.draft
  const taken = value.kind === 'parts' ? value.parts.map(({ key }) => key) : []
  return html`<div class="field">
    <label for="add-part">Add a property</label>
    <select
      id="add-part"
      @change=${(event: Event) => {
        const select = event.target as HTMLSelectElement
        change(setValue(form, withPart(value, select.value)))
        select.value = ''
      }}
    >
      <option value="">Choose a property</option>
      ${compositionKeys.filter((key) => !taken.includes(key)).map((key) => html`<option value=${key}>${key}</option>`)}
    </select>
  </div>`
}
