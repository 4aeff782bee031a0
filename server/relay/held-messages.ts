/** Messages that came before their time, in order. */
export interface HeldMessages {
  readonly count: number
  readonly bytes: number
  /** Copies: what `ws` gives is a view of a chunk from the socket. */
  add(message: Buffer): void
  take(): Buffer | undefined
  clear(): void
}

export function createHeldMessages(): HeldMessages {
  let messages: Buffer[] = []
  let taken = 0
  let bytes = 0
  return {
    get count() {
      return messages.length - taken
    },
    get bytes() {
      return bytes
    },
    add(message) {
      messages.push(Buffer.from(message))
      bytes += message.length
    },
    take() {
      const message = messages[taken]
      if (!message) return undefined
      bytes -= message.length
      // One by one off the front would move all the others each time.
      if (++taken === messages.length) {
        messages = []
        taken = 0
      }
      return message
    },
    clear() {
      messages = []
      taken = 0
      bytes = 0
    },
  }
}
