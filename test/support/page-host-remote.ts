import type { Frame, Page } from 'playwright-core'

type Methods = Readonly<Record<string, (...args: never[]) => unknown>>

/** The methods that a page has put on `globalThis.page`, called from the test. */
export type Remote<Of extends Methods> = {
  readonly [Name in keyof Of]: (...args: Parameters<Of[Name]>) => Promise<Awaited<ReturnType<Of[Name]>>>
}

export function remoteOf<Of extends Methods>(page: Page | Frame): Remote<Of> {
  const call = (name: string, args: readonly unknown[]): Promise<unknown> =>
    page.evaluate(
      ([method, values]) => {
        const { page: methods } = globalThis as unknown as { page: Record<string, (...all: unknown[]) => unknown> }
        return methods[method]?.(...values)
      },
      [name, args] as const,
    )
  return new Proxy({} as Remote<Of>, {
    // A proxy that answers `then` would be taken for a promise.
    get: (_, name) => (name === 'then' ? undefined : (...args: unknown[]) => call(String(name), args)),
  })
}
