import {
  css,
  type CSSResultGroup,
  html,
  LitElement,
  nothing,
  type PropertyDeclarations,
  type TemplateResult,
} from 'lit'
import type { BinEntry, Bins } from '../../src/open-tokens.ts'
import { problemOf } from '../actions.ts'
import { plainText } from '../model/plain-text.ts'
import { controls } from '../styles/controls.ts'
import type { BinAnswer } from './bin-form.ts'
import { sendCommand } from './command.ts'
import { icon } from './icon.ts'
import { Watch } from './watch.ts'

type Step =
  | { readonly kind: 'list' }
  | { readonly kind: 'add' }
  | { readonly kind: 'key' | 'rename' | 'apply' | 'remove'; readonly id: string }

const keyWords: Readonly<Record<BinEntry['key'], string>> = {
  none: 'No key on this device',
  master: 'Master key on this device',
  access: 'Access key on this device',
}

/** The team's bins: add, apply, switch, rename, remove, and this device's keys. */
export class BinsDialog extends LitElement {
  static override properties: PropertyDeclarations = {
    bins: { attribute: false },
    readOnly: { attribute: false },
    hasTokens: { type: Boolean },
    begin: {},
    step: { state: true },
    busy: { state: true },
    problem: { state: true },
    said: { state: true },
  }

  declare bins: Bins
  declare readOnly: string | null
  /** The room has tokens that applying a bin would replace. */
  declare hasTokens: boolean
  /** `key`: begins with the applied bin's key. */
  declare begin: 'list' | 'key'
  declare step: Step
  declare busy: boolean
  declare problem: string
  declare said: string

  constructor() {
    super()
    this.readOnly = null
    this.hasTokens = true
    this.begin = 'list'
    this.step = { kind: 'list' }
    this.busy = false
    this.problem = ''
    this.said = ''
    new Watch<void>(this, () => this.bins)
  }

  static override styles: CSSResultGroup = [
    controls,
    css`
      ul {
        display: grid;
        gap: 0.5rem;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: grid;
        gap: 0.5rem;
        padding: 0.75rem;
        border: 1px solid var(--yt-line);
        border-radius: var(--yt-radius);
      }
      li.applied {
        border-color: var(--yt-accent);
      }
      h3 {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.5rem;
        margin: 0;
        font-size: 1em;
      }
      .badge {
        display: inline-flex;
        align-items: center;
        gap: 0.25rem;
        padding: 0.0625rem 0.5rem;
        border-radius: 1rem;
        background: var(--yt-accent-weak);
        color: var(--yt-accent);
        font-weight: 400;
      }
      .id {
        color: var(--yt-text-2);
        overflow-wrap: anywhere;
      }
    `,
  ]

  override connectedCallback(): void {
    super.connectedCallback()
    const applied = this.begin === 'key' ? this.bins.list().find((bin) => bin.applied) : undefined
    if (applied) this.step = { kind: 'key', id: applied.id }
  }

  override render(): TemplateResult {
    const bins = this.bins.list()
    return html`<yt-dialog heading="Bins">
      <div class="stack">
        <p class="hint">
          A bin holds this room’s tokens at JSONBin, where the Tokens Studio plugin and others read them. The team
          shares the list; each device has its own keys.
        </p>
        ${this.readOnly === null ? nothing : html`<p class="note">${this.readOnly}</p>`}
        ${bins.length === 0 ? html`<p class="note">No bin yet. Add one to let others read these tokens.</p>` : nothing}
        <ul aria-label="Bins">
          ${bins.map((bin) => this.#bin(bin))}
        </ul>
        <p class="problem" role="alert">${this.problem}</p>
        <p class="hint" role="status">${this.said}</p>
        ${this.#adding()}
      </div>
    </yt-dialog>`
  }

  #bin(bin: BinEntry): TemplateResult {
    const step = this.step
    const open = 'id' in step && step.id === bin.id ? step.kind : undefined
    return html`<li class=${bin.applied ? 'applied' : ''}>
      <h3>
        <bdi>${plainText(bin.name, 60)}</bdi
        >${bin.applied ? html`<span class="badge">${icon('check')}Applied</span>` : nothing}
      </h3>
      <span class="id mono"
        >${plainText(bin.id, 60)}${bin.url === null ? nothing : html`<br />${plainText(bin.url, 120)}`}</span
      >
      <span class="hint">${keyWords[bin.key]}</span>
      ${open === undefined ? this.#binButtons(bin) : this.#binStep(bin, open)}
    </li>`
  }

  #binButtons(bin: BinEntry): TemplateResult {
    const name = plainText(bin.name, 60)
    const off = this.readOnly !== null
    const go = (kind: 'key' | 'rename' | 'apply' | 'remove'): void => this.#go({ kind, id: bin.id })
    return html`<div class="row">
      ${
        bin.applied
          ? nothing
          : html`<button
              type="button"
              class="primary"
              ?disabled=${off}
              aria-label="Apply ${name}"
              @click=${() => go('apply')}
            >
              Apply
            </button>`
      }
      <button type="button" ?disabled=${off} aria-label="Key for ${name}" @click=${() => go('key')}>
        ${icon('key')}${bin.key === 'none' ? 'Enter key' : 'Change key'}
      </button>
      ${
        bin.key === 'none'
          ? nothing
          : html`<button type="button" aria-label="Forget key of ${name}" @click=${() => this.#forget(bin)}>
              Forget key
            </button>`
      }
      <button type="button" class="quiet" ?disabled=${off} aria-label="Rename ${name}" @click=${() => go('rename')}>
        Rename
      </button>
      <button type="button" class="quiet" ?disabled=${off} aria-label="Remove ${name}" @click=${() => go('remove')}>
        Remove
      </button>
    </div>`
  }

  #binStep(bin: BinEntry, step: 'key' | 'rename' | 'apply' | 'remove'): TemplateResult {
    switch (step) {
      case 'key':
        return html`<yt-bin-form
          kind="key"
          .binName=${plainText(bin.name, 60)}
          .cancel=${this.#back}
          .submit=${(answer: BinAnswer) => this.#setKey(bin, answer)}
        ></yt-bin-form>`
      case 'rename':
        return html`<form class="row" @submit=${(event: SubmitEvent) => this.#rename(event, bin)}>
          <label class="visually-hidden" for="rename">New name</label>
          <input id="rename" class="grow" maxlength="128" .value=${bin.name} />
          <button type="button" @click=${this.#back}>Cancel</button>
          <button type="submit" class="primary" ?disabled=${this.busy}>Rename bin</button>
        </form>`
      case 'apply':
        return this.#question(
          this.hasTokens
            ? 'The tokens in this bin will replace the tokens of this room, for everyone. What is here now is saved as a version first; you can restore it under Versions.'
            : 'This room is empty: it will be filled with the tokens of this bin, for everyone.',
          this.#switchText(bin),
          'Apply bin',
          () => this.bins.apply(bin.id),
          `${plainText(bin.name, 60)} is applied.`,
        )
      case 'remove':
        return this.#question(
          'The bin leaves the team’s list. The bin itself and what is in it stay at the service.',
          bin.applied ? 'It is the applied bin: updates to it end.' : '',
          'Remove bin',
          () => Promise.resolve(this.bins.remove(bin.id)),
          `${plainText(bin.name, 60)} is removed from the list.`,
        )
    }
  }

  #switchText(bin: BinEntry): string {
    const current = this.bins.list().find((each) => each.applied && each.id !== bin.id)
    return current ? `${plainText(current.name, 60)} is no longer updated then, and keeps what it has.` : ''
  }

  #question(text: string, more: string, action: string, act: () => Promise<void>, said: string): TemplateResult {
    return html`<div class="stack note" role="group" aria-label=${action}>
      <p class="hint">${text} ${more}</p>
      <div class="row">
        <button type="button" @click=${this.#back}>Cancel</button>
        <button type="button" class="primary" ?disabled=${this.busy} @click=${() => this.#run(act, said)}>
          ${this.busy ? 'Working…' : action}
        </button>
      </div>
    </div>`
  }

  #adding(): TemplateResult {
    if (this.step.kind !== 'add') {
      return html`<div class="row">
        <button type="button" ?disabled=${this.readOnly !== null} @click=${() => this.#go({ kind: 'add' })}>
          ${icon('add')}Add bin
        </button>
        <button type="button" class="quiet" @click=${() => sendCommand(this, { kind: 'open', panel: 'snapshot' })}>
          ${icon('view')}Only look at a bin
        </button>
      </div>`
    }
    return html`<yt-bin-form
      kind="add"
      .cancel=${this.#back}
      .submit=${(answer: BinAnswer) => this.#add(answer)}
    ></yt-bin-form>`
  }

  #go(step: Step): void {
    this.step = step
    this.problem = ''
    this.said = ''
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>('yt-bin-form, #rename, .note .primary')?.focus(),
    )
  }

  readonly #back = (): void => {
    this.step = { kind: 'list' }
    this.problem = ''
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('li button, .row button')?.focus())
  }

  async #add({ name, id, url, key, remember }: BinAnswer): Promise<string | undefined> {
    try {
      const added = await this.bins.add({
        name,
        ...(id === '' ? {} : { id }),
        ...(url === '' ? {} : { url }),
        // A bin that exists needs no key to be listed; its key then goes the way that asks whether to remember it.
        ...(key === null || id !== '' ? {} : { key }),
      })
      if (key !== null) this.bins.setKey(added, key, { remember })
      this.#back()
      this.said =
        id === '' ? 'The bin is created with the tokens of this room.' : 'The bin is on the list. Apply it to use it.'
      return undefined
    } catch (error) {
      return problemOf(error)
    }
  }

  async #setKey(bin: BinEntry, { key, remember }: BinAnswer): Promise<string | undefined> {
    try {
      this.bins.setKey(bin.id, key, { remember })
      this.#back()
      this.said = remember ? 'The key is kept on this device.' : 'The key is kept until this page closes.'
      return undefined
    } catch (error) {
      return problemOf(error)
    }
  }

  #forget(bin: BinEntry): void {
    void this.#run(() => Promise.resolve(this.bins.setKey(bin.id, null)), 'The key is forgotten on this device.')
  }

  #rename(event: SubmitEvent, bin: BinEntry): void {
    event.preventDefault()
    const name = this.renderRoot.querySelector<HTMLInputElement>('#rename')?.value.trim() ?? ''
    if (name !== '') void this.#run(() => this.bins.rename(bin.id, name), `Renamed to ${plainText(name, 60)}.`)
  }

  async #run(act: () => Promise<void>, said: string): Promise<void> {
    this.busy = true
    this.problem = ''
    try {
      await act()
      this.#back()
      this.said = said
    } catch (error) {
      this.problem = problemOf(error)
    }
    this.busy = false
  }
}
