import { type CSSResultGroup, html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from 'lit'
import { plainText } from '../model/plain-text.ts'
import { controls } from '../styles/controls.ts'
import { dialogStyles, ModalDialog } from './dialog.ts'

/** A second question below the name: one of these values. */
export interface NameChoice {
  readonly label: string
  readonly options: readonly { readonly value: string; readonly label: string }[]
  readonly value: string
}

export interface NameAnswer {
  readonly name: string
  readonly choice: string
  readonly checked: boolean
}

export interface NameQuestion {
  readonly heading: string
  readonly label: string
  readonly hint: string
  /** The word on the button. */
  readonly action: string
  readonly name: string
  readonly choice: NameChoice | null
  /** The words of a check box, given what has been entered; null for none. */
  readonly check: ((answer: NameAnswer) => string | null) | null
  readonly checked: boolean
  /** Returns a sentence where the name cannot be taken. */
  readonly save: (answer: NameAnswer) => string | undefined
}

/** Asks for one name, to add or rename something. */
export class NameDialog extends LitElement {
  static override properties: PropertyDeclarations = {
    question: { attribute: false },
    name: { state: true },
    chosen: { state: true },
    checked: { state: true },
    problem: { state: true },
  }

  declare question: NameQuestion
  declare name: string
  declare chosen: string
  declare checked: boolean
  declare problem: string

  readonly #dialog = new ModalDialog(this)

  constructor() {
    super()
    this.name = ''
    this.chosen = ''
    this.checked = false
    this.problem = ''
  }

  override connectedCallback(): void {
    super.connectedCallback()
    const { name, choice, checked } = this.question
    this.name = name
    this.chosen = choice?.value ?? ''
    this.checked = checked
  }

  static override styles: CSSResultGroup = [controls, dialogStyles]

  override render(): TemplateResult {
    const { heading, label, hint, action, check } = this.question
    const checkText = check?.(this.#answer) ?? null
    return this.#dialog.render({
      heading: heading,
      size: 'small',
      content: html`<form id="form" class="stack" novalidate @submit=${this.#onSubmit}>
        <div class="field">
          <label for="name">${label}</label>
          <input
            id="name"
            class="mono"
            autofocus
            autocomplete="off"
            autocapitalize="off"
            spellcheck="false"
            aria-describedby="hint problem"
            aria-invalid=${this.problem !== ''}
            .value=${this.name}
            @input=${this.#onName}
          />
          <p id="hint" class="hint" ?hidden=${hint === ''}>${hint}</p>
        </div>
        ${this.#choice()}
        ${
          checkText === null
            ? nothing
            : html`<label class="choice"
                ><input
                  type="checkbox"
                  .checked=${this.checked}
                  @change=${(event: Event) => {
                    this.checked = (event.target as HTMLInputElement).checked
                  }}
                />${checkText}</label
              >`
        }
        <p id="problem" class="problem" role="alert">${this.problem}</p>
      </form>`,
      actions: html`<button type="button" @click=${() => this.#dialog.close()}>Cancel</button>
        <button type="submit" form="form" class="primary">${action}</button>`,
    })
  }

  #choice(): TemplateResult | typeof nothing {
    const { choice } = this.question
    if (!choice) return nothing
    return html`<div class="field">
      <label for="choice">${choice.label}</label>
      <select
        id="choice"
        @change=${(event: Event) => {
          this.chosen = (event.target as HTMLSelectElement).value
        }}
      >
        ${choice.options.map(
          ({ value, label }) =>
            html`<option value=${value} ?selected=${value === this.chosen}>${plainText(label, 60)}</option>`,
        )}
      </select>
    </div>`
  }

  get #answer(): NameAnswer {
    return { name: this.name, choice: this.chosen, checked: this.checked }
  }

  readonly #onName = (event: Event): void => {
    this.name = (event.target as HTMLInputElement).value
    this.problem = ''
  }

  readonly #onSubmit = (event: SubmitEvent): void => {
    event.preventDefault()
    this.problem = this.question.save(this.#answer) ?? ''
    if (this.problem === '') return this.#dialog.close()
    this.renderRoot.querySelector<HTMLElement>('#name')?.focus()
  }
}
