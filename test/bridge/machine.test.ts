import { describe, expect, it } from 'vitest'
import { blockOf } from '../../src/bridge/blocked.ts'
import type { EventKind } from '../../src/bridge/machine-events.ts'
import type { PhaseKind } from '../../src/bridge/machine-state.ts'
import { type Move, transitions } from '../../src/bridge/machine.ts'
import { blank, corrupt, differs, differsForeign, equal, machineScenario } from '../support/scenario-machine.ts'

const events = [
  'gate',
  'docChanged',
  'tick',
  'command',
  'read',
  'readFailed',
  'merged',
  'stored',
  'wrote',
  'writeFailed',
  'caughtUp',
  'measured',
  'close',
] as const satisfies readonly EventKind[]

// One row per phase, one word per event in the order above. No cell may be left out.
const expected: Record<PhaseKind, string> = {
  unlinked: 'rest   rest   rest   ignore ignore ignore ignore ignore ignore ignore ignore ignore next',
  linking: 'rest   note   ignore note   ignore ignore ignore ignore ignore ignore ignore ignore next',
  clean: 'rest   rest   rest   rest   ignore ignore ignore ignore ignore ignore ignore ignore next',
  dirty: 'rest   rest   rest   rest   ignore ignore ignore ignore ignore ignore ignore ignore next',
  settling: 'rest   rest   rest   rest   ignore ignore ignore ignore ignore ignore ignore ignore next',
  awaiting: 'rest   rest   rest   rest   ignore ignore ignore ignore ignore ignore next   ignore next',
  backoff: 'rest   rest   rest   rest   ignore ignore ignore ignore ignore ignore ignore ignore next',
  throttled: 'rest   rest   rest   rest   ignore ignore ignore ignore ignore ignore ignore ignore next',
  paused: 'rest   rest   rest   rest   ignore ignore ignore ignore ignore ignore ignore ignore next',
  standby: 'rest   rest   rest   rest   ignore ignore ignore ignore ignore ignore ignore ignore next',
  blocked: 'rest   rest   rest   rest   ignore ignore ignore ignore ignore ignore ignore next   next',
  reading: 'regate note   ignore note   next   next   ignore ignore ignore ignore ignore ignore next',
  merging: 'regate note   ignore note   ignore ignore next   ignore ignore ignore ignore ignore next',
  storing: 'regate note   ignore note   ignore ignore ignore next   ignore next   ignore ignore next',
  writing: 'regate note   ignore note   ignore ignore ignore ignore next   next   ignore ignore next',
  closed: 'ignore ignore ignore ignore ignore ignore ignore ignore ignore ignore ignore ignore ignore',
}

describe('the transition table', () => {
  for (const [phase, words] of Object.entries(expected) as [PhaseKind, string][]) {
    it(`[BR2] ${phase} answers every event`, () => {
      const moves = words.split(/\s+/) as Move[]
      expect(moves).toHaveLength(events.length)
      expect(transitions[phase]).toEqual(Object.fromEntries(events.map((event, at) => [event, moves[at]])))
    })
  }
})

describe('a turn', () => {
  it('[BR1] writes only through read, merge and a stored body', () => {
    machineScenario()
      .linked()
      .expectPhase('reading')
      .expectEffects('read')
      .read()
      .expectPhase('merging')
      .expectEffects('merge')
      .merged(differs)
      .expectPhase('storing')
      .expectEffects('store')
      .stored()
      .expectPhase('writing')
      .expectEffects('write')
      .wrote()
      .expectPhase('settling')
      .expectEffects('finish')
  })

  it('[BR1] results of another turn are discarded', () => {
    const scenario = machineScenario().linked()
    const before = scenario.state
    scenario
      .send({ kind: 'read', turn: 99 })
      .send({ kind: 'wrote', turn: 1 })
      .send({ kind: 'merged', turn: 0, outcome: differs })
    expect(scenario.state).toBe(before)
  })

  it('[BR1] a lease of another epoch sends it back to reading', () => {
    const lease = { kind: 'held', epoch: 2, until: Number.MAX_SAFE_INTEGER } as const
    for (const upTo of ['reading', 'merging', 'storing'] as const) {
      const scenario = machineScenario().linked()
      if (upTo !== 'reading') scenario.read()
      if (upTo === 'storing') scenario.merged(differs)
      expect(scenario.phase).toBe(upTo)
      const before = scenario.state.lastTurn
      scenario.gate({ gate: 'lease', lease }).expectPhase('reading')
      expect(scenario.state.lastTurn).toBe(before + 1)
    }
  })

  it('[BR3] without enough lease left to see the request through, nothing is written', () => {
    const scenario = machineScenario().linked().read().merged(differs)
    scenario.gate({ gate: 'lease', lease: { kind: 'held', epoch: 1, until: 10_500 } })
    scenario.stored().expectPhase('dirty')
    expect(scenario.effects).not.toContain('write')
    scenario
      .gate({ gate: 'lease', lease: { kind: 'held', epoch: 1, until: 60_000 } })
      .wait(1_000)
      .expectPhase('reading')
  })

  it('[BR19] what a long sleep held up is neither merged nor written', () => {
    const scenario = machineScenario().linked().advance(20_001).read().expectPhase('reading')
    scenario.expectEffects('read', 'finish', 'read').read().merged(differs).advance(20_001).stored()
    scenario.expectPhase('reading').expectEffects('merge', 'store', 'finish', 'read')
    scenario.read().merged(differs).stored().expectPhase('writing')
    const asked = machineScenario().linked().read().merged(equal).send({ kind: 'command', command: 'push' })
    asked.advance(60_000).read().expectPhase('reading')
    expect(asked.state.phase).toMatchObject({ turn: { manual: 'push' } })
  })

  it('[BR4] an unknown outcome leads to a read, never to a write', () => {
    machineScenario()
      .linked()
      .read()
      .merged(differs)
      .stored()
      .writeFails()
      .expectPhase('backoff')
      .expectEffects('read', 'merge', 'store', 'write', 'finish')
      .wait(2_000)
      .expectPhase('reading')
      .expectEffects('read')
  })

  it('[BR5] a bin that cannot be read is tried again with growing back-off, up to five minutes', () => {
    const scenario = machineScenario({ jitter: 1 }).linked()
    const waits: number[] = []
    for (let attempt = 0; attempt < 12; attempt++) {
      scenario.readFails().expectPhase('backoff')
      const { retry } = scenario.state
      const started = retry!.at
      let waited = 0
      while (scenario.phase === 'backoff') {
        scenario.wait(1_000)
        waited += 1_000
      }
      waits.push(waited)
      expect(started).toBeGreaterThan(0)
    }
    expect(waits.slice(0, 5)).toEqual([2_000, 4_000, 8_000, 16_000, 32_000])
    expect(waits.at(-1)).toBe(300_000)
    scenario.read().merged(equal)
    expect(scenario.state.failures).toBe(0)
  })

  it('[BR5] honours the wait that the service asks for', () => {
    const scenario = machineScenario({ jitter: 0 }).linked().readFails({ retryAfterMs: 90_000 })
    scenario.wait(89_999).expectPhase('backoff').wait(1).expectPhase('reading')
  })
})

describe('when it reads', () => {
  const clean = () => {
    const scenario = machineScenario().linked().read().merged(equal).expectPhase('clean')
    void scenario.effects
    return scenario
  }

  it('[BR6] an edit waits two seconds for the next', () => {
    clean().edit().expectPhase('dirty').wait(1_999).expectPhase('dirty').wait(1).expectPhase('reading')
  })

  it('[BR6] steady editing is flushed after ten seconds', () => {
    const scenario = clean()
    for (let i = 0; i < 6; i++) {
      scenario.edit().expectPhase('dirty').wait(1_500)
    }
    scenario.edit().wait(1_000).expectPhase('reading')
  })

  it('[BR6] an edit made during the turn is flushed by the next one', () => {
    clean()
      .edit()
      .wait(2_000)
      .read()
      .merged(differs)
      .stored()
      .edit()
      .wrote()
      .expectPhase('dirty')
      .wait(2_000)
      .expectPhase('reading')
  })

  it('[BR7] verifies five seconds after a write that met a foreign one, else after twenty of quiet', () => {
    clean()
      .edit()
      .wait(2_000)
      .read()
      .merged(differsForeign)
      .stored()
      .wrote()
      .wait(4_999)
      .expectPhase('settling')
      .wait(1)
      .expectPhase('reading')
    clean()
      .edit()
      .wait(2_000)
      .read()
      .merged(differs)
      .stored()
      .wrote()
      .wait(19_999)
      .expectPhase('settling')
      .wait(1)
      .expectPhase('reading')
  })

  it('[BR8] polls every minute while somebody looks, and never while nobody does', () => {
    const scenario = clean().wait(59_999).expectPhase('clean').wait(1).expectPhase('reading')
    scenario.read().merged(equal)
    void scenario.effects
    scenario.gate({ gate: 'presence', looking: false }).wait(86_400_000).expectPhase('clean').expectEffects()
    scenario.gate({ gate: 'presence', looking: true }).expectPhase('reading')
  })
})

describe('who may', () => {
  it('[BR9] without the lease it stands by, whatever is edited', () => {
    const scenario = machineScenario().gate({ gate: 'access', access: 'writer' })
    scenario.gate({ gate: 'lease', lease: { kind: 'other', holder: 'Ana' } }).gate({ gate: 'link', generation: 1 })
    scenario.expectPhase('standby').edit().wait(600_000).expectPhase('standby').expectEffects()
    scenario.gate({ gate: 'lease', lease: { kind: 'held', epoch: 7, until: 1e12 } }).expectPhase('reading')
  })

  it('[BR9] a lease lost while clean leads to standby, regained to a read', () => {
    const scenario = machineScenario().linked().read().merged(equal)
    scenario.gate({ gate: 'lease', lease: { kind: 'other', holder: 'Bo' } }).expectPhase('standby')
    scenario.gate({ gate: 'lease', lease: { kind: 'held', epoch: 1, until: 1e12 } }).expectPhase('reading')
  })

  it('[BR10] a consumer polls and never writes', () => {
    const scenario = machineScenario()
      .gate({ gate: 'access', access: 'consumer' })
      .gate({ gate: 'link', generation: 1 })
    scenario.expectPhase('reading').read().merged(differs).expectPhase('clean').edit().expectPhase('clean')
    expect(scenario.effects).toEqual(['read', 'merge', 'finish'])
    scenario.wait(60_000).expectPhase('reading')
  })

  it('[BR10] a key that turns out to read only makes a consumer', () => {
    const scenario = machineScenario().linked().read().merged(differs).stored().writeFails({ kind: 'lacksRight' })
    scenario.expectPhase('clean')
    expect(scenario.state.access).toBe('consumer')
  })

  it('[BR11] without a key it is blocked, or stands by where it knows another works', () => {
    const scenario = machineScenario().gate({ gate: 'link', generation: 1 }).expectPhase('blocked').expectEffects()
    scenario.gate({ gate: 'lease', lease: { kind: 'other', holder: 'Ana' } }).expectPhase('standby')
    scenario
      .gate({ gate: 'access', access: 'writer' })
      .gate({ gate: 'lease', lease: { kind: 'free' } })
      .expectPhase('reading')
  })
})

describe('pause', () => {
  const pause = { gate: 'pause', scope: 'team', pause: { by: 'Ana', reason: 'review' } } as const
  const resume = { gate: 'pause', scope: 'team', pause: null } as const

  it('[BR12] stops all automatic requests; resume reads before anything is written', () => {
    const scenario = machineScenario().linked().read().merged(equal)
    void scenario.effects
    scenario.gate(pause).edit().wait(3_600_000).expectPhase('paused').expectEffects()
    scenario.gate(resume).expectPhase('reading').read().merged(differs).stored().expectPhase('writing')
  })

  it('[BR12] abandons a read, but sees a write through', () => {
    machineScenario().linked().gate(pause).expectPhase('paused').expectEffects('read', 'finish')
    const scenario = machineScenario().linked().read().merged(differs).stored().gate(pause).expectPhase('writing')
    scenario.wrote().expectPhase('paused').gate(resume).expectPhase('reading')
  })

  it('[BR12] needs both scopes lifted', () => {
    const scenario = machineScenario()
      .linked()
      .gate(pause)
      .gate({ ...pause, scope: 'device' })
      .gate(resume)
    scenario.expectPhase('paused').gate({ gate: 'pause', scope: 'device', pause: null }).expectPhase('reading')
  })

  it('[BR13] pull and push run once while paused', () => {
    const scenario = machineScenario().linked().gate(pause)
    void scenario.effects
    scenario.send({ kind: 'command', command: 'pull' }).read().merged(differs).expectPhase('paused')
    scenario.expectEffects('read', 'merge', 'finish')
    scenario.send({ kind: 'command', command: 'push' }).read().merged(differs).stored().wrote().expectPhase('paused')
    scenario.expectEffects('read', 'merge', 'store', 'write', 'finish')
  })
})

describe('a command while the lease is being granted', () => {
  it('[BR13] is carried out in a turn of the new epoch, not refused', () => {
    for (const upTo of ['reading', 'merging', 'storing'] as const) {
      const scenario = machineScenario()
        .gate({ gate: 'access', access: 'writer' })
        .gate({ gate: 'link', generation: 1 })
      scenario.expectPhase('standby').send({ kind: 'command', command: 'push' }).expectPhase('reading')
      if (upTo !== 'reading') scenario.read()
      if (upTo === 'storing') scenario.merged(differs)
      expect(scenario.phase).toBe(upTo)
      scenario.gate({ gate: 'lease', lease: { kind: 'held', epoch: 4, until: 1e12 } }).expectPhase('reading')
      expect(scenario.state.phase).toMatchObject({ turn: { manual: 'push', epoch: 4 } })
      scenario.read().merged(differs).stored().wrote().expectPhase('settling')
    }
  })

  it('[BR13] works without the lease where it does not come', () => {
    const scenario = machineScenario().gate({ gate: 'access', access: 'writer' }).gate({ gate: 'link', generation: 1 })
    scenario.send({ kind: 'command', command: 'push' }).read().merged(differs).stored().wrote().expectPhase('standby')
  })
})

describe('what it does not write over', () => {
  it('[BR14] a bin ahead of us is waited for, a minute at most', () => {
    const scenario = machineScenario().linked().read().merged({ kind: 'ahead' }).expectPhase('awaiting')
    void scenario.effects
    scenario.edit().wait(59_999).expectPhase('awaiting')
    expect(new Set(scenario.effects)).toEqual(new Set(['recheck']))
    scenario.wait(1).expectPhase('reading')
    expect(scenario.state.phase).toMatchObject({ turn: { recover: true } })
  })

  it('[BR14] and longer while the relay may still bring what is missing', () => {
    const scenario = machineScenario().linked().gate({ gate: 'relay', settled: false }).read().merged({ kind: 'ahead' })
    scenario.wait(600_000).expectPhase('awaiting')
    scenario.gate({ gate: 'relay', settled: true }).wait(2_000).expectPhase('reading')
  })

  it('[BR14] it is read again as soon as the edits have come', () => {
    machineScenario().linked().read().merged({ kind: 'ahead' }).send({ kind: 'caughtUp' }).expectPhase('reading')
  })

  it('[BR15] corrupt content is read three times, then blocks', () => {
    const scenario = machineScenario().linked().read().merged(corrupt).expectPhase('backoff')
    scenario
      .wait(2_000)
      .read()
      .merged(corrupt)
      .expectPhase('backoff')
      .wait(2_000)
      .read()
      .merged(corrupt)
      .expectPhase('blocked')
  })

  it('[BR15] a blank bin blocks at once, is looked at again while somebody looks, and heals by itself', () => {
    const scenario = machineScenario().linked().read().merged(blank).expectPhase('blocked').edit().wait(59_999)
    scenario.expectPhase('blocked').wait(1).expectPhase('reading').read().merged(equal).expectPhase('clean')
  })

  it('[BR15] overwriting needs its own word, and a fresh read', () => {
    const scenario = machineScenario().linked().read().merged(blank)
    void scenario.effects
    scenario.send({ kind: 'command', command: 'overwrite' }).expectPhase('reading')
    expect(scenario.state.phase).toMatchObject({ turn: { manual: 'overwrite' } })
    scenario.read().merged(differs).stored().wrote().expectEffects('read', 'merge', 'store', 'write', 'finish')
  })
})

describe('blocked', () => {
  it('[BR16] too large: an edit is measured without a request, and what fits unblocks by itself', () => {
    const size = { bytes: 120_000, limit: 100_000, largestSets: [], themes: 0 }
    const block = blockOf('too-large', { size })
    const scenario = machineScenario().linked().read().merged({ kind: 'blocked', block }).expectPhase('blocked')
    void scenario.effects
    scenario.wait(86_400_000).expectEffects().edit().wait(2_000).expectEffects('measure')
    scenario.send({ kind: 'measured', block: blockOf('too-large', { size: { ...size, bytes: 110_000 } }) })
    expect(scenario.state.block?.size?.bytes).toBe(110_000)
    scenario.edit().wait(2_000).expectEffects('measure').send({ kind: 'measured', block: null }).expectPhase('reading')
  })

  it('[BR16] a refused key waits for the user alone', () => {
    const scenario = machineScenario().linked()
    void scenario.effects
    scenario.send({ kind: 'readFailed', turn: 1, failure: { kind: 'block', block: blockOf('unauthorized') } })
    scenario.edit().wait(86_400_000).expectPhase('blocked').expectEffects('finish')
    scenario.gate({ gate: 'access', access: 'writer' }).expectPhase('reading')
  })

  it('[BR16] an exhausted quota is probed once an hour', () => {
    const scenario = machineScenario().linked()
    const failure = { kind: 'block', block: blockOf('quota-exhausted') } as const
    scenario
      .send({ kind: 'readFailed', turn: 1, failure })
      .wait(3_599_999)
      .expectPhase('blocked')
      .wait(1)
      .expectPhase('reading')
  })

  it('[BR16] "retry" reads at once', () => {
    machineScenario().linked().read().merged(blank).send({ kind: 'command', command: 'retry' }).expectPhase('reading')
  })
})

describe('another bin', () => {
  it('[BR17] abandons the turn, forgets what was known, and begins with a read', () => {
    const scenario = machineScenario().linked().read().merged(blank)
    scenario.gate({ gate: 'link', generation: 2 }).expectPhase('reading')
    expect(scenario.state).toMatchObject({ block: null, verifyAt: null, generation: 2 })
  })

  it('[BR17] discards the result of a write to the bin before', () => {
    const scenario = machineScenario().linked().read().merged(differs).stored().expectPhase('writing')
    void scenario.effects
    scenario.gate({ gate: 'link', generation: 2 }).expectPhase('reading').expectEffects('finish', 'read')
    const before = scenario.state
    scenario.send({ kind: 'wrote', turn: 1 })
    expect(scenario.state).toBe(before)
  })

  it('[BR17] nothing starts while it is being linked', () => {
    const scenario = machineScenario().linked().read().merged(equal).gate({ gate: 'linking', generation: 2 })
    void scenario.effects
    scenario.edit().send({ kind: 'command', command: 'push' }).wait(60_000).expectPhase('linking').expectEffects()
    scenario.gate({ gate: 'unlink', generation: 3 }).expectPhase('unlinked')
  })

  it('[BR18] close ends it for good', () => {
    const scenario = machineScenario()
      .linked()
      .send({ kind: 'close' })
      .expectPhase('closed')
      .expectEffects('read', 'finish')
    scenario.linked().edit().wait(60_000).expectPhase('closed').expectEffects()
  })
})
