import {
  css,
  type CSSResultGroup,
  html,
  LitElement,
  nothing,
  type PropertyDeclarations,
  type TemplateResult,
} from 'lit'
import { controls } from '../styles/controls.ts'
import { sendCommand } from './command.ts'
import { icon } from './icon.ts'

/** What stands in a room without tokens: the ways to begin. */
export class EmptyRoom extends LitElement {
  static override properties: PropertyDeclarations = {
    readOnly: { attribute: false },
    sample: { type: Boolean },
    unsure: { type: Boolean },
  }

  declare readOnly: string | null
  /** The page has sample tokens to begin with. */
  declare sample: boolean
  /** The relay has not told what it has: the room may be empty here only. */
  declare unsure: boolean

  constructor() {
    super()
    this.readOnly = null
    this.sample = false
    this.unsure = false
  }

  static override styles: CSSResultGroup = [
    controls,
    css`
      :host {
        display: grid;
        place-content: center;
        justify-items: center;
        gap: 1rem;
        padding: 2rem 1rem;
        text-align: center;
        overflow: auto;
      }
      h2 {
        margin: 0;
        font-size: 1.25em;
      }
      p {
        margin: 0;
        max-width: 32rem;
        color: var(--yt-text-2);
      }
      .ways {
        display: flex;
        flex-wrap: wrap;
        justify-content: center;
        gap: 0.5rem;
      }
    `,
  ]

  override render(): TemplateResult {
    const open = (panel: 'import' | 'bins'): void => sendCommand(this, { kind: 'open', panel })
    if (this.readOnly !== null) {
      return html`<h2>No tokens yet</h2>
        <p>${this.readOnly} As soon as somebody adds tokens, they show here.</p>`
    }
    return html`<h2>No tokens yet</h2>
      <p>
        Bring in a token file from Tokens Studio or another tool, link the bin your plugin uses, or begin with a set of
        your own.
      </p>
      ${
        this.unsure
          ? html`<p role="status">
              The relay has not answered yet. If this room has tokens, they show as soon as it does.
            </p>`
          : nothing
      }
      <div class="ways">
        <button type="button" class="primary" @click=${() => open('import')}>${icon('import')}Import a file</button>
        <button type="button" @click=${() => open('bins')}>${icon('bins')}Link a bin</button>
        ${
          this.sample
            ? html`<button type="button" @click=${() => sendCommand(this, { kind: 'use-sample' })}>
                ${icon('themes')}Use sample tokens
              </button>`
            : nothing
        }
        <button type="button" @click=${() => sendCommand(this, { kind: 'add-set' })}>${icon('add')}Add a set</button>
      </div>`
  }
}
