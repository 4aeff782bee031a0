import { describe, expect, it, onTestFinished } from 'vitest'
import * as Y from 'yjs'
import { applyAwarenessUpdate, Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness'
import { createPresence, type PresenceCore } from '../../src/room/presence.ts'

const ana = { name: 'Ana', color: '#7c4dff' }

function present(
  user: { readonly name: string; readonly color: string } | null = ana,
): PresenceCore & { readonly ydoc: Y.Doc } {
  const ydoc = new Y.Doc()
  const presence = createPresence(ydoc, user)
  onTestFinished(() => presence.destroy())
  return { ...presence, ydoc }
}

/** A peer whose state is exactly this. */
function hear(presence: PresenceCore, state: unknown, clientId = 5): void {
  const peer = new Awareness(new Y.Doc())
  onTestFinished(() => peer.destroy())
  peer.clientID = clientId
  peer.setLocalState(state as Record<string, unknown>)
  peer.setLocalState(state as Record<string, unknown>)
  applyAwarenessUpdate(presence.awareness, encodeAwarenessUpdate(peer, [clientId]), 'peer')
}

describe('presence', () => {
  it('lists this session first seen at a clock that peers accept', () => {
    const presence = present()
    expect(presence.list()).toEqual([{ clientId: presence.ydoc.clientID, self: true, ...ana }])
    expect(presence.awareness.meta.get(presence.ydoc.clientID)?.clock).toBeGreaterThan(0)
    expect(present(null).list()).toEqual([])
  })

  it('shows who looks at what, and forgets it', () => {
    const presence = present()
    presence.setFocus({ set: 'core', path: 'color.red' })
    expect(presence.list()[0]?.focus).toEqual({ set: 'core', path: 'color.red' })
    presence.setUser({ name: 'Anna', color: '#fff' })
    expect(presence.list()[0]).toMatchObject({ name: 'Anna', color: '#fff', focus: { set: 'core' } })
    presence.setFocus(null)
    expect(presence.list()[0]).not.toHaveProperty('focus')
    presence.setLocal({ seeds: ['a'] })
    expect(presence.awareness.getLocalState()).toEqual({ user: { name: 'Anna', color: '#fff' }, seeds: ['a'] })
  })

  it('gives the same array until something changes, and tells subscribers', () => {
    const presence = present()
    const before = presence.list()
    expect(presence.list()).toBe(before)
    let calls = 0
    const unsubscribe = presence.subscribe(() => calls++)
    hear(presence, { user: { name: 'Ben', color: '#123456' } })
    expect(calls).toBe(1)
    expect(presence.list()).not.toBe(before)
    presence.renew()
    expect(calls).toBe(1)
    unsubscribe()
    presence.setFocus({ set: 'a', path: 'b' })
    expect(calls).toBe(1)
  })

  it('takes nothing from peers on trust', () => {
    const presence = present(null)
    const states: unknown[] = [
      {},
      { user: null },
      { user: 'Ben' },
      { user: {} },
      { user: { name: 7 } },
      { user: { name: ' \u202e\n ' } },
      { user: { name: 'Ben\u202e\u0000\nEve', color: 'url(x)' }, focus: 'x' },
      { user: { name: 'x'.repeat(500), color: '#abc' }, focus: { set: 1, path: 'a' } },
      { user: JSON.parse('{"__proto__":{"name":"Proto"},"name":"Own"}') as unknown },
    ]
    for (const [i, state] of states.entries()) hear(presence, state, 10 + i)
    expect(
      presence.list().map(({ name, color, focus }) => [name.length > 60 ? name.length : name, color[0], focus]),
    ).toEqual([
      ['BenEve', '#', undefined],
      [64, '#', undefined],
      ['Own', '#', undefined],
    ])
  })

  it('comes back with a newer clock than that of its removal', () => {
    const presence = present()
    const id = presence.ydoc.clientID
    const peer = new Awareness(new Y.Doc())
    onTestFinished(() => peer.destroy())
    const tell = (): void => applyAwarenessUpdate(peer, encodeAwarenessUpdate(presence.awareness, [id]), 'wire')
    tell()
    expect(peer.states.has(id)).toBe(true)
    const gone = encodeAwarenessUpdate(presence.awareness, [id], new Map())
    applyAwarenessUpdate(peer, gone, 'wire')
    tell()
    expect(peer.states.has(id)).toBe(false)
    presence.renew()
    tell()
    expect(peer.states.has(id)).toBe(true)
  })

  it('follows a changed client id, so that presence and edits carry the same', async () => {
    const presence = present()
    presence.setFocus({ set: 'core', path: 'a' })
    const old = presence.ydoc.clientID
    // Yjs takes another id when a remote update uses its own.
    const other = new Y.Doc()
    other.clientID = old
    other.getMap('m').set('a', 1)
    Y.applyUpdate(presence.ydoc, Y.encodeStateAsUpdate(other))
    expect(presence.ydoc.clientID).not.toBe(old)
    await Promise.resolve()
    expect(presence.list()).toEqual([
      { clientId: presence.ydoc.clientID, self: true, ...ana, focus: { set: 'core', path: 'a' } },
    ])
    expect(presence.awareness.meta.get(presence.ydoc.clientID)?.clock).toBeGreaterThan(0)
  })

  it('also follows an id that the application sets before it connects', () => {
    const presence = present()
    presence.ydoc.clientID = 77
    presence.renew()
    expect(presence.list()[0]?.clientId).toBe(77)
    expect(() => encodeAwarenessUpdate(presence.awareness, [77])).not.toThrow()
  })
})
