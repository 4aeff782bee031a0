/** What happens to a team beside its work: crashes, lost connections, closed lids, full quotas, people at the vendor's page. */
import type { Random } from '../random.ts'
import { masterKey, binId } from './bin-service.ts'
import { type Part, parts } from './relay.ts'
import { answerFor } from './people.ts'
import type { World } from './world.ts'

const minute = 60_000

/** Answers how to stop it. */
export function startDisturbing(world: World, random: Random): () => void {
  const { scheduler, profile, relay, devices } = world
  let isOn = true
  const again = (meanMs: number, run: () => void): void => {
    if (meanMs === 0) return
    const wait = (): number => 20_000 - meanMs * Math.log(1 - random.next())
    const loop = (): void => {
      if (!isOn) return
      run()
      scheduler.after(wait(), loop)
    }
    scheduler.after(wait(), loop)
  }
  for (const device of devices) {
    const skew = (): number => (profile.skewMs === 0 ? 0 : random.int(2 * profile.skewMs) - profile.skewMs)
    device.skewMs = skew()
    // A clock that is put right, perhaps backwards.
    again(profile.skewMs === 0 ? 0 : 15 * minute, () => {
      device.skewMs = skew()
    })
    again(profile.crashGapMs, () => device.crash('at any moment'))
    again(profile.partitionGapMs, () => {
      const cut: readonly Part[] = random.pick([parts, parts, ['main'], ['side']] as const)
      scheduler.note(`${device.name} loses ${cut.join(' and ')}`)
      device.cut(cut)
      const forMs = random.chance(0.1) ? 10 * minute + random.int(20 * minute) : 5_000 + random.int(55_000)
      scheduler.after(forMs, () => device.connect())
    })
    again(profile.sleepGapMs, () => device.sleep(30_000 + random.int(10 * minute)))
    again(profile.storageLossGapMs, () => device.loseStorage())
  }
  again(profile.relayRestartGapMs, () => {
    scheduler.note('the relay restarts')
    relay.restart()
  })
  again(profile.relayRollbackGapMs / 4, () => relay.backUp())
  again(profile.relayRollbackGapMs, () => {
    // Somebody has what the backup lacks: what nobody has any more is beyond any protocol.
    if (!devices.some((device) => parts.every((part) => device.hasStored(part, relay.docs[part])))) return
    scheduler.note('the relay comes back from a backup')
    relay.rollBack()
  })
  again(profile.pauseGapMs, () => pause(world, random))
  again(profile.mishapGapMs, () => mishap(world, random))
  return () => {
    isOn = false
  }
}

function pause({ devices, scheduler }: World, random: Random): void {
  const device = random.pick(devices)
  if (!device.isUp || !device.bridge) return
  const scope = random.pick(['team', 'device'] as const)
  scheduler.note(`${device.name} pauses the ${scope}`)
  device.bridge.pause({ scope, reason: 'a simulation' })
  scheduler.after(30_000 + random.int(4 * minute), () => {
    if (device.isUp) device.bridge?.resume({ scope })
  })
}

function mishap({ devices, scheduler, service }: World, random: Random): void {
  const until = scheduler.now() + minute + random.int(4 * minute)
  const recover = (): void => {
    for (const device of devices) {
      if (!device.isUp || !device.bridge) continue
      device.bridge.bins.setKey(binId, { masterKey })
      answerFor(device)
    }
  }
  const kind = random.pick(['emptied', 'restored', 'revoked', 'exhausted', 'stub', 'looked away'])
  scheduler.note(`mishap: ${kind}`)
  switch (kind) {
    case 'emptied':
      service.put('a person', { text: '{}', ghosts: new Map(), unmarked: [] })
      break
    case 'stub':
      service.put('a person', { text: '{"values":{"options":{}}}', ghosts: new Map(), unmarked: [] })
      break
    case 'restored':
      service.put('a person', service.before(3 + random.int(20)))
      break
    case 'revoked':
      service.revokeKeys(until)
      break
    case 'exhausted':
      service.exhaustQuota(until)
      break
    default:
      for (const device of devices) device.looking.set(false)
      scheduler.after(until - scheduler.now(), () => {
        for (const device of devices) device.looking.set(true)
      })
      return
  }
  scheduler.after(until - scheduler.now(), recover)
}
