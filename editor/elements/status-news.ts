import type { Tone } from '../model/status-summary.ts'

export interface StatusNews {
  look(summary: { readonly word: string; readonly tone: Tone }): void
  stop(): void
}

/** A state that lasts less is not worth a word. */
const settleMs = 1_000

/** Tells when the sync state has become another one; saving and connecting come and go in silence. */
export function createStatusNews(say: (text: string) => void): StatusNews {
  let told: string | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  return {
    look: ({ word, tone }) => {
      // How many changes wait is none of the state.
      const state = word.replace(/:.*/, '')
      if (tone === 'busy') return
      clearTimeout(timer)
      if (state === told) return
      // What is the case at the beginning is read with the page.
      if (told === undefined) told = state
      else
        timer = setTimeout(() => {
          told = state
          say(`Sync status: ${state}`)
        }, settleMs)
    },
    stop: () => clearTimeout(timer),
  }
}
