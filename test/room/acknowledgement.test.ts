import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  isAcknowledged,
  nothingSent,
  stepAcknowledgement,
  unsavedOf,
  type Acknowledgement,
  type AcknowledgementEvent,
} from '../../src/room/acknowledgement.ts'

const opened = { kind: 'opened' } as const
const closed = { kind: 'closed' } as const
const editedOffline = { kind: 'edited-offline' } as const
const update = { kind: 'sent', message: 'update', empty: false } as const
const answer = { kind: 'sent', message: 'answer', empty: false } as const
const emptyAnswer = { kind: 'sent', message: 'answer', empty: true } as const
const saved = (count: number): AcknowledgementEvent => ({ kind: 'saved', count })
const rejected = (count: number, code = 'too-large'): AcknowledgementEvent => ({
  kind: 'rejected',
  count,
  code,
  message: 'no',
})

function run(...events: readonly AcknowledgementEvent[]): Acknowledgement {
  return events.reduce(stepAcknowledgement, nothingSent)
}

function facts(state: Acknowledgement): [number | null, boolean] {
  return [unsavedOf(state), isAcknowledged(state)]
}

describe('acknowledged edits', () => {
  it('are none before the first answer is acknowledged, also where nothing was edited', () => {
    expect(facts(run(opened))).toEqual([0, false])
    expect(facts(run(opened, emptyAnswer))).toEqual([0, false])
    expect(facts(run(opened, emptyAnswer, saved(1)))).toEqual([0, true])
  })

  it('[A1] are counted until their message is acknowledged', () => {
    const settled = [opened, emptyAnswer, saved(1)]
    expect(facts(run(...settled, update))).toEqual([1, false])
    expect(facts(run(...settled, update, update, update))).toEqual([3, false])
    expect(facts(run(...settled, update, update, update, saved(3)))).toEqual([1, false])
    expect(facts(run(...settled, update, update, update, saved(4)))).toEqual([0, true])
    expect(facts(run(...settled, update, saved(2), saved(1), update))).toEqual([1, false])
  })

  it('[A1] made offline are unsaved at once', () => {
    expect(facts(run(editedOffline, editedOffline))).toEqual([2, false])
    expect(facts(run(editedOffline, opened, answer))).toEqual([1, false])
    expect(facts(run(editedOffline, editedOffline, opened, answer, saved(1)))).toEqual([0, true])
  })

  it('[A1] of an earlier session, which nobody counted, count as one', () => {
    expect(facts(run(opened, answer))).toEqual([1, false])
    expect(facts(run(opened, answer, saved(1)))).toEqual([0, true])
  })

  it('[A2] under way when a connection ended count again, with the next first answer', () => {
    const lost = [opened, emptyAnswer, saved(1), update, update, closed]
    expect(facts(run(...lost))).toEqual([2, false])
    expect(facts(run(...lost, opened))).toEqual([2, false])
    expect(facts(run(...lost, editedOffline, opened, answer))).toEqual([3, false])
    expect(facts(run(...lost, editedOffline, opened, update, answer, saved(1)))).toEqual([3, false])
    expect(facts(run(...lost, editedOffline, opened, update, answer, saved(2)))).toEqual([0, true])
  })

  it('[A3] rejected are no longer unsaved, and stand with the relay’s words', () => {
    const state = run(opened, emptyAnswer, saved(1), update, update, rejected(3))
    expect(unsavedOf(state)).toBe(1)
    expect(state.rejected).toEqual([{ code: 'too-large', message: 'no', edits: 1 }])
  })

  it('[A3] rejected are taken along by a later answer', () => {
    const refused = run(editedOffline, editedOffline, opened, answer, rejected(1), closed)
    expect(refused.rejected).toEqual([{ code: 'too-large', message: 'no', edits: 2 }])
    const again = [opened, answer].reduce<Acknowledgement>(stepAcknowledgement, refused)
    expect([unsavedOf(again), again.rejected.length]).toEqual([1, 1])
    const accepted = stepAcknowledgement(again, saved(1))
    expect([...facts(accepted), accepted.rejected]).toEqual([0, true, []])
  })

  it('[A4] of a reader are rejected, every one of them, though the relay says so once', () => {
    const role = { kind: 'role', reader: true } as const
    const state = run(editedOffline, opened, role, update, rejected(1, 'read-only'), update, saved(2))
    expect(facts(state)).toEqual([0, true])
    expect(state.rejected).toEqual([{ code: 'read-only', message: expect.any(String), edits: 3 }])
    const raised = [{ kind: 'role', reader: false } as const, answer, saved(3)].reduce<Acknowledgement>(
      stepAcknowledgement,
      state,
    )
    expect([...facts(raised), raised.rejected]).toEqual([0, true, []])
  })

  it('with a foreign relay are not known', () => {
    const state = run(editedOffline, opened, answer, update, { kind: 'foreign' }, update)
    expect(facts(state)).toEqual([null, true])
    expect(state.underWay).toEqual([])
    expect(facts([closed, editedOffline, opened].reduce<Acknowledgement>(stepAcknowledgement, state))).toEqual([
      1,
      false,
    ])
  })

  it('never drop below what was made and not yet covered by an acknowledgement', () => {
    const event = fc.oneof(
      fc.constant<AcknowledgementEvent>(editedOffline),
      fc.constant<AcknowledgementEvent>(update),
      fc.constant<AcknowledgementEvent>(answer),
      fc.constant<AcknowledgementEvent>(closed),
      fc.integer({ min: 0, max: 12 }).map(saved),
    )
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        // The oracle: every edit with the number of the message that will carry it on this connection.
        let state = stepAcknowledgement(nothingSent, opened)
        let sent = 0
        let edits: (number | null)[] = []
        for (const each of events) {
          if (each.kind === 'saved' && each.count > sent) continue
          state = stepAcknowledgement(state, each)
          if (each.kind === 'edited-offline') edits.push(null)
          else if (each.kind === 'sent') {
            sent++
            if (each.message === 'update') edits.push(sent)
            else edits = edits.map((carrier) => carrier ?? sent)
          } else if (each.kind === 'closed') {
            edits = edits.map(() => null)
            sent = 0
            state = stepAcknowledgement(state, opened)
          } else if (each.kind === 'saved') {
            edits = edits.filter((carrier) => carrier === null || carrier > each.count)
          }
          expect(unsavedOf(state)).toBeGreaterThanOrEqual(edits.length)
        }
      }),
      { seed: 7, numRuns: 2_000 },
    )
  })
})
