import { beforeEach, describe, expect, it } from 'vitest'
import type { TokenDocument } from '../../src/doc/index.ts'
import { createReplicas, type Replicas } from '../support/replicas.ts'

/**
 * Groups that bear one name are shown as one (`document-model.md` 5.7). Who acts on that one group acts on all of it: nothing
 * of it may stay behind under the old name.
 */

const file =
  '{"values":{"core":{"g1":{"$description":"first","a":{"$value":1}},"g2":{"b":{"$value":2}},"h":{"z":{"$value":0}}},"other":{}},"$themes":[],"$metadata":{"tokenSetOrder":["core","other"]}}'

let replicas: Replicas
let a: TokenDocument
let b: TokenDocument
const core = (document: TokenDocument = a): unknown => document.getSnapshot().values['core']

beforeEach(() => {
  replicas = createReplicas({ count: 2, seed: 61, file })
  a = replicas.all[0]!.document
  b = replicas.all[1]!.document
  a.rename('core', 'g2', 'g1')
  replicas.sync()
  replicas.clock.advance(1_000)
})

describe('two groups shown as one', () => {
  it('are one group, with the fields of the first', () => {
    expect(core()).toEqual({
      g1: { $description: 'first', a: { $value: 1 }, b: { $value: 2 } },
      h: { z: { $value: 0 } },
    })
    expect(a.outline('core').map(({ path }) => path.join('.'))).toEqual(['g1', 'g1.a', 'g1.b', 'h', 'h.z'])
  })

  it('are removed together, and come back together', () => {
    const before = a.toText()
    a.remove('core', 'g1')
    expect(core()).toEqual({ h: { z: { $value: 0 } } })
    replicas.sync()
    expect(core(b)).toEqual(core())
    a.undo()
    expect(a.toText()).toBe(before)
  })

  it('are renamed together', () => {
    const before = a.toText()
    a.rename('core', 'g1', 'g3')
    expect(core()).toEqual({
      g3: { $description: 'first', a: { $value: 1 }, b: { $value: 2 } },
      h: { z: { $value: 0 } },
    })
    replicas.sync()
    expect(core(b)).toEqual(core())
    a.undo()
    expect(a.toText()).toBe(before)
  })

  it('are moved together, to a group and to a set', () => {
    a.move('core', 'g1', 'core', 'h.g')
    expect(core()).toEqual({
      h: { z: { $value: 0 }, g: { $description: 'first', a: { $value: 1 }, b: { $value: 2 } } },
    })
    a.move('core', 'h.g', 'other', 'g')
    expect(a.getSnapshot().values['other']).toEqual({
      g: { $description: 'first', a: { $value: 1 }, b: { $value: 2 } },
    })
    expect(core()).toEqual({ h: { z: { $value: 0 } } })
  })

  it('take edits, additions and renames of their tokens', () => {
    a.update('core', 'g1.b', { $value: 3 })
    a.set('core', 'g1.c', { $value: 4 })
    a.rename('core', 'g1.b', 'g1.bb')
    expect(core()).toMatchObject({ g1: { a: { $value: 1 }, bb: { $value: 3 }, c: { $value: 4 } } })
    expect(() => a.rename('core', 'g1.bb', 'g1.a')).toThrow(expect.objectContaining({ code: 'path-taken' }))
    expect(() => a.rename('core', 'g1.a', 'g1.bb')).toThrow(expect.objectContaining({ code: 'path-taken' }))
  })

  it('leave the name that one of them had free', () => {
    a.set('core', 'g2.c', { $value: 3 })
    expect(core()).toMatchObject({ g1: { a: { $value: 1 }, b: { $value: 2 } }, g2: { c: { $value: 3 } } })
    replicas.sync()
    expect(core(b)).toEqual(core())
  })

  it('are reordered as one', () => {
    a.reorder('core', 'g1', { after: 'h' })
    expect(Object.keys(core() as object)).toEqual(['h', 'g1'])
  })
})
