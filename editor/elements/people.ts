import {
  css,
  type CSSResultGroup,
  html,
  LitElement,
  nothing,
  type PropertyDeclarations,
  type TemplateResult,
} from 'lit'
import { type ShownPerson, whereabouts } from '../model/people.ts'
import { countOf, plainText } from '../model/plain-text.ts'
import { controls } from '../styles/controls.ts'
import { sendCommand } from './command.ts'
import { placeBeside } from './place-beside.ts'
import { styleOf } from './style-of.ts'

const maxAvatars = 4

/** Who is here: avatars with initials, and a list of who looks at what. */
export class People extends LitElement {
  static override properties: PropertyDeclarations = { people: { attribute: false }, open: { state: true } }

  declare people: readonly ShownPerson[]
  declare open: boolean

  constructor() {
    super()
    this.people = []
    this.open = false
  }

  static override styles: CSSResultGroup = [
    controls,
    css`
      .stack-of-avatars {
        padding: 0.125rem;
        border-color: transparent;
        background: none;
        gap: 0;
      }
      .avatar {
        display: inline-grid;
        place-items: center;
        width: 1.625rem;
        height: 1.625rem;
        border: 2px solid var(--yt-ground);
        border-radius: 50%;
        font-size: 0.75em;
        font-weight: 700;
        flex: none;
        forced-color-adjust: none;
      }
      /* Not as text, which a button's label would have to repeat. */
      .avatar::before {
        content: attr(data-initials);
      }
      .avatar + .avatar {
        margin-inline-start: -0.375rem;
      }
      .avatar.more {
        background: var(--yt-ground-3);
        color: var(--yt-text);
      }
      [popover] {
        position: fixed;
        inset: auto;
        margin: 0;
        width: min(20rem, 94vw);
        padding: 0.75rem;
        border: 1px solid var(--yt-line);
        border-radius: 10px;
        background: var(--yt-raised);
        color: var(--yt-text);
        box-shadow: var(--yt-shadow);
      }
      h2 {
        margin: 0 0 0.5rem;
        font-size: 1em;
      }
      ul {
        display: grid;
        gap: 0.25rem;
        margin: 0 0 0.75rem;
        padding: 0;
        list-style: none;
      }
      li {
        display: flex;
        align-items: center;
        gap: 0.5rem;
        min-height: 2rem;
      }
      .who {
        flex: 1;
        min-width: 0;
        overflow-wrap: anywhere;
      }
    `,
  ]

  override render(): TemplateResult {
    const { people } = this
    const others = people.filter((person) => !person.self)
    const shown = people.slice(0, people.length > maxAvatars ? maxAvatars - 1 : maxAvatars)
    const label =
      others.length === 0
        ? 'Only you are here'
        : `${countOf(people.length, 'person', 'people')} here: ${others.map(({ name }) => name).join(', ')} and you`
    return html`<button
        type="button"
        class="stack-of-avatars"
        aria-haspopup="dialog"
        aria-expanded=${this.open}
        aria-label=${label}
        title=${label}
        @click=${this.#onOpen}
      >
        ${shown.map((person) => avatar(person))}
        ${people.length > shown.length ? html`<span class="avatar more" aria-hidden="true" data-initials="+${people.length - shown.length}"></span>` : nothing}
      </button>
      <div popover="auto" role="dialog" aria-labelledby="heading" @toggle=${this.#onToggle}>
        ${this.open ? this.#list() : nothing}
      </div>`
  }

  #list(): TemplateResult {
    return html`<h2 id="heading">Who is here</h2>
      <ul>
        ${this.people.map(
          (person) =>
            html`<li>
              ${avatar(person)}
              <span class="who"
                ><bdi>${person.name}</bdi>${person.self ? ' (you)' : nothing}<br /><span class="hint"
                  >${plainText(whereabouts(person), 120)}</span
                ></span
              >
              ${
                person.focus && !person.self
                  ? html`<button
                      type="button"
                      aria-label="Go there, to ${person.name}"
                      @click=${() => this.#follow(person)}
                    >
                      Go there
                    </button>`
                  : nothing
              }
            </li>`,
        )}
      </ul>
      <form class="row" @submit=${this.#onRename}>
        <label class="visually-hidden" for="name">Your name</label>
        <input
          id="name"
          class="grow"
          maxlength="40"
          placeholder="Your name"
          .value=${this.people.find(({ self }) => self)?.name ?? ''}
        />
        <button type="submit">Set name</button>
      </form>`
  }

  get #popover(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>('[popover]')
  }

  /** Its content is there only while it is open. */
  readonly #onOpen = async (): Promise<void> => {
    const popover = this.#popover
    const button = this.renderRoot.querySelector('button')
    if (!popover || !button) return
    if (popover.matches(':popover-open')) return popover.hidePopover()
    this.open = true
    await this.updateComplete
    popover.showPopover()
    placeBeside(popover, button, 'end')
  }

  readonly #onToggle = (event: ToggleEvent): void => {
    this.open = event.newState === 'open'
  }

  readonly #onRename = (event: SubmitEvent): void => {
    event.preventDefault()
    const name = this.renderRoot.querySelector<HTMLInputElement>('#name')?.value.trim() ?? ''
    if (name === '') return
    this.#popover?.hidePopover()
    sendCommand(this, { kind: 'rename-self', name })
  }

  #follow({ focus }: ShownPerson): void {
    if (!focus) return
    this.#popover?.hidePopover()
    sendCommand(this, { kind: 'show-token', set: focus.set, name: focus.path })
  }
}

function avatar({ initials, color, ink }: ShownPerson): TemplateResult {
  return html`<span
    class="avatar"
    aria-hidden="true"
    data-initials=${initials}
    ${styleOf({ 'background-color': color, color: ink })}
  ></span>`
}
