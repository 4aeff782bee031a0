/**
 * What a payload must be to be read at all. Tolerant on purpose: what the plugin would refuse is still tokens
 * (`plugin-rules.ts` says what that is), and everything unknown is kept.
 */
import * as z from 'zod/mini'
import type { TokenFile } from './file-form.ts'
import { tokensIn } from './is-token.ts'
import type { PlainObject } from './ordered-json.ts'

/** Tokens Studio's single-file form. */
export interface Payload extends PlainObject {
  readonly values: { readonly [set: string]: PlainObject }
}

const plainObject = z.record(z.string(), z.unknown())
const payloadSchema: z.ZodMiniType<unknown> = z.looseObject({
  values: z.record(z.string(), plainObject),
  $themes: z.optional(z.array(plainObject)),
  $metadata: z.optional(z.looseObject({ tokenSetOrder: z.optional(z.array(z.string())) })),
})

/** Where the value is no payload: the dotted path of the first wrong place; null where it is one. */
export function findPayloadError(value: unknown): string | null {
  const parsed = payloadSchema.safeParse(value)
  if (parsed.success) return null
  return parsed.error.issues[0]?.path.map(String).join('.') ?? ''
}

/** How many tokens each set holds, in the order of the file; those inside other tokens included. */
export function countBySet(file: TokenFile): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const [name, set] of file.sets) counts.set(name, [...tokensIn(set)].length)
  return counts
}

export function countTokens(file: TokenFile): number {
  let count = 0
  for (const inSet of countBySet(file).values()) count += inSet
  return count
}
