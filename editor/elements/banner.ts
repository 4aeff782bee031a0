import { html, nothing, type TemplateResult } from 'lit'
import type { Tokens } from 'y-tokens'
import { formatTime } from '../model/plain-text.ts'
import type { SnapshotView } from '../snapshot-view.ts'
import { icon } from './icon.ts'

/** Why nothing can be changed, or null. */
export function readOnlyReason(view: SnapshotView | null, tokens: Tokens | null): string | null {
  if (view) {
    return `These tokens were read by URL at ${formatTime(view.at, Date.now())}: you can look at everything and change nothing.`
  }
  if (tokens?.status.relay.role === 'reader') {
    return 'Your key lets you look at everything in this room and change nothing. Ask for a writer’s key to edit.'
  }
  if (tokens?.document.state === 'schema-too-new') {
    return 'A newer version of this editor wrote in this room. Reload the page to get it; until then nothing can be changed.'
  }
  return null
}

/** What a person must know about all that is shown; nothing where all is as usual. */
export function banner(
  view: SnapshotView | null,
  tokens: Tokens | null,
  actions: { readonly refresh: () => void; readonly leave: () => void },
): TemplateResult | typeof nothing {
  const isPartial = !view && tokens?.document.state === 'partial'
  const text = readOnlyReason(view, tokens) ?? (isPartial ? 'A part of the tokens is still on its way.' : null)
  if (text === null) return nothing
  return html`<div class="banner" role="note">
    <span class="grow">${text}</span>
    ${
      view
        ? html`<button type="button" @click=${() => actions.refresh()}>${icon('refresh')}Refresh</button> ${
              tokens ? html`<button type="button" @click=${() => actions.leave()}>Back to the room</button>` : nothing
            }`
        : nothing
    }
  </div>`
}
