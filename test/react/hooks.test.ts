import { isValidElement, type Context } from 'react'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createTokenDocument } from '../../src/doc/index.ts'
import type { Person, Tokens, TokensStatus } from '../../src/open-tokens.ts'
import {
  TokensProvider,
  usePresence,
  useReferences,
  useSnapshot,
  useStatus,
  useToken,
  useTokens,
  useUnresolved,
} from '../../src/react/index.ts'
import { renderHook, type Rendered, type RenderOptions } from './tiny-renderer.ts'

interface Fake {
  readonly tokens: Tokens
  setStatus(status: TokensStatus): void
  setPeople(people: readonly Person[]): void
  /** Listeners on status and people. */
  readonly listeners: number
}

/** A room as far as hooks see it: a real document, with status and people in the hands of the test. */
function fakeTokens(): Fake {
  const document = createTokenDocument()
  onTestFinished(() => document.destroy())
  document.addSet('core', { red: { $type: 'color', $value: '#f00' }, blue: { $type: 'color', $value: '#00f' } })
  const listeners = new Set<() => void>()
  const subscribe = (listener: () => void): (() => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  const tell = (): void => {
    for (const listener of listeners) listener()
  }
  let status = { storage: { kind: 'loading' } } as TokensStatus
  let people: readonly Person[] = []
  const tokens = {
    document,
    get status() {
      return status
    },
    subscribeStatus: subscribe,
    presence: { list: () => people, subscribe },
  } as unknown as Tokens
  return {
    tokens,
    setStatus: (next) => {
      status = next
      tell()
    },
    setPeople: (next) => {
      people = next
      tell()
    },
    get listeners() {
      return listeners.size
    },
  }
}

function render<T>(tokens: Tokens | null, hook: () => T, options: Partial<RenderOptions> = {}): Rendered<T> {
  const element = TokensProvider({ tokens: tokens as Tokens })
  const context = element.type as unknown as Context<never>
  return renderHook(hook, { contexts: new Map([[context, tokens]]), ...options })
}

const modes = { plain: {}, strict: { strict: true }, server: { server: true } } as const

describe('hooks', () => {
  it('are provided with the room', () => {
    const { tokens } = fakeTokens()
    const element = TokensProvider({ tokens, children: 'inside' })
    expect(isValidElement(element)).toBe(true)
    expect(element.props).toEqual({ value: tokens, children: 'inside' })
    expect(render(tokens, useTokens).value).toBe(tokens)
  })

  it('say what is missing outside a provider', () => {
    expect(() => render(null, useTokens)).toThrow('<TokensProvider')
    expect(() => render(null, useSnapshot)).toThrow('<TokensProvider')
  })

  for (const [label, mode] of Object.entries(modes)) {
    it(`give snapshots that are the same until something changes (${label})`, () => {
      const { tokens } = fakeTokens()
      for (const hook of [
        useSnapshot,
        () => useToken('core', 'red'),
        () => useToken('core', []),
        useStatus,
        usePresence,
      ]) {
        const rendered = render<unknown>(tokens, hook, mode)
        expect(rendered.renders).toBe(1)
        rendered.unmount()
      }
    })
  }

  for (const [label, mode] of Object.entries({ plain: {}, strict: { strict: true } })) {
    it(`render again on a change, and only then (${label})`, () => {
      const { tokens } = fakeTokens()
      const { document } = tokens
      const snapshot = render(tokens, useSnapshot, mode)
      const red = render(tokens, () => useToken('core', 'red'), mode)
      const blue = render(tokens, () => useToken('core', ['blue']), mode)
      const gone = render(tokens, () => useToken('core', 'gone'), mode)
      document.update('core', 'red', { $value: '#e00' })
      expect(snapshot.value).toBe(document.getSnapshot())
      expect(red.value).toMatchObject({ $value: '#e00' })
      expect([snapshot, red, blue, gone].map(({ renders }) => renders)).toEqual([2, 2, 1, 1])
      document.set('core', 'gone', { $type: 'color', $value: '#fff' })
      expect(gone.value).toMatchObject({ $value: '#fff' })
      for (const rendered of [snapshot, red, blue, gone]) rendered.unmount()
      document.update('core', 'red', { $value: '#d00' })
      expect(red.renders).toBe(2)
    })

    it(`follow status and people, and leave no listener (${label})`, () => {
      const fake = fakeTokens()
      const status = render(fake.tokens, useStatus, mode)
      const people = render(fake.tokens, usePresence, mode)
      expect(fake.listeners).toBe(2)
      const saved = { storage: { kind: 'saved' } } as TokensStatus
      fake.setStatus(saved)
      fake.setPeople([{ clientId: 1, self: true, name: 'Ana', color: '#123456' }])
      expect([status.value, people.value.map(({ name }) => name)]).toEqual([saved, ['Ana']])
      expect([status.renders, people.renders]).toEqual([2, 2])
      status.unmount()
      people.unmount()
      expect(fake.listeners).toBe(0)
    })
  }

  it('tell who refers to a token, and what refers to none', () => {
    const { tokens } = fakeTokens()
    const { document } = tokens
    const referring = render(tokens, () => useReferences('red'))
    const broken = render(tokens, useUnresolved)
    expect([referring.value, broken.value]).toEqual([[], []])
    document.set('core', 'a', { $type: 'color', $value: '{red}' })
    document.set('core', 'b', { $type: 'color', $value: '{gone}' })
    expect(referring.value.map(({ path }) => path)).toEqual([['a']])
    expect(broken.value.map(({ name, reason }) => [name, reason])).toEqual([['gone', 'missing']])
    const renders = referring.renders
    document.update('core', 'blue', { $value: '#00e' })
    expect(referring.renders).toBe(renders)
  })

  it('subscribe nothing on a server', () => {
    const fake = fakeTokens()
    expect(render(fake.tokens, useStatus, { server: true }).value).toBe(fake.tokens.status)
    expect(fake.listeners).toBe(0)
  })

  it('follow the path and the room they are given', () => {
    const [one, other] = [fakeTokens(), fakeTokens()]
    other.tokens.document.update('core', 'red', { $value: '#0f0' })
    const context = TokensProvider({ tokens: one.tokens }).type as unknown as Context<never>
    const contexts = new Map([[context, one.tokens]])
    let path = 'red'
    const rendered = renderHook(() => useToken('core', path), { contexts })
    path = 'blue'
    one.tokens.document.update('core', 'red', { $value: '#111' })
    expect(rendered.value).toMatchObject({ $value: '#00f' })
    contexts.set(context, other.tokens)
    path = 'red'
    one.tokens.document.update('core', 'blue', { $value: '#222' })
    expect(rendered.value).toMatchObject({ $value: '#0f0' })
    const { renders } = rendered
    one.tokens.document.update('core', 'red', { $value: '#333' })
    expect(rendered.renders).toBe(renders)
    other.tokens.document.update('core', 'red', { $value: '#444' })
    expect(rendered.value).toMatchObject({ $value: '#444' })
    rendered.unmount()
  })
})
