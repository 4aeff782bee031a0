/** What people do at a device: they edit, and they answer what the status asks them. */
import type { Random } from '../random.ts'
import type { Device } from './device.ts'
import { editDocument } from './editor.ts'
import type { Ledger } from './ledger.ts'
import type { Profile } from './profile.ts'
import type { Scheduler } from './scheduler.ts'

export function startEditing(
  device: Device,
  random: Random,
  profile: Profile,
  ledger: Ledger,
  scheduler: Scheduler,
): () => void {
  let isAtWork = true
  const edit = (): void => {
    if (isAtWork && device.isUp && !device.isAsleep) editDocument(device, random, ledger, profile.reverts)
  }
  const loop = (): void => {
    if (!isAtWork) return
    const burst = 1 + random.int(4)
    for (let each = 0; each < burst; each++) scheduler.after(each * 700, edit)
    scheduler.after(burst * 700 - profile.editorGapMs * Math.log(1 - random.next()), loop)
  }
  scheduler.after(1_000 + random.int(20_000), loop)
  return () => {
    isAtWork = false
  }
}

/** What a person does who sees the status: takes one of the exits that a block offers. */
export function answerFor(device: Device): void {
  const bridge = device.isUp ? device.bridge : undefined
  if (!bridge) return
  const { state } = bridge.status
  if (state.kind === 'paused') bridge.resume({ scope: state.scope })
  if (state.kind !== 'blocked') return
  // Those that leave the room's tokens as they are: what a person throws away is no loss.
  const exit = (['keep-ours', 'overwrite-bin', 'retry'] as const).find((each) => state.exits.includes(each))
  if (!exit) throw new Error(`No way out of ${state.reason} that keeps the tokens`)
  // A rejection tells the person that it is blocked still.
  void bridge.takeExit(exit).catch(() => undefined)
}
