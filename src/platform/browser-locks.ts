/** The browser's Web Locks; null where there are none, as in an insecure context. */
export function browserLocks(): LockManager | null {
  return typeof navigator === 'object' && 'locks' in navigator ? navigator.locks : null
}
