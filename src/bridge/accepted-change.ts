import type { Row } from '../payload/plugin-rows.ts'
import type { NodePlace } from './node-place.ts'

/** A change of a foreign file that goes into the document. Texts are JSON, names are names; keys are those of the file. */
export type AcceptedChange =
  | {
      readonly kind: 'field'
      readonly key: string
      readonly place: NodePlace
      readonly field: string
      readonly before: string | undefined
      readonly after: string | undefined
      /** Some snapshot had it: what comes back, not what is new. */
      readonly known: boolean
    }
  | {
      readonly kind: 'name'
      readonly key: string
      readonly place: NodePlace
      readonly before: string
      readonly after: string
      readonly known: boolean
    }
  | {
      readonly kind: 'move'
      readonly key: string
      readonly place: NodePlace
      /** Ids of the parents. */
      readonly before: string
      readonly after: string
      readonly known: boolean
    }
  | { readonly kind: 'removal'; readonly key: string; readonly place: NodePlace }
  | { readonly kind: 'creation'; readonly key: string; readonly place: NodePlace; readonly row: Row | undefined }
  | {
      readonly kind: 'order'
      readonly list: 'sets' | 'themes'
      readonly before: readonly string[]
      /** Keys in the file's order; what stands there and in the base. */
      readonly after: readonly string[]
      readonly moved: ReadonlySet<string>
      readonly known: boolean
    }
