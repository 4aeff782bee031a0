import type { StructHeader } from './update-walk.ts'

/** The structs of one client in the order of their clocks, and how far they have been taken. */
interface Queue {
  readonly structs: readonly StructHeader[]
  next: number
}

/**
 * Takes structs in the order in which Yjs would integrate them: each client's in sequence, each after those it refers to.
 * `advance` is called for what could be taken; what waits for something unknown is returned.
 */
export function integrateStructs(
  structs: readonly StructHeader[],
  clockOf: (client: number) => number,
  advance: (client: number, clock: number) => void,
): readonly StructHeader[] {
  const queues = queuesByClient(structs)
  const waitingFor = new Map<number, Queue[]>()
  const ready: Queue[] = [...queues.values()]
  for (let queue = ready.pop(); queue; queue = ready.pop()) {
    const startedAt = queue.next
    const blocker = run(queue, clockOf, advance)
    if (blocker !== null) waitingFor.set(blocker, [...(waitingFor.get(blocker) ?? []), queue])
    if (queue.next === startedAt) continue
    const client = (queue.structs[0] as StructHeader).client
    const woken = waitingFor.get(client)
    if (!woken) continue
    waitingFor.delete(client)
    ready.push(...woken)
  }
  return [...queues.values()].flatMap((queue) => queue.structs.slice(queue.next))
}

/** Takes what it can; the client whose clocks are missing where it stops, null at the end. */
function run(
  queue: Queue,
  clockOf: (client: number) => number,
  advance: (client: number, clock: number) => void,
): number | null {
  for (; queue.next < queue.structs.length; queue.next++) {
    const struct = queue.structs[queue.next] as StructHeader
    const known = clockOf(struct.client)
    const end = struct.clock + struct.length
    if (end <= known) continue
    if (struct.clock > known) return struct.client
    for (let i = 0; i < struct.references.length; i += 2) {
      const client = struct.references[i] as number
      if ((struct.references[i + 1] as number) >= clockOf(client)) return client
    }
    advance(struct.client, end)
  }
  return null
}

function queuesByClient(structs: readonly StructHeader[]): Map<number, Queue> {
  const lists = new Map<number, StructHeader[]>()
  for (const struct of structs) {
    const list = lists.get(struct.client)
    if (list) list.push(struct)
    else lists.set(struct.client, [struct])
  }
  const queues = new Map<number, Queue>()
  for (const [client, list] of lists) {
    queues.set(client, { structs: list.sort((a, b) => a.clock - b.clock || a.length - b.length), next: 0 })
  }
  return queues
}
