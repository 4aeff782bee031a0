import type { ReactiveController, ReactiveControllerHost } from 'lit'

export interface Watchable<Event> {
  /** Returns its unsubscribe. */
  subscribe(listener: (event: Event) => void): () => void
}

/** A hidden page has no frames; it need not be quick either. */
const hiddenDelayMs = 250

/**
 * Renders its element again when a source has changed, once per frame however often that is, until the element leaves the page.
 * The source is asked for at each update, so it may be replaced; nothing is watched while it is null. `seen` is told of each
 * change at once.
 */
export class Watch<Event> implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #source: () => Watchable<Event> | null | undefined
  readonly #seen: ((event: Event) => void) | undefined
  #current: Watchable<Event> | null | undefined
  #unsubscribe: (() => void) | undefined
  #isDue = false

  constructor(
    host: ReactiveControllerHost,
    source: () => Watchable<Event> | null | undefined,
    seen?: (event: Event) => void,
  ) {
    this.#host = host
    this.#source = source
    this.#seen = seen
    host.addController(this)
  }

  hostConnected(): void {
    this.#host.requestUpdate()
  }

  hostUpdate(): void {
    const source = this.#source()
    if (source === this.#current) return
    this.#stop()
    this.#current = source
    this.#unsubscribe = source?.subscribe((event) => {
      this.#seen?.(event)
      this.#renderSoon()
    })
  }

  hostDisconnected(): void {
    this.#stop()
  }

  #renderSoon(): void {
    if (this.#isDue) return
    this.#isDue = true
    const render = (): void => {
      this.#isDue = false
      this.#host.requestUpdate()
    }
    if (document.visibilityState === 'hidden') setTimeout(render, hiddenDelayMs)
    else requestAnimationFrame(render)
  }

  #stop(): void {
    this.#unsubscribe?.()
    this.#unsubscribe = undefined
    this.#current = undefined
  }
}
