import { css, type CSSResult, html, nothing, type TemplateResult } from 'lit'
import type { ChangedField, ChangedSet, ChangedToken, Comparison, ShownPart } from '../model/version-comparison.ts'
import { countOf, plainText } from '../model/plain-text.ts'
import { swatchTemplate } from './swatch-template.ts'

export interface ComparisonView {
  readonly comparison: Comparison
  /** Names of sets, and keys of tokens, that are to be restored. */
  readonly chosen: ReadonlySet<string>
  /** How many tokens are listed. */
  readonly limit: number
  /** Nothing can be restored here. */
  readonly isFixed: boolean
  readonly choose: (key: string, isChosen: boolean) => void
  readonly showMore: () => void
}

export function setKeyOf(name: string): string {
  return `set ${name}`
}

/** Differences by set, token and field. What can be restored alone has a checkbox. */
export function comparisonTemplate(view: ComparisonView): TemplateResult {
  const { comparison, limit } = view
  let left = limit
  const sets: TemplateResult[] = []
  for (const set of comparison.sets) {
    if (left <= 0) break
    sets.push(setTemplate(set, left, view))
    left -= Math.max(1, set.tokens.length)
  }
  const total = comparison.sets.reduce((sum, { tokens }) => sum + Math.max(1, tokens.length), 0)
  return html`<div class="changes">
    ${sets}
    ${
      total > limit
        ? html`<div class="row">
            <button type="button" @click=${view.showMore}>Show more, ${countOf(total - limit, 'token')} left</button>
          </div>`
        : nothing
    }
    ${
      comparison.others.length === 0
        ? nothing
        : html`<section aria-labelledby="others">
            <h3 id="others">Themes and the file</h3>
            <p class="hint">They come back with the whole version only.</p>
            <ul>
              ${comparison.others.map((field) => html`<li>${fieldTemplate(field)}</li>`)}
            </ul>
          </section>`
    }
  </div>`
}

const setWords: Readonly<Record<ChangedSet['what'], string>> = { new: 'new', removed: 'removed', changed: '' }

function setTemplate(set: ChangedSet, limit: number, view: ComparisonView): TemplateResult {
  const name = plainText(set.name, 120)
  const words = setWords[set.what]
  const key = setKeyOf(set.name)
  const isWhole = view.chosen.has(key)
  return html`<section aria-label="Set ${name}">
    <div class="head">
      <h3><bdi>${name}</bdi>${words === '' ? nothing : html`<span class="mark">${words}</span>`}</h3>
      ${view.isFixed ? nothing : choice(key, `Whole set ${name}`, html`Whole set`, isWhole, false, view)}
    </div>
    <ul aria-label="Changes in ${name}">
      ${set.tokens.slice(0, limit).map((token) => tokenTemplate(token, isWhole, view))}
      ${set.others.map((field) => html`<li>${fieldTemplate(field)}</li>`)}
    </ul>
  </section>`
}

const tokenWords: Readonly<Record<ChangedToken['what'], string>> = {
  new: 'new',
  removed: 'removed',
  changed: '',
  renamed: 'renamed',
}

function tokenTemplate(token: ChangedToken, isWhole: boolean, view: ComparisonView): TemplateResult {
  const { key, name, what, from, fields } = token
  const words = from === null ? tokenWords[what] : `was ${from}`
  const shown = html`<span
    ><bdi class="mono">${name}</bdi>${words === '' ? nothing : html`<span class="mark">${words}</span>`}</span
  >`
  const isChosen = isWhole || view.chosen.has(key)
  return html`<li>
    ${view.isFixed ? shown : choice(key, [name, words].filter(Boolean).join(', '), shown, isChosen, isWhole, view)}
    ${fields.map(fieldTemplate)}
  </li>`
}

function choice(
  key: string,
  label: string,
  shown: TemplateResult,
  isChosen: boolean,
  isDisabled: boolean,
  view: ComparisonView,
): TemplateResult {
  return html`<label class="choice"
    ><input
      type="checkbox"
      aria-label=${label}
      .checked=${isChosen}
      ?disabled=${isDisabled}
      @change=${(event: Event) => view.choose(key, (event.target as HTMLInputElement).checked)}
    />${shown}</label
  >`
}

function fieldTemplate({ label, before, after }: ChangedField): TemplateResult {
  return html`<p class="field">
    <span class="hint">${label}</span>
    ${partTemplate(before, 'none')}<span class="visually-hidden">, became</span
    ><span class="arrow" aria-hidden="true">→</span>${partTemplate(after, 'none')}
  </p>`
}

function partTemplate(part: ShownPart | null, absent: string): TemplateResult {
  if (part === null) return html`<span class="hint">${absent}</span>`
  return html`<span class="part">${swatchTemplate(part.swatch)}<bdi class="mono">${part.text}</bdi></span>`
}

export const comparisonStyles: CSSResult = css`
  .changes {
    display: grid;
    gap: 1rem;
  }
  .changes h3 {
    margin: 0;
    font-size: 1em;
  }
  .changes .head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 0.25rem 0.75rem;
  }
  .changes li {
    display: grid;
    gap: 0.25rem;
    padding: 0.5rem 0;
    border-top: 1px solid var(--yt-line);
  }
  .changes .mark {
    margin-inline-start: 0.5rem;
    font-weight: 400;
    color: var(--yt-text-2);
  }
  .changes .field {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.25rem 0.5rem;
    margin: 0;
    padding-inline-start: 1.625rem;
  }
  .changes .part {
    display: inline-flex;
    align-items: center;
    gap: 0.375rem;
    min-width: 0;
  }
  .changes .arrow {
    color: var(--yt-text-2);
  }
`
