import { createEncoder, toUint8Array, writeAny, writeUint8, writeVarString, writeVarUint } from 'lib0/encoding'
import * as Y from 'yjs'
import type { Random } from './random.ts'

/** One update per edit of `edit`, in order. */
export function updatesOf(edit: (doc: Y.Doc) => void, clientId?: number): Uint8Array[] {
  const doc = new Y.Doc()
  if (clientId !== undefined) doc.clientID = clientId
  const updates: Uint8Array[] = []
  doc.on('update', (update: Uint8Array) => updates.push(update))
  edit(doc)
  return updates
}

/** A document that holds every kind of content Yjs knows, deletions and formats included. */
export function everyKindOfContent(): Y.Doc {
  const doc = new Y.Doc()
  const list = doc.getArray<unknown>('list')
  list.push([1, -5, 2 ** 40, 1.5, 0.1, true, false, null, 'text', 'ünïcödé 🎨', { a: [1, { b: 'c', d: undefined }] }])
  list.push([new Uint8Array([1, 2, 3]), { big: 12n }, {}, []])
  list.insert(3, ['between'])
  list.delete(1, 2)
  const map = doc.getMap('map')
  map.set('key', 'first')
  map.set('key', 'second')
  map.set('nested', new Y.Map([['deep', new Y.Array()]]))
  map.set('sub', new Y.Doc({ guid: 'sub', meta: { x: 1 } }))
  map.delete('key')
  const text = doc.getText('text')
  text.insert(0, 'Hello 🌍 wörld')
  text.format(0, 5, { bold: true })
  text.insertEmbed(3, { image: 'x.png' })
  text.delete(4, 3)
  const xml = doc.getXmlFragment('xml')
  xml.insert(0, [new Y.XmlElement('p'), new Y.XmlText('t')])
  return doc
}

/** `edits` random edits to lists of facts, as a token document makes them. */
export function editAtRandom(doc: Y.Doc, random: Random, edits: number): void {
  for (let i = 0; i < edits; i++) {
    const lane = doc.getArray(`v1/lane/${random.pick(['aaaaaaaa', 'bbbbbbbb', 'cccccccc'])}`)
    if (lane.length > 3 && random.chance(0.4)) lane.delete(random.int(lane.length), 1)
    else lane.push([[`/values/core/color/${random.int(50)}`, 'v', JSON.stringify(random.id(6)), i]])
  }
}

/** An item of a hand-made update. */
export interface MadeStruct {
  readonly info: number
  readonly body: (encoder: ReturnType<typeof createEncoder>) => void
}

/** Bytes of a V1 update from its parts, sound or not. */
export function madeUpdate(
  sections: readonly { readonly client: number; readonly clock: number; readonly structs: readonly MadeStruct[] }[],
  deletes: readonly { readonly client: number; readonly ranges: readonly (readonly [number, number])[] }[] = [],
): Uint8Array {
  const encoder = createEncoder()
  writeVarUint(encoder, sections.length)
  for (const { client, clock, structs } of sections) {
    writeVarUint(encoder, structs.length)
    writeVarUint(encoder, client)
    writeVarUint(encoder, clock)
    for (const { info, body } of structs) {
      writeUint8(encoder, info)
      body(encoder)
    }
  }
  writeVarUint(encoder, deletes.length)
  for (const { client, ranges } of deletes) {
    writeVarUint(encoder, client)
    writeVarUint(encoder, ranges.length)
    for (const [clock, length] of ranges) {
      writeVarUint(encoder, clock)
      writeVarUint(encoder, length)
    }
  }
  return toUint8Array(encoder)
}

/** One value pushed to the root array `list`. */
export function madeAny(value: unknown): MadeStruct {
  return {
    info: 8,
    body(encoder) {
      writeVarUint(encoder, 1)
      writeVarString(encoder, 'list')
      writeVarUint(encoder, 1)
      writeAny(encoder, value as never)
    },
  }
}

/** One value to the right of another struct. */
export function madeAfter(left: readonly [client: number, clock: number], value: unknown = 1): MadeStruct {
  return {
    info: 0x88,
    body(encoder) {
      writeVarUint(encoder, left[0])
      writeVarUint(encoder, left[1])
      writeVarUint(encoder, 1)
      writeAny(encoder, value as never)
    },
  }
}

/** A run of `length` collected (0), deleted (1) or skipped (10) structs. */
export function madeRun(kind: 0 | 1 | 10, length: number): MadeStruct {
  return {
    info: kind,
    body(encoder) {
      if (kind === 1) {
        writeVarUint(encoder, 1)
        writeVarString(encoder, 'list')
      }
      writeVarUint(encoder, length)
    },
  }
}
