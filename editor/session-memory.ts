/**
 * What the page remembers on this device: the person's name, and the room key until the tab closes (a reload would otherwise
 * lose the key that came with the address). Storage may be refused, as in a sandboxed frame: then nothing is remembered.
 */

const nameKey = 'y-tokens.name'
const roomKeyPrefix = 'y-tokens.room-key.'

function storageOf(kind: 'localStorage' | 'sessionStorage'): Storage | undefined {
  try {
    return globalThis[kind]
  } catch {
    return undefined
  }
}

function read(kind: 'localStorage' | 'sessionStorage', key: string): string | undefined {
  return storageOf(kind)?.getItem(key) ?? undefined
}

function write(kind: 'localStorage' | 'sessionStorage', key: string, value: string): void {
  try {
    storageOf(kind)?.setItem(key, value)
  } catch (error) {
    // A full storage only means that the page asks again next time.
    if (!(error instanceof DOMException)) throw error
  }
}

export function rememberedName(): string | undefined {
  return read('localStorage', nameKey)
}

export function rememberName(name: string): void {
  write('localStorage', nameKey, name)
}

export function rememberedRoomKey(room: string): string | undefined {
  return read('sessionStorage', roomKeyPrefix + room)
}

export function rememberRoomKey(room: string, key: string): void {
  write('sessionStorage', roomKeyPrefix + room, key)
}
