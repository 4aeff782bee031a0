import { html, nothing, type TemplateResult } from 'lit'
import { countOf, plainText } from '../model/plain-text.ts'
import type { ShownTheme } from '../model/theme-draft.ts'
import { icon } from './icon.ts'

export interface ListHead {
  readonly set: string
  /** Found tokens, while a search is on. */
  readonly found: number | null
  readonly themes: readonly ShownTheme[]
  readonly themeId: string
  readonly readOnly: boolean
  readonly setsOpen: boolean
  readonly toggleSets: () => void
  readonly chooseTheme: (id: string) => void
  readonly foldAll: (folded: boolean) => void
  readonly addToken: () => void
}

/** What stands above the tokens: which set, by which theme, and the way to add one. */
export function listHead(head: ListHead): TemplateResult {
  const { set, found, readOnly, setsOpen } = head
  return html`<header class="list-head">
    <button type="button" class="sets-button" aria-expanded=${setsOpen} @click=${() => head.toggleSets()}>
      ${icon('sets')}<span class="visually-hidden">Sets, now </span><bdi class="name">${plainText(set, 40)}</bdi>
    </button>
    <h2 aria-live="polite">
      ${found === null ? html`<bdi>${plainText(set, 80)}</bdi>` : `${countOf(found, 'token')} found`}
    </h2>
    ${themeChoice(head)}
    <span class="fold">
      <button type="button" class="quiet" @click=${() => head.foldAll(true)}>Fold all</button>
      <button type="button" class="quiet" @click=${() => head.foldAll(false)}>Unfold all</button>
    </span>
    <button type="button" class="primary" ?disabled=${readOnly} @click=${() => head.addToken()}>
      ${icon('add')}Add token
    </button>
  </header>`
}

function themeChoice({ themes, themeId, chooseTheme }: ListHead): TemplateResult | typeof nothing {
  if (themes.length === 0) return nothing
  return html`<label class="look" for="look">Look through</label
    ><select
      id="look"
      class="theme"
      @change=${(event: Event) => chooseTheme((event.target as HTMLSelectElement).value)}
    >
      <option value="">All sets</option>
      ${themes.map(({ id, name }) => html`<option value=${id} ?selected=${id === themeId}>${plainText(name, 40)}</option>`)}
    </select>`
}
