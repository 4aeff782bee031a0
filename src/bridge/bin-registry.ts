/**
 * The bins of a room, shared by the team as registers of the document: `/~y/bins/<id>` `{ name, url? }`, the applied one as
 * `/~y/applied` `{ bin, link }`, and the ids the document goes by in markers, `/~y/id/<16 hex>`. Never a key.
 */
import type { FactAccess } from '../doc/fact-access.ts'
import { readSegment, segmentOf } from '../doc/node-id.ts'
import { getKey, isObject, type Json } from '../payload/ordered-json.ts'

export interface RegisteredBin {
  readonly id: string
  readonly name: string
  /** Base URL of the service, null for the default one. */
  readonly url: string | null
}

export interface AppliedBin {
  readonly bin: string
  /** Random per apply: the same bin applied anew is another link. */
  readonly link: string
}

export interface BinRegistry {
  list(): readonly RegisteredBin[]
  get(id: string): RegisteredBin | undefined
  put(bin: RegisteredBin): void
  remove(id: string): void
  applied(): AppliedBin | null
  apply(applied: AppliedBin | null): void
  isOurDocument(doc: string): boolean
  /** The document's id in markers: the oldest, or a new one where it has none. */
  documentId(): string
}

const binsPrefix = '/~y/bins/'
const appliedId = '/~y/applied'
const idPrefix = '/~y/id/'

export function createBinRegistry(access: FactAccess, random: () => number): BinRegistry {
  const ids = (): readonly string[] =>
    [...access.registersBelow(idPrefix).keys()].map((id) => id.slice(idPrefix.length))

  return {
    list: () =>
      [...access.registersBelow(binsPrefix)]
        .flatMap(([id, value]) => readBin(id, value) ?? [])
        .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1)),
    get: (id) => readBin(registerOfBin(id), access.register(registerOfBin(id))),
    put: ({ id, name, url }) => access.setRegister(registerOfBin(id), url === null ? { name } : { name, url }),
    remove: (id) => access.setRegister(registerOfBin(id), null),
    applied: () => {
      const value = access.register(appliedId)
      if (!isObject(value)) return null
      const bin = getKey(value, 'bin')
      const link = getKey(value, 'link')
      return typeof bin === 'string' && typeof link === 'string' ? { bin, link } : null
    },
    apply: (applied) => access.setRegister(appliedId, applied && { ...applied }),
    isOurDocument: (doc) => ids().includes(doc),
    documentId: () => {
      const [oldest] = ids().toSorted((a, b) => ageOf(access, a) - ageOf(access, b) || (a < b ? -1 : 1))
      if (oldest !== undefined) return oldest
      const id = randomHex(random, 16)
      access.setRegister(idPrefix + id, true)
      return id
    },
  }
}

function registerOfBin(id: string): string {
  return binsPrefix + segmentOf(id)
}

function readBin(register: string, value: Json | undefined): RegisteredBin | undefined {
  if (!isObject(value)) return undefined
  const name = getKey(value, 'name')
  const url = getKey(value, 'url')
  const id = readSegment(register.slice(binsPrefix.length)).name
  return { id, name: typeof name === 'string' ? name : id, url: typeof url === 'string' ? url : null }
}

function ageOf(access: FactAccess, id: string): number {
  return Math.min(...access.factsAt(idPrefix + id).map(({ t }) => t))
}

export function randomHex(random: () => number, digits: number): string {
  let hex = ''
  while (hex.length < digits) hex += Math.floor(random() * 16).toString(16)
  return hex
}
