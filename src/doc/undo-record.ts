import type { Json } from '../payload/ordered-json.ts'
import type { FactField } from './fact.ts'

/** What taking one fact back takes: what was there before it. */
export type Before =
  | { readonly field: 'v'; readonly value: Json | undefined; readonly after: Json }
  | { readonly field: 'n'; readonly name: string }
  | { readonly field: 'p'; readonly parentId: string; readonly order: string | undefined }
  /** Undefined: it had no place of its own. */
  | { readonly field: 'q'; readonly order: string | undefined }
  | { readonly field: 'c' }
  /** `own`: the text of this device's deletion that this one replaced. */
  | { readonly field: 'x'; readonly value: Json | undefined; readonly own: string | undefined }

/** Something this device wrote, and how to take it back. */
export type UndoRecord =
  | { readonly kind: 'fact'; readonly id: string; readonly t: number; readonly lane: string; readonly before: Before }
  /** A fact taken back by erasing it. */
  | {
      readonly kind: 'erased'
      readonly id: string
      readonly field: Exclude<FactField, 'x'>
      readonly text: string
      readonly order: string | undefined
    }
  /** A deletion taken back, with the vector it had. */
  | { readonly kind: 'revival'; readonly id: string; readonly vector: string }
