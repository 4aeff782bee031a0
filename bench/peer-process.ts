/**
 * One peer at one size, in a process of its own: what it holds is its memory, and it can be stopped where it takes too long.
 * Tells each figure as soon as it is known.
 */
import { deepStrictEqual } from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { generateTokenFile, type TokenPlace } from '../test/support/generated-tokens.ts'
import { createRandom } from '../test/support/random.ts'
import { collectGarbage, timed } from './measurement.ts'
import { type Peer, type PeerReplica, parseFile, tokensOf } from './rivals/peer.ts'

export const peers = {
  ours: async () => (await import('./rivals/ours.ts')).createPeer(),
  'nested Y.Map': async () => (await import('./rivals/nested-map-peer.ts')).createPeer(),
  'flat Y.Map per set': async () => (await import('./rivals/flat-map-peer.ts')).createPeer(),
  'id records in Y.Map': async () => (await import('./rivals/id-records-peer.ts')).createPeer(),
  '@syncedstore/core': async () => (await import('./rivals/synced-store-peer.ts')).createPeer(),
  Automerge: async () => (await import('./rivals/automerge-peer.ts')).createPeer(),
  Loro: async () => (await import('./rivals/loro-peer.ts')).createPeer(),
  TinyBase: async () => (await import('./rivals/tinybase-peer.ts')).createPeer(),
} satisfies Readonly<Record<string, () => Promise<Peer>>>

export type PeerName = keyof typeof peers

export interface PeerTask {
  readonly peer: PeerName
  readonly tokens: number
  /** `memory` needs the state that `times` left in `stateFile`. */
  readonly task: 'times' | 'memory'
  readonly stateFile: string
}

/** Milliseconds; bytes for `state`, `update` and `memory`. */
export type Figure = 'import' | 'state' | 'load' | 'edit' | 'remote' | 'update' | 'memory'

export type PeerMessage =
  | { readonly kind: 'begins'; readonly figure: Figure }
  | { readonly kind: 'figure'; readonly figure: Figure; readonly value: number }
  | { readonly kind: 'failed'; readonly message: string }

/** As many rounds as fit in three seconds, at most five, at least one. */
const maxRounds = 5
const roundsMs = 3_000
const edits = 200

function tell(message: PeerMessage): void {
  process.send?.(message)
}

async function measure({ peer, tokens, task, stateFile }: PeerTask): Promise<void> {
  const made = await peers[peer]()
  checkPeer(made)
  if (task === 'memory') measureMemory(made, stateFile)
  else measureTimes(made, generateTokenFile({ tokens }), stateFile)
}

function measureTimes(peer: Peer, file: string, stateFile: string): void {
  const from = repeated('import', () => peer.import(file))
  tell({ kind: 'begins', figure: 'state' })
  const state = from.encode()
  writeFileSync(stateFile, state)
  tell({ kind: 'figure', figure: 'state', value: state.length })
  const to = repeated('load', () => {
    const replica = peer.load(state)
    replica.read()
    return replica
  })
  const places = editablePlaces(file)
  const random = createRandom(11)
  const value = (i: number): string => `#${(i + 0x100000).toString(16)}`
  tell({ kind: 'begins', figure: 'edit' })
  const times: number[] = []
  for (let i = -50; i < edits; i++) {
    const place = random.pick(places)
    const { ms } = timed(() => from.edit(place, value(i)))
    if (i >= 0) times.push(ms)
    to.apply(from.takeUpdate())
  }
  tell({ kind: 'figure', figure: 'edit', value: middle(times) })
  tell({ kind: 'begins', figure: 'remote' })
  to.read()
  const remote: number[] = []
  const sizes: number[] = []
  for (let i = 0; i < edits; i++) {
    const place = random.pick(places)
    from.edit(place, value(i + edits))
    const update = from.takeUpdate()
    sizes.push(update.length)
    const { ms } = timed(() => {
      to.apply(update)
      return to.readAfter(place)
    })
    remote.push(ms)
  }
  tell({ kind: 'figure', figure: 'remote', value: middle(remote) })
  tell({ kind: 'figure', figure: 'update', value: middle(sizes) })
}

/** A loaded replica, and its payload as an application holds it to show it. */
function measureMemory(peer: Peer, stateFile: string): void {
  tell({ kind: 'begins', figure: 'memory' })
  const held: unknown[] = [readFileSync(stateFile)]
  const before = heldBytes()
  const replica = peer.load(held[0] as Uint8Array)
  held.push(replica, replica.read())
  const after = heldBytes()
  // The state is held both times, replica and payload the second.
  if (held.length !== 3) throw new Error('Nothing was held')
  tell({ kind: 'figure', figure: 'memory', value: after - before })
}

/** Memory of WebAssembly counts as external. */
function heldBytes(): number {
  collectGarbage()
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

function repeated(figure: Figure, run: () => PeerReplica): PeerReplica {
  tell({ kind: 'begins', figure })
  const times: number[] = []
  const startedAt = performance.now()
  for (;;) {
    collectGarbage()
    const { ms, result } = timed(run)
    times.push(ms)
    if (times.length >= maxRounds || performance.now() - startedAt > roundsMs) {
      tell({ kind: 'figure', figure, value: middle(times) })
      return result
    }
  }
}

/** A peer that holds something else than the file would win for nothing. Warms up, too. */
function checkPeer(peer: Peer): void {
  const file = generateTokenFile({ tokens: 300 })
  const from = peer.import(file)
  const to = peer.load(from.encode())
  deepStrictEqual(plain(to.read()), JSON.parse(file))
  for (const place of editablePlaces(file)) {
    from.edit(place, '#c0ffee')
    to.apply(from.takeUpdate())
    to.readAfter(place)
  }
  deepStrictEqual(plain(to.read()), plain(from.read()))
  if (!JSON.stringify(to.read()).includes('#c0ffee')) throw new Error('An edit does not show on the other replica')
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

function editablePlaces(file: string): readonly TokenPlace[] {
  return tokensOf(parseFile(file)).filter(({ token }) => typeof token['$value'] === 'string')
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number
}

process.once('message', (task: PeerTask) => {
  measure(task).then(
    () => process.disconnect(),
    (error: unknown) => {
      tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) })
      process.exitCode = 1
      process.disconnect()
    },
  )
})
