/**
 * Takes the lock if it is free, and gives the function that lets go of it; null where somebody else holds it. The browser
 * lets go when the page ends. Rejects where locks are denied, as in an opaque origin.
 */
export function holdLock(locks: LockManager, name: string): Promise<(() => void) | null> {
  return new Promise((resolve, reject) => {
    const held = (lock: Lock | null): Promise<void> | undefined => {
      if (lock) return new Promise<void>((release) => resolve(release))
      resolve(null)
      return undefined
    }
    locks.request(name, { ifAvailable: true }, held).catch(reject)
  })
}
