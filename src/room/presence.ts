/**
 * Who else is here: the awareness protocol behind one small interface. Display only; awareness can be forged wherever the
 * relay asks for no keys, so nothing may depend on it.
 *
 * Kept away from its known bugs: a first state at clock 0 is ignored by peers for 15 s; a state that comes back with the
 * clock of its removal as well (y-websocket#122); Yjs may change `clientID`, after which y-websocket 3.1 throws and presence
 * and edits carry different ids.
 */
import type * as Y from 'yjs'
import { Awareness, removeAwarenessStates } from 'y-protocols/awareness'
import { createEmitter } from '../platform/emitter.ts'

export interface Focus {
  readonly set: string
  /** Dotted. */
  readonly path: string
}

/** Someone in the room, this session included. */
export interface Person {
  readonly clientId: number
  readonly self: boolean
  readonly name: string
  /** `#` and 3 to 8 hex digits. */
  readonly color: string
  readonly focus?: Focus
}

export interface Presence {
  /** Ordered by client id, the same array until something changes. Sessions that say no name are not listed. */
  list(): readonly Person[]
  subscribe(listener: () => void): () => void
  setFocus(focus: Focus | null): void
  setUser(user: { readonly name: string; readonly color: string }): void
  /** Further fields of this session's state, for extensions; null removes one. */
  setLocal(fields: Readonly<Record<string, unknown>>): void
}

export interface PresenceCore extends Presence {
  readonly awareness: Awareness
  /** Before y-websocket announces us: under the present client id, with a newer clock than that of our last removal. */
  readonly renew: () => void
  readonly destroy: () => void
}

const maxNameLength = 64
const colorPattern = /^#[0-9a-f]{3,8}$/i
const fallbackColors: readonly string[] = ['#7c4dff', '#0091ea', '#00897b', '#c0ca33', '#ef6c00', '#d81b60']

export function createPresence(
  ydoc: Y.Doc,
  user: { readonly name: string; readonly color: string } | null,
): PresenceCore {
  const awareness = new Awareness(ydoc)
  const changes = createEmitter()
  let people: readonly Person[] | null = null

  const changed = (): void => {
    people = null
    changes.emit()
  }
  const setLocal = (fields: Readonly<Record<string, unknown>>): void => {
    follow()
    const merged = Object.entries({ ...awareness.getLocalState(), ...fields })
    awareness.setLocalState(Object.fromEntries(merged.filter(([, value]) => value !== null && value !== undefined)))
  }
  const follow = (): void => {
    const { clientID } = ydoc
    if (awareness.clientID === clientID) return
    const state = awareness.getLocalState()
    removeAwarenessStates(awareness, [awareness.clientID], 'client id changed')
    awareness.clientID = clientID
    awareness.setLocalState(state)
    renew()
  }
  const renew = (): void => {
    follow()
    awareness.setLocalState(awareness.getLocalState())
  }

  /** Nothing of ours may throw, or send, inside Yjs's event. */
  const cleanedUp = (): void => {
    if (ydoc.clientID !== awareness.clientID) queueMicrotask(follow)
  }
  awareness.on('change', changed)
  ydoc.on('afterTransactionCleanup', cleanedUp)
  setLocal(user ? { user } : {})

  return {
    awareness,
    renew,
    list: () => (people ??= peopleOf(awareness)),
    subscribe: changes.subscribe,
    setFocus: (focus) => setLocal({ focus }),
    setUser: (shown) => setLocal({ user: shown }),
    setLocal,
    destroy: () => {
      ydoc.off('afterTransactionCleanup', cleanedUp)
      awareness.off('change', changed)
      awareness.destroy()
    },
  }
}

function peopleOf(awareness: Awareness): readonly Person[] {
  const people: Person[] = []
  for (const [clientId, state] of awareness.getStates()) {
    const user: unknown = state['user']
    if (!isRecord(user)) continue
    const name = typeof user['name'] === 'string' ? cleanName(user['name']) : ''
    if (name === '') continue
    const color = user['color']
    const focus = focusOf(state['focus'])
    people.push({
      clientId,
      self: clientId === awareness.clientID,
      name,
      color:
        typeof color === 'string' && colorPattern.test(color)
          ? color
          : (fallbackColors[clientId % fallbackColors.length] as string),
      ...(focus ? { focus } : {}),
    })
  }
  return people.toSorted((a, b) => a.clientId - b.clientId)
}

/** Whatever a peer sends: one line, without control and direction marks that would disturb a page. */
function cleanName(name: string): string {
  return name
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
    .trim()
    .slice(0, maxNameLength)
}

function focusOf(value: unknown): Focus | null {
  if (!isRecord(value)) return null
  const { set, path } = value
  return typeof set === 'string' && typeof path === 'string' ? { set, path } : null
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
