import { html, nothing, type TemplateResult } from 'lit'
import type { ListRow } from '../model/list-rows.ts'
import type { ShownPerson } from '../model/people.ts'
import { plainText } from '../model/plain-text.ts'
import { rowLabel, type ShownValue } from '../model/shown-value.ts'
import { typeLabel } from '../model/token-type.ts'
import { icon } from './icon.ts'
import { styleOf } from './style-of.ts'
import { swatchTemplate } from './swatch-template.ts'

export interface RowView {
  readonly row: ListRow
  readonly shown: ShownValue | undefined
  readonly index: number
  readonly top: number
  readonly current: boolean
  /** Others who look at this row. */
  readonly here: readonly ShownPerson[]
  /** The whole name, as in search results; else the last part. */
  readonly wholeName: boolean
  readonly readOnly: boolean
  readonly conflict: boolean
  /** The bin has another value that was not taken, and nobody decided yet. */
  readonly kept: boolean
}

/** One row of the token list. Buttons inside are for the pointer; each has a key on the row (`list-keys.ts`). */
export function tokenRow(view: RowView): TemplateResult {
  const { row, shown, index, top, current, here, readOnly } = view
  return html`<div
    class="line ${row.kind}"
    role="row"
    id="row-${index}"
    data-index=${index}
    tabindex=${current ? 0 : -1}
    aria-label=${rowLabel(row, shown)}
    aria-level=${row.level}
    aria-posinset=${row.position}
    aria-setsize=${row.siblings}
    aria-rowindex=${index + 2}
    aria-expanded=${row.unfolded ?? nothing}
    aria-selected=${current}
    ${styleOf({ top: `${top}px`, '--level': String(row.level) })}
  >
    <div class="name" role="gridcell">
      <button
        type="button"
        class="fold ${row.unfolded === undefined || row.kind === 'set' ? 'none' : ''}"
        tabindex="-1"
        data-act="fold"
        aria-label=${row.unfolded ? 'Fold' : 'Unfold'}
      >
        ${icon(row.unfolded ? 'folded' : 'unfold')}
      </button>
      ${nameTemplate(view)}
      ${view.conflict ? html`<span class="wrong">${icon('warning')}<span>two values</span></span>` : nothing}
      ${view.kept ? html`<span class="wrong">${icon('warning')}<span>other value in the journal</span></span>` : nothing}
      ${here.map(
        (person) =>
          html`<span
            class="here"
            title="${person.name} is here"
            ${styleOf({ 'background-color': person.color, color: person.ink })}
            ><span aria-hidden="true">${person.initials}</span
            ><span class="visually-hidden">${person.name} is here</span></span
          >`,
      )}
    </div>
    <div class="value" role="gridcell">${shown ? valueTemplate(shown) : nothing}</div>
    <div class="type" role="gridcell">${row.kind === 'token' ? typeLabel(row.row.type) : nothing}</div>
    <div class="actions" role="gridcell">${row.kind === 'set' ? nothing : actionButtons(row, readOnly)}</div>
  </div>`
}

function nameTemplate({ row, wholeName }: RowView): TemplateResult {
  if (row.kind === 'set')
    return html`<bdi class="label">${plainText(row.set)}</bdi><span class="count">${row.matches}</span>`
  const name = plainText(wholeName ? row.row.name : row.row.label)
  return html`<bdi class="label" title=${plainText(row.row.name)}>${name}</bdi>
    ${row.kind === 'group' ? html`<span class="count">${row.row.tokens}</span>` : nothing}`
}

function valueTemplate({ swatch, text, result, problems }: ShownValue): TemplateResult {
  const whole = text.map((part) => part.text).join('')
  return html`${swatchTemplate(swatch)}<bdi class="text" title=${whole}
      >${text.map((part) => (part.reference ? html`<span class="reference">${part.text}</span>` : part.text))}</bdi
    >${result === undefined ? nothing : html`<bdi class="text result" title=${result}>→ ${result}</bdi>`}${
      problems.length === 0
        ? nothing
        : html`<span class="wrong" title=${problems.join('\n')}>${icon('warning')}<span>${problems[0]}</span></span>`
    }`
}

function actionButtons(row: ListRow, readOnly: boolean): TemplateResult {
  const edits = row.kind === 'token'
  return html`<button
      type="button"
      class="quiet icon-only"
      tabindex="-1"
      data-act=${edits ? 'edit' : 'add'}
      ?hidden=${!edits && readOnly}
      aria-label=${edits ? (readOnly ? 'View' : 'Edit') : 'Add token here'}
      title=${edits ? (readOnly ? 'View (Enter)' : 'Edit (Enter)') : 'Add token here'}
    >
      ${icon(edits ? (readOnly ? 'view' : 'edit') : 'add')}</button
    ><button
      type="button"
      class="quiet icon-only"
      tabindex="-1"
      data-act="menu"
      aria-label="More actions"
      title="More actions (Shift+F10)"
    >
      ${icon('more')}
    </button>`
}
