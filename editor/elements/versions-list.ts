import { css, type CSSResult, html, nothing, type TemplateResult } from 'lit'
import type { SavedVersion } from 'y-tokens'
import { countOf, formatTime, personName, plainText } from '../model/plain-text.ts'
import { icon } from './icon.ts'

export interface VersionsListView {
  readonly versions: readonly SavedVersion[]
  /** Nothing can be restored or removed here. */
  readonly isFixed: boolean
  /** What is to be removed, once that is confirmed: an id, or `automatic` or `all`. */
  readonly asked: string | null
  readonly compare: (version: SavedVersion) => void
  readonly restore: (version: SavedVersion) => void
  readonly ask: (what: string | null) => void
  readonly remove: (what: string) => void
}

/** Saved versions, newest first; those that were put aside by themselves stand in a group of their own below. */
export function versionsList(view: VersionsListView): TemplateResult {
  const { versions, isFixed } = view
  const automatic = versions.filter((version) => version.automatic)
  const named = versions.filter((version) => !version.automatic)
  if (versions.length === 0)
    return html`<p class="note">${isFixed ? 'There is no version that you may see.' : 'No version is saved yet.'}</p>`
  return html`${named.length === 0 ? nothing : listTemplate('Saved versions', named, view)}
  ${
    automatic.length === 0
      ? nothing
      : html`<section aria-labelledby="automatic">
          <h3 id="automatic">Put aside automatically</h3>
          <p class="hint">Before the first edits of a day, imports, links and restores. The oldest go by themselves.</p>
          ${listTemplate('Versions put aside automatically', automatic, view)}
        </section>`
  }
  ${isFixed ? nothing : purgeTemplate(automatic.length, versions.length, view)}`
}

function listTemplate(label: string, versions: readonly SavedVersion[], view: VersionsListView): TemplateResult {
  return html`<ul class="versions" aria-label=${label}>
    ${versions.map((version) => versionTemplate(version, view))}
  </ul>`
}

function versionTemplate(version: SavedVersion, view: VersionsListView): TemplateResult {
  const name = plainText(version.name, 120)
  const time = formatTime(version.at, Date.now())
  return html`<li>
    <span class="what"><bdi>${name}</bdi><br /><span class="hint">${time}, by ${personName(version.by)}</span></span>
    <div class="row">
      <button
        type="button"
        data-compare=${version.id}
        aria-label="Compare ${name} with the tokens as they are"
        @click=${() => view.compare(version)}
      >
        Compare
      </button>
      ${view.isFixed ? nothing : changeButtons(version, name, view)}
    </div>
    ${view.asked === version.id ? confirmTemplate(`Remove ${name} for everyone?`, version.id, view) : nothing}
  </li>`
}

function changeButtons(version: SavedVersion, name: string, view: VersionsListView): TemplateResult {
  return html`<button type="button" aria-label="Restore ${name}" @click=${() => view.restore(version)}>Restore</button>
    <button
      type="button"
      class="quiet icon-only"
      data-remove=${version.id}
      aria-label="Remove ${name}"
      @click=${() => view.ask(version.id)}
    >
      ${icon('remove')}
    </button>`
}

function purgeTemplate(automatic: number, all: number, view: VersionsListView): TemplateResult {
  const button = (what: 'automatic' | 'all', text: string): TemplateResult =>
    html`<button type="button" class="quiet" data-remove=${what} @click=${() => view.ask(what)}>${text}</button>`
  const asked = view.asked === 'automatic' || view.asked === 'all' ? view.asked : null
  const question =
    asked === 'automatic'
      ? `Remove ${countOf(automatic, 'version')} put aside automatically, for everyone?`
      : `Remove the whole history, ${countOf(all, 'version')}, for everyone?`
  return html`<div class="row">
      ${automatic > 0 ? button('automatic', 'Remove the automatic versions') : nothing}
      ${button('all', 'Remove all versions')}
    </div>
    ${asked === null ? nothing : confirmTemplate(question, asked, view)}`
}

/** Removing cannot be undone, so it is asked for twice. */
function confirmTemplate(question: string, what: string, view: VersionsListView): TemplateResult {
  return html`<div class="confirm" role="group" aria-label=${question}>
    <span class="grow">${question} It cannot be brought back.</span>
    <button type="button" @click=${() => view.ask(null)}>Keep</button>
    <button type="button" id="confirm" class="danger" @click=${() => view.remove(what)}>Remove</button>
  </div>`
}

export const versionsListStyles: CSSResult = css`
  section > h3 {
    margin: 0 0 0.25rem;
    font-size: 1em;
  }
  section > .hint {
    margin-block-end: 0.5rem;
  }
  .versions li {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.25rem 0.75rem;
    padding: 0.5rem 0;
    border-top: 1px solid var(--yt-line);
  }
  .what {
    flex: 1 1 14rem;
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .confirm {
    display: flex;
    flex: 1 1 100%;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem;
    padding: 0.5rem 0.75rem;
    border-radius: 3px;
    background: var(--yt-warning-weak);
  }
`
