import type { TokenChange } from 'y-tokens/doc'
import { countOf, personName } from '../model/plain-text.ts'
import { rowId } from '../model/list-rows.ts'

export interface RemoteNews {
  add(changes: readonly TokenChange[]): void
  stop(): void
}

/** Short enough to be of use, long enough not to talk all the time. */
const gatherMs = 5_000

/** Tells in one sentence, every few seconds at most, what others changed. */
export function createRemoteNews(say: (text: string) => void): RemoteNews {
  const tokensByName = new Map<string, Set<string>>()
  let timer: ReturnType<typeof setTimeout> | undefined
  const tell = (): void => {
    timer = undefined
    const parts = [...tokensByName].map(([name, tokens]) => `${name} changed ${countOf(tokens.size, 'token')}`)
    tokensByName.clear()
    say(parts.join(', '))
  }
  return {
    add: (changes) => {
      for (const { origin, kind, set, path, who } of changes) {
        if ((origin !== 'remote' && origin !== 'bridge') || kind !== 'token') continue
        const name = origin === 'bridge' ? 'The bin' : personName(who.name ?? who.user ?? '')
        const tokens = tokensByName.get(name) ?? new Set()
        tokens.add(rowId(set ?? '', path))
        tokensByName.set(name, tokens)
      }
      if (tokensByName.size > 0) timer ??= setTimeout(tell, gatherMs)
    },
    stop: () => {
      clearTimeout(timer)
      timer = undefined
      tokensByName.clear()
    },
  }
}
