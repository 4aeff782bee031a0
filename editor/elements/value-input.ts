import {
  css,
  type CSSResultGroup,
  html,
  LitElement,
  nothing,
  type PropertyDeclarations,
  type TemplateResult,
} from 'lit'
import { live } from 'lit/directives/live.js'
import { colorOf, contrastOf } from '../model/color-value.ts'
import type { NamedToken } from '../model/name-index.ts'
import { plainText } from '../model/plain-text.ts'
import { completeReference, openReferenceAt, suggestReferences } from '../model/reference-input.ts'
import type { Resolver } from '../model/resolve-value.ts'
import { showResolved, showValue, type ShownValue } from '../model/shown-value.ts'
import { tokenTypeOf } from '../model/token-type.ts'
import { controls } from '../styles/controls.ts'
import { swatchStyles } from '../styles/swatch.ts'
import { icon } from './icon.ts'
import { placeBeside } from './place-beside.ts'
import { swatchTemplate } from './swatch-template.ts'

type Suggestion =
  | { readonly kind: 'reference'; readonly token: NamedToken }
  | { readonly kind: 'choice'; readonly text: string }

/**
 * A line for a value: completes references after `{`, offers the values a type has, shows what the value comes to, and picks
 * colours. Says `value-typed`
 * when {@link ValueInput.value} has changed.
 */
export class ValueInput extends LitElement {
  static override properties: PropertyDeclarations = {
    value: {},
    label: {},
    type: {},
    example: {},
    problem: {},
    theirs: { attribute: false },
    choices: { attribute: false },
    resolver: { attribute: false },
    except: {},
    readOnly: { type: Boolean },
    preview: { type: Boolean },
    suggestions: { state: true },
    active: { state: true },
  }

  declare value: string
  declare label: string
  /** Tokens of this type are offered first. */
  declare type: string
  declare example: string
  declare problem: string
  /** What somebody else wrote here meanwhile. */
  declare theirs: string | undefined
  declare choices: readonly string[]
  declare resolver: Resolver | null
  /** A name that is not offered: the token's own. */
  declare except: string
  declare readOnly: boolean
  /** Shows what the value comes to, also where it holds no reference. */
  declare preview: boolean
  declare suggestions: readonly Suggestion[]
  declare active: number

  constructor() {
    super()
    this.value = ''
    this.label = 'Value'
    this.type = ''
    this.example = ''
    this.problem = ''
    this.theirs = undefined
    this.choices = []
    this.resolver = null
    this.except = ''
    this.readOnly = false
    this.preview = false
    this.suggestions = []
    this.active = -1
  }

  static override styles: CSSResultGroup = [
    controls,
    swatchStyles,
    css`
      :host {
        display: block;
        min-width: 0;
      }
      .line {
        display: flex;
        gap: 0.375rem;
      }
      .combo {
        position: relative;
        flex: 1;
        min-width: 0;
      }
      input.value {
        font-family: var(--yt-mono);
      }
      [role='listbox'] {
        position: fixed;
        inset: auto;
        max-height: min(14rem, 45vh);
        margin: 0;
        padding: 0.25rem;
        overflow: auto;
        border: 1px solid var(--yt-line-control);
        border-radius: var(--yt-radius);
        background: var(--yt-raised);
        color: var(--yt-text);
        box-shadow: var(--yt-shadow);
      }
      [role='option'] {
        display: flex;
        align-items: center;
        gap: 0.5rem;
        min-height: 1.75rem;
        padding: 0.125rem 0.375rem;
        border-radius: 4px;
        cursor: default;
      }
      [role='option'] > bdi {
        flex: 1;
        min-width: 0;
      }
      [role='option'][aria-selected='true'],
      [role='option']:hover {
        background: var(--yt-accent-weak);
      }
      @media (forced-colors: active) {
        [role='option'][aria-selected='true'] {
          outline: 2px solid Highlight;
          outline-offset: -2px;
        }
      }
      .result {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.25rem 0.5rem;
        min-height: 1.5rem;
        color: var(--yt-text-2);
      }
      .result .wrong {
        display: inline-flex;
        align-items: center;
        gap: 0.25rem;
        color: var(--yt-problem);
      }
    `,
  ]

  protected override updated(): void {
    const list = this.renderRoot.querySelector<HTMLElement>('#options')
    const input = this.#input
    if (!list || !input) return
    // In the top layer, since the dialog around would cut it off.
    const open = this.suggestions.length > 0
    if (list.matches(':popover-open') !== open) list.togglePopover(open)
    if (!open) return
    list.style.setProperty('width', `${input.getBoundingClientRect().width}px`)
    placeBeside(list, input)
  }

  override focus(): void {
    this.#input?.focus()
    this.#input?.select()
  }

  override render(): TemplateResult {
    const open = this.suggestions.length > 0
    const shown = this.#shown()
    return html`<div class="field">
      <label for="input">${this.label}</label>
      <div class="line">
        <div class="combo">
          <input
            id="input"
            class="value"
            role="combobox"
            aria-autocomplete="list"
            aria-expanded=${open}
            aria-controls="options"
            aria-activedescendant=${open && this.active >= 0 ? `option-${this.active}` : nothing}
            aria-describedby="result problem"
            aria-invalid=${this.problem !== ''}
            autocomplete="off"
            autocapitalize="off"
            spellcheck="false"
            placeholder=${this.example}
            ?readonly=${this.readOnly}
            .value=${live(this.value)}
            @input=${this.#onInput}
            @click=${this.#suggest}
            @keydown=${this.#onKeyDown}
            @blur=${this.#close}
          />
          <div id="options" role="listbox" popover="manual" aria-label="Suggestions" @mousedown=${this.#onOptionDown}>
            ${this.suggestions.map((suggestion, i) => this.#option(suggestion, i))}
          </div>
        </div>
        ${this.#colorPicker()}
      </div>
      <div id="result" class="result" ?hidden=${!shown}>${shown ? this.#result(shown) : nothing}</div>
      <p id="problem" class="problem" ?hidden=${this.problem === ''}>${this.problem}</p>
      ${
        this.theirs === undefined
          ? nothing
          : html`<p class="note warning row">
              <span class="grow">Changed meanwhile to <bdi class="mono">${plainText(this.theirs, 120)}</bdi></span>
              <button type="button" @click=${() => this.dispatchEvent(new Event('take-theirs'))}>Use theirs</button>
            </p>`
      }
    </div>`
  }

  #shown(): ShownValue | undefined {
    const { resolver, value } = this
    if (!resolver || value.trim() === '' || this.suggestions.length > 0) return undefined
    if (!this.preview && !value.includes('{')) return undefined
    return showResolved(this.type, value, resolver.value(value), resolver, undefined)
  }

  #result({ swatch, result, problems }: ShownValue): TemplateResult {
    const color = swatch.kind === 'color' ? colorOf(swatch.color) : undefined
    // The picker shows an opaque colour already.
    const picked = this.#isColor && !this.readOnly && colorOf(this.value)?.alpha === 1
    return html`${picked ? nothing : swatchTemplate(swatch)}${result === undefined ? nothing : html`<bdi class="mono">${result}</bdi>`}${problems.map(
      (problem) => html`<span class="wrong">${icon('warning')}${problem}</span>`,
    )}${color && this.preview ? html`<span>${contrastText(color)}</span>` : nothing}`
  }

  #option(suggestion: Suggestion, at: number): TemplateResult {
    return html`<div id="option-${at}" role="option" aria-selected=${at === this.active} data-at=${at}>
      ${suggestion.kind === 'choice' ? html`<bdi>${suggestion.text}</bdi>` : this.#reference(suggestion.token)}
    </div>`
  }

  #reference({ set, row }: NamedToken): TemplateResult {
    const shown = this.resolver ? showValue(set, row, this.resolver) : undefined
    return html`${shown ? swatchTemplate(shown.swatch) : nothing}<bdi>${plainText(row.name)}</bdi
      ><span class="hint">${plainText(set, 30)}</span>`
  }

  #colorPicker(): TemplateResult | typeof nothing {
    if (!this.#isColor || this.readOnly) return nothing
    const own = colorOf(this.value)
    const shown = own ?? colorOf(this.resolver?.value(this.value).value)
    return html`<input
      type="color"
      aria-label="Pick ${this.label.toLowerCase()}"
      .value=${live(shown?.hex.slice(0, 7) ?? '#000000')}
      @input=${(event: Event) => {
        const alpha = own && own.alpha < 1 ? own.hex.slice(7) : ''
        this.#type((event.target as HTMLInputElement).value + alpha)
      }}
    />`
  }

  get #isColor(): boolean {
    return tokenTypeOf(this.type)?.name === 'color'
  }

  get #input(): HTMLInputElement | null {
    return this.renderRoot.querySelector('#input')
  }

  #type(value: string): void {
    this.value = value
    this.dispatchEvent(new Event('value-typed'))
  }

  readonly #onInput = (): void => {
    this.#type(this.#input?.value ?? '')
    this.#suggest()
  }

  readonly #suggest = (): void => {
    const input = this.#input
    const { resolver, type, except, choices } = this
    if (!input || this.readOnly) return
    const open = openReferenceAt(input.value, input.selectionStart ?? 0)
    if (open && resolver) {
      const tokens = suggestReferences(resolver.index, open.fragment, { type, except })
      this.suggestions = tokens.map((token) => ({ kind: 'reference', token }))
      this.active = tokens.length > 0 ? 0 : -1
    } else {
      const begun = choices.includes(input.value) ? '' : input.value.toLowerCase()
      const texts = choices.filter((text) => text.toLowerCase().startsWith(begun))
      this.suggestions = texts.map((text) => ({ kind: 'choice', text }))
      this.active = -1
    }
  }

  readonly #close = (): void => {
    this.suggestions = []
    this.active = -1
  }

  readonly #onOptionDown = (event: MouseEvent): void => {
    // The input keeps the focus, or the list would close before the click.
    event.preventDefault()
    const option = (event.target as Element).closest<HTMLElement>('[data-at]')
    if (option) this.#complete(Number(option.dataset['at']))
  }

  readonly #onKeyDown = (event: KeyboardEvent): void => {
    const count = this.suggestions.length
    const { key } = event
    // The input does not belong to the form outside its shadow root, so Enter would not send it.
    if (key === 'Enter' && this.active < 0) this.closest('form')?.requestSubmit()
    else if (count === 0) {
      if (key !== 'ArrowDown' || this.choices.length === 0) return
      this.#suggest()
    } else if (key === 'ArrowDown' || key === 'ArrowUp') {
      this.#activate(key === 'ArrowDown' ? (this.active + 1) % count : (Math.max(this.active, 0) + count - 1) % count)
    } else if ((key === 'Enter' || key === 'Tab') && this.active >= 0) this.#complete(this.active)
    else if (key === 'Escape') this.#close()
    else return
    // Neither the form nor the dialog sees a key that was for the list.
    event.preventDefault()
    event.stopPropagation()
  }

  #activate(at: number): void {
    this.active = at
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector(`#option-${at}`)?.scrollIntoView({ block: 'nearest' }),
    )
  }

  #complete(at: number): void {
    const input = this.#input
    const suggestion = this.suggestions[at]
    if (!input || !suggestion) return
    this.#close()
    if (suggestion.kind === 'choice') return this.#type(suggestion.text)
    const { text, caret } = completeReference(input.value, input.selectionStart ?? 0, suggestion.token.row.name)
    this.#type(text)
    void this.updateComplete.then(() => input.setSelectionRange(caret, caret))
  }
}

function contrastText(color: Parameters<typeof contrastOf>[0]): string {
  const on = (hex: string): string => contrastOf(color, { hex, alpha: 1 }).toFixed(1)
  return `Contrast ${on('#ffffff')} on white, ${on('#000000')} on black`
}
