/**
 * One Ctrl-C arrives twice below `npm start`: the terminal signals the whole process group, and npm passes on what it got. No
 * person presses again as soon as this.
 */
const samePressMs = 500

/**
 * Waits for Ctrl-C or SIGTERM. A second press ends the process at once: whoever presses twice does not want to wait for what
 * closing still has to store.
 */
export function untilStopped(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let pressedAt: number | undefined
    const stop = (signal: NodeJS.Signals): void => {
      const now = performance.now()
      if (pressedAt !== undefined && now - pressedAt > samePressMs) process.exit(1)
      pressedAt ??= now
      resolve(signal)
    }
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
  })
}
