import {
  css,
  type CSSResultGroup,
  html,
  LitElement,
  nothing,
  type PropertyDeclarations,
  type TemplateResult,
} from 'lit'
import type { TokenDocument } from 'y-tokens/doc'
import type { Journal, JournalEntry, JournalValue } from 'y-tokens/bridge'
import { problemOf } from '../actions.ts'
import { journalPlace, journalReason, journalText } from '../model/journal-words.ts'
import { countOf, formatTime, plainText } from '../model/plain-text.ts'
import { controls } from '../styles/controls.ts'
import { dialogStyles, ModalDialog } from './dialog.ts'
import { icon } from './icon.ts'
import { Watch } from './watch.ts'

/** Entries are many after a year; older ones come when asked for. */
const pageSize = 50
/** A mass change holds thousands. */
const foldedValues = 25

/** Every merge of the bin, in words, with the way back: each value that was replaced or not taken can be used again. */
export class JournalDialog extends LitElement {
  static override properties: PropertyDeclarations = {
    journal: { attribute: false },
    document: { attribute: false },
    readOnly: { attribute: false },
    shown: { state: true },
    unfolded: { state: true },
    used: { state: true },
    said: { state: true },
    problem: { state: true },
  }

  declare journal: Journal
  declare document: TokenDocument
  declare readOnly: string | null
  declare shown: number
  /** The entry whose values are all shown. */
  declare unfolded: string | null
  /** The value used last, while Undo would take it back. */
  declare used: string | null
  declare said: string
  declare problem: string

  readonly #dialog = new ModalDialog(this)

  constructor() {
    super()
    this.readOnly = null
    this.shown = pageSize
    this.unfolded = null
    this.used = null
    this.said = ''
    this.problem = ''
    new Watch<void>(this, () => this.journal)
    new Watch(
      this,
      () => this.document,
      (changes) => {
        if (changes.some(({ origin }) => origin === 'local' || origin === 'undo' || origin === 'import'))
          this.used = null
      },
    )
  }

  static override styles: CSSResultGroup = [
    controls,
    dialogStyles,
    css`
      ol,
      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      ol > li {
        padding: 0.75rem 0;
        border-top: 1px solid var(--yt-line);
      }
      ol > li:first-child {
        border-top: 0;
        padding-top: 0;
      }
      h3 {
        margin: 0;
        font-size: 1em;
      }
      p {
        margin: 0.25rem 0 0;
        overflow-wrap: anywhere;
      }
      ul > li {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.25rem 0.75rem;
        margin-top: 0.5rem;
        padding: 0.5rem 0.625rem;
        border-radius: var(--yt-radius);
        background: var(--yt-ground-2);
      }
      .settled {
        display: inline-flex;
        align-items: center;
        gap: 0.25rem;
        margin-inline-start: 0.75rem;
        font-weight: 400;
        color: var(--yt-ok);
      }
      .row {
        margin-top: 0.5rem;
      }
      .what {
        flex: 1 1 16rem;
        min-width: 0;
        overflow-wrap: anywhere;
      }
    `,
  ]

  override render(): TemplateResult {
    const entries = this.journal.entries()
    return this.#dialog.render({
      heading: 'Journal of merges',
      size: 'large',
      content: html`<div class="stack">
        <p class="hint">
          What came from the bin, and what became of each value. A value that was replaced or not taken is not lost: use
          it again from here.
        </p>
        ${this.readOnly === null ? nothing : html`<p class="note">${this.readOnly}</p>`}
        <p class="problem" role="alert">${this.problem}</p>
        <p class="hint" role="status">${this.said}</p>
        ${entries.length === 0 ? html`<p class="note">Nothing was merged yet.</p>` : nothing}
        <ol aria-label="Merges, newest first">
          ${entries.slice(0, this.shown).map((entry) => this.#entry(entry))}
        </ol>
        ${
          entries.length > this.shown
            ? html`<div class="row">
                <button
                  type="button"
                  @click=${() => {
                    this.shown += pageSize
                  }}
                >
                  Show older
                </button>
              </div>`
            : nothing
        }
      </div>`,
    })
  }

  #entry(entry: JournalEntry): TemplateResult {
    const time = formatTime(entry.at, Date.now())
    const shown = this.unfolded === entry.id ? entry.values : entry.values.slice(0, foldedValues)
    return html`<li>
      <h3>${time}${entry.isSettled ? html`<span class="settled">${icon('check')}Dealt with</span>` : nothing}</h3>
      <p>${plainText(entry.summary, 2_000)}</p>
      <ul>
        ${shown.map((value) => this.#value(entry, value))}
      </ul>
      ${
        shown.length < entry.values.length
          ? html`<div class="row">
              <button type="button" class="quiet" @click=${() => this.#unfold(entry)}>
                Show all ${entry.values.length} values
              </button>
            </div>`
          : nothing
      }
      ${this.readOnly === null ? this.#entryButtons(entry, time) : nothing}
    </li>`
  }

  #entryButtons(entry: JournalEntry, time: string): TemplateResult {
    return html`<div class="row">
      ${
        entry.taken > 0
          ? html`<button
              type="button"
              class="quiet"
              aria-label="Take back this merge, ${time}"
              @click=${() => this.#takeBack(entry)}
            >
              ${icon('undo')}Take back this merge
            </button>`
          : nothing
      }
      ${
        entry.isSettled
          ? nothing
          : html`<button
              type="button"
              class="quiet"
              aria-label="Mark as dealt with, ${time}"
              @click=${() => this.#settle(entry)}
            >
              ${icon('check')}Mark as dealt with
            </button>`
      }
    </div>`
  }

  #value(entry: JournalEntry, value: JournalValue): TemplateResult {
    const where = journalPlace(value)
    const key = `${entry.id} ${value.id}`
    return html`<li>
      <span class="what">
        <strong><bdi>${where}</bdi></strong>
        ${value.kind === 'replaced' ? 'had' : 'did not take'} <bdi class="mono">${journalText(value)}</bdi>
        <span class="hint">${journalReason(value)}</span>
      </span>
      ${this.readOnly === null ? this.#valueButton(entry, value, key, where) : nothing}
    </li>`
  }

  #valueButton(entry: JournalEntry, value: JournalValue, key: string, where: string): TemplateResult {
    const use = value.kind === 'kept' ? 'Use theirs' : 'Use ours'
    return this.used === key
      ? html`<button type="button" aria-label="Undo for ${where}" @click=${() => this.#undo(where)}>
          ${icon('undo')}Undo
        </button>`
      : html`<button type="button" aria-label="${use} for ${where}" @click=${() => this.#use(entry, value, key, where)}>
          ${use}
        </button>`
  }

  #use(entry: JournalEntry, value: JournalValue, key: string, where: string): void {
    this.#run(() => {
      this.journal.apply(entry.id, value.id)
      this.used = key
      return `${where} has this value again.`
    })
  }

  #undo(where: string): void {
    this.#run(() => {
      this.document.undo()
      return `${where} is as it was before.`
    })
  }

  #takeBack(entry: JournalEntry): void {
    this.#run(() => {
      const count = this.journal.undo(entry.id)
      return count === 0
        ? 'Nothing was taken back: what the merge brought was changed since.'
        : `${countOf(count, 'change')} taken back. You can undo it.`
    })
  }

  #unfold(entry: JournalEntry): void {
    this.unfolded = entry.id
  }

  #settle(entry: JournalEntry): void {
    this.#run(() => {
      this.journal.settle(entry.id)
      return 'Marked as dealt with.'
    })
  }

  #run(act: () => string): void {
    this.problem = ''
    try {
      this.said = act()
    } catch (error) {
      this.problem = problemOf(error)
    }
  }
}
