import {
  createEncoder,
  toUint8Array,
  writeUint8,
  writeVarString,
  writeVarUint,
  writeVarUint8Array,
} from 'lib0/encoding'
import { WebSocket } from 'ws'
import type { BenchedProcess } from './relay-process.ts'

/** What one run of a load gave. Latencies in milliseconds, from `send` to the receiver's `message`. */
export interface FanOut {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly cpuUsPerDelivery: number
}

export interface Throughput {
  readonly updatesPerSecond: number
  readonly cpuUsPerDelivery: number
}

interface LoadClient {
  readonly socket: WebSocket
  /** Called for every update; the sender of an update is told too, or not. */
  onUpdate: () => void
}

const stepOne = Uint8Array.of(0, 0, 1, 0)

async function openClient(url: string): Promise<LoadClient> {
  const socket = new WebSocket(url, { perMessageDeflate: false, skipUTF8Validation: true })
  socket.binaryType = 'nodebuffer'
  const client: LoadClient = { socket, onUpdate: () => undefined }
  const joined = new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.on('message', (data: Buffer) => {
      if (data[0] !== 0) return
      if (data[1] === 1) resolve()
      else if (data[1] === 2) client.onUpdate()
    })
  })
  socket.once('open', () => socket.send(stepOne))
  await joined
  return client
}

/** Appends to one list, one item an update, by hand: the load must not be the bottleneck. */
function createUpdates(clientId: number): () => Uint8Array {
  let clock = 0
  return () => {
    const update = createEncoder()
    writeVarUint(update, 1)
    writeVarUint(update, 1)
    writeVarUint(update, clientId)
    writeVarUint(update, clock)
    writeUint8(update, clock === 0 ? 4 : 0x84)
    if (clock === 0) {
      writeVarUint(update, 1)
      writeVarString(update, 'list')
    } else {
      writeVarUint(update, clientId)
      writeVarUint(update, clock - 1)
    }
    const text = `["/values/core/color/${clock % 500}","v","\\"#06f\\"",1762]`.padEnd(90)
    writeVarString(update, text)
    clock += text.length
    writeVarUint(update, 0)
    const message = createEncoder()
    writeVarUint(message, 0)
    writeVarUint(message, 2)
    writeVarUint8Array(message, toUint8Array(update))
    return toUint8Array(message)
  }
}

/** One writer at a fixed rate, `clients - 1` receivers, after a warm-up. Throws where an update does not arrive. */
export async function runFanOut(
  server: BenchedProcess,
  { clients, perSecond, seconds }: { readonly clients: number; readonly perSecond: number; readonly seconds: number },
): Promise<FanOut> {
  const url = `${server.url}/fan-out-${Math.floor(performance.now())}`
  const all = await Promise.all(Array.from({ length: clients }, () => openClient(url)))
  const [writer, ...receivers] = all as [LoadClient, ...LoadClient[]]
  const warmUp = perSecond
  const total = warmUp + perSecond * seconds
  const sentAt: number[] = []
  const latencies: number[] = []
  for (const receiver of receivers) {
    let seen = 0
    receiver.onUpdate = () => {
      const number = seen++
      if (number >= warmUp) latencies.push(performance.now() - (sentAt[number] as number))
    }
  }
  const next = createUpdates(1 + Math.floor(Math.random() * 2 ** 30))
  let cpuBefore = 0
  const startedAt = performance.now()
  for (let i = 0; i < total; i++) {
    if (i === warmUp) cpuBefore = await server.cpuMs()
    const dueIn = startedAt + (i * 1_000) / perSecond - performance.now()
    if (dueIn > 1) await new Promise((resolve) => setTimeout(resolve, dueIn))
    const message = next()
    sentAt.push(performance.now())
    writer.socket.send(message)
  }
  const deliveries = perSecond * seconds * receivers.length
  await waitFor(() => latencies.length === deliveries, `${deliveries} deliveries, got ${latencies.length}`)
  const cpuMs = (await server.cpuMs()) - cpuBefore
  closeAll(all)
  latencies.sort((a, b) => a - b)
  return {
    p50Ms: latencies[Math.floor(latencies.length * 0.5)] as number,
    p99Ms: latencies[Math.floor(latencies.length * 0.99)] as number,
    cpuUsPerDelivery: (cpuMs * 1_000) / deliveries,
  }
}

/** Rooms of four; every client sends its next update once the three others have its last one. */
export async function runThroughput(
  server: BenchedProcess,
  { rooms, seconds }: { readonly rooms: number; readonly seconds: number },
): Promise<Throughput> {
  const perRoom = 4
  const prefix = `throughput-${Math.floor(performance.now())}`
  let updates = 0
  let stopped = false
  const everybody: LoadClient[] = []
  for (let room = 0; room < rooms; room++) {
    const members = await Promise.all(
      Array.from({ length: perRoom }, () => openClient(`${server.url}/${prefix}-${room}`)),
    )
    everybody.push(...members)
  }
  // An update of one member reaches the others in the order of sending, so counting tells whose turn is complete.
  for (let first = 0; first < everybody.length; first += perRoom) {
    const members = everybody.slice(first, first + perRoom)
    let arrivals = 0
    const turns = members.map((_, i) => createUpdates(1 + first * 7 + i))
    const send = (): void => {
      if (stopped) return
      updates += perRoom
      members.forEach(({ socket }, i) => socket.send((turns[i] as () => Uint8Array)()))
    }
    // Own updates come back as well: each member sees all four.
    const perTurn = perRoom * perRoom
    for (const member of members)
      member.onUpdate = () => {
        if (++arrivals % perTurn === 0) send()
      }
    send()
  }
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  const before = updates
  const cpuBefore = await server.cpuMs()
  const startedAt = performance.now()
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000))
  const counted = updates - before
  const elapsedS = (performance.now() - startedAt) / 1_000
  const cpuMs = (await server.cpuMs()) - cpuBefore
  stopped = true
  closeAll(everybody)
  return {
    updatesPerSecond: counted / elapsedS,
    cpuUsPerDelivery: (cpuMs * 1_000) / (counted * (perRoom - 1)),
  }
}

/** Writes `updates` updates to a room and waits until they have come back: they are stored then. */
export async function fillRoom(server: BenchedProcess, room: string, updates: number): Promise<void> {
  const client = await openClient(`${server.url}/${room}`)
  const next = createUpdates(77)
  let back = 0
  client.onUpdate = () => back++
  for (let i = 0; i < updates; i++) client.socket.send(next())
  await waitFor(() => back === updates, `${updates} updates to be stored, ${back} are`)
  closeAll([client])
}

/** Milliseconds from connecting until everything of the room is there. */
export async function timeJoin(server: BenchedProcess, room: string): Promise<number> {
  const startedAt = performance.now()
  const client = await openClient(`${server.url}/${room}`)
  const ms = performance.now() - startedAt
  closeAll([client])
  return ms
}

/** Opens rooms with one small update each, and leaves them. */
export async function visitRooms(server: BenchedProcess, prefix: string, rooms: number): Promise<void> {
  const atOnce = 100
  for (let first = 0; first < rooms; first += atOnce) {
    const names = Array.from({ length: Math.min(atOnce, rooms - first) }, (_, i) => `${prefix}-${first + i}`)
    await Promise.all(names.map((name) => fillRoom(server, name, 1)))
  }
}

function closeAll(clients: readonly LoadClient[]): void {
  for (const { socket } of clients) socket.terminate()
}

async function waitFor(isThere: () => boolean, what: string): Promise<void> {
  const startedAt = performance.now()
  while (!isThere()) {
    if (performance.now() - startedAt > 20_000) throw new Error(`Waited 20 s for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
