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
import { swatchTemplate } from './swatch-template.ts'

/**
 * A line for a value: completes references after `{`, shows what the value comes to, and picks colours. Says `value-typed`
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
  declare suggestions: readonly NamedToken[]
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
        position: absolute;
        inset-inline: 0;
        z-index: 5;
        max-height: 13rem;
        margin: 0.125rem 0 0;
        padding: 0.25rem;
        overflow: auto;
        border: 1px solid var(--yt-line-control);
        border-radius: var(--yt-radius);
        background: var(--yt-raised);
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
            @blur=${this.#onBlur}
          />
          <div id="options" role="listbox" aria-label="References" ?hidden=${!open} @mousedown=${this.#onOptionDown}>
            ${this.suggestions.map((token, i) => this.#option(token, i))}
          </div>
        </div>
        ${this.#colorPicker()} ${this.#choiceList()}
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
    return html`${swatchTemplate(swatch)}${result === undefined ? nothing : html`<bdi class="mono">${result}</bdi>`}${problems.map(
      (problem) => html`<span class="wrong">${icon('warning')}${problem}</span>`,
    )}${color && this.preview ? html`<span>${contrastText(color)}</span>` : nothing}`
  }

  #option(token: NamedToken, at: number): TemplateResult {
    const { resolver } = this
    const shown = resolver ? showValue(token.set, token.row, resolver) : undefined
    return html`<div id="option-${at}" role="option" aria-selected=${at === this.active} data-at=${at}>
      ${shown ? swatchTemplate(shown.swatch) : nothing}<bdi>${plainText(token.row.name)}</bdi
      ><span class="hint">${plainText(token.set, 30)}</span>
    </div>`
  }

  #colorPicker(): TemplateResult | typeof nothing {
    if (tokenTypeOf(this.type)?.name !== 'color' || this.readOnly) return nothing
    const color = this.value.includes('{') ? undefined : colorOf(this.value)
    return html`<input
      type="color"
      aria-label="Pick ${this.label.toLowerCase()}"
      .value=${live(color?.hex.slice(0, 7) ?? '#000000')}
      @input=${(event: Event) => {
        const alpha = color && color.alpha < 1 ? color.hex.slice(7) : ''
        this.#type((event.target as HTMLInputElement).value + alpha)
      }}
    />`
  }

  #choiceList(): TemplateResult | typeof nothing {
    if (this.choices.length === 0 || this.readOnly) return nothing
    return html`<select
      aria-label="Choose ${this.label.toLowerCase()}"
      @change=${(event: Event) => this.#type((event.target as HTMLSelectElement).value)}
    >
      ${this.choices.includes(this.value) ? nothing : html`<option value=${this.value} selected>${this.value || 'Choose'}</option>`}
      ${this.choices.map((choice) => html`<option value=${choice} ?selected=${choice === this.value}>${choice}</option>`)}
    </select>`
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
    const open = input && !this.readOnly ? openReferenceAt(input.value, input.selectionStart ?? 0) : undefined
    const { resolver, type, except } = this
    this.suggestions = open && resolver ? suggestReferences(resolver.index, open.fragment, { type, except }) : []
    this.active = this.suggestions.length > 0 ? 0 : -1
  }

  readonly #onBlur = (): void => {
    this.suggestions = []
  }

  readonly #onOptionDown = (event: MouseEvent): void => {
    // The input keeps the focus, or the list would close before the click.
    event.preventDefault()
    const option = (event.target as Element).closest<HTMLElement>('[data-at]')
    if (option) this.#complete(Number(option.dataset['at']))
  }

  readonly #onKeyDown = (event: KeyboardEvent): void => {
    const count = this.suggestions.length
    if (count === 0) return
    switch (event.key) {
      case 'ArrowDown':
      case 'ArrowUp':
        this.active = (this.active + (event.key === 'ArrowDown' ? 1 : count - 1)) % count
        void this.updateComplete.then(() =>
          this.renderRoot.querySelector(`#option-${this.active}`)?.scrollIntoView({ block: 'nearest' }),
        )
        break
      case 'Enter':
      case 'Tab':
        this.#complete(this.active)
        break
      case 'Escape':
        this.suggestions = []
        break
      default:
        return
    }
    // Neither the form nor the dialog sees a key that was for the list.
    event.preventDefault()
    event.stopPropagation()
  }

  #complete(at: number): void {
    const input = this.#input
    const token = this.suggestions[at]
    if (!input || !token) return
    const { text, caret } = completeReference(input.value, input.selectionStart ?? 0, token.row.name)
    this.suggestions = []
    this.#type(text)
    void this.updateComplete.then(() => input.setSelectionRange(caret, caret))
  }
}

function contrastText(color: Parameters<typeof contrastOf>[0]): string {
  const on = (hex: string): string => contrastOf(color, { hex, alpha: 1 }).toFixed(1)
  return `Contrast ${on('#ffffff')} on white, ${on('#000000')} on black`
}
