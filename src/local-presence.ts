import { createEmitter } from './platform/emitter.ts'
import type { Focus, Person, Presence } from './room/index.ts'

/** Presence without a relay: oneself, and nobody else. */
export function localPresence(
  clientId: number,
  user: { readonly name: string; readonly color?: string } | undefined,
): Presence {
  let people: readonly Person[] = user
    ? [{ clientId, self: true, name: user.name, color: user.color ?? '#7c4dff' }]
    : []
  const changes = createEmitter()
  const change = (next: readonly Person[]): void => {
    people = next
    changes.emit()
  }
  return {
    list: () => people,
    subscribe: changes.subscribe,
    setFocus: (focus: Focus | null) =>
      change(people.map(({ focus: _before, ...person }) => (focus === null ? person : { ...person, focus }))),
    setUser: ({ name, color }) => change([{ clientId, self: true, name, color }]),
    setLocal: () => undefined,
  }
}
