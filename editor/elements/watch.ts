import type { ReactiveController, ReactiveControllerHost } from 'lit'

export interface Watchable<Event> {
  /** Returns its unsubscribe. */
  subscribe(listener: (event: Event) => void): () => void
}

/**
 * Renders its element again whenever a source changes, until the element leaves the page. The source is asked for at each
 * update, so it may be replaced; nothing is watched while it is null. `seen` is called before the element renders.
 */
export class Watch<Event> implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #source: () => Watchable<Event> | null | undefined
  readonly #seen: ((event: Event) => void) | undefined
  #current: Watchable<Event> | null | undefined
  #unsubscribe: (() => void) | undefined

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
      this.#host.requestUpdate()
    })
  }

  hostDisconnected(): void {
    this.#stop()
  }

  #stop(): void {
    this.#unsubscribe?.()
    this.#unsubscribe = undefined
    this.#current = undefined
  }
}
