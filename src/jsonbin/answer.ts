import * as z from 'zod/mini'
import { sliceMember } from './json-slice.ts'

/** A record with its metadata, of which nothing is certain to be there. */
export interface Answer {
  /** The text of `record`, where it is an object or an array. */
  readonly record: string | undefined
  readonly id: string | undefined
  readonly name: string | undefined
  readonly createdAt: string | undefined
  readonly private: boolean | undefined
  /** Of the version that a write has made. */
  readonly binVersion: number | undefined
  /** When the service answered, by its own clock; undefined where the platform hides it. */
  readonly answeredAt: number | undefined
}

type Members = Readonly<Record<string, unknown>>

const membersSchema: z.ZodMiniType<Members> = z.record(z.string(), z.unknown())
const textSchema: z.ZodMiniType<string> = z.string()
const flagSchema: z.ZodMiniType<boolean> = z.boolean()
const countSchema: z.ZodMiniType<number> = z.number()

/**
 * Undefined for anything that is no JSON object, such as a page of HTML, a truncated body or a bare array.
 *
 * @param date the `Date` header
 */
export function parseAnswer(text: string, date: string | null): Answer | undefined {
  const envelope = parse(membersSchema, parseJson(text))
  if (envelope === undefined) return undefined
  const { record } = envelope
  // Some endpoints spell it with a capital.
  const metadata = parse(membersSchema, envelope['metadata'] ?? envelope['metaData']) ?? {}
  return {
    record: typeof record === 'object' && record !== null ? sliceMember(text, 'record') : undefined,
    id: parse(textSchema, metadata['id']),
    name: parse(textSchema, metadata['name']),
    createdAt: parse(textSchema, metadata['createdAt']),
    private: parse(flagSchema, metadata['private']),
    binVersion: parse(countSchema, metadata['version']),
    answeredAt: parse(countSchema, Date.parse(date ?? '')),
  }
}

/** The service's own text about a failure, `''` where the answer has none. */
export function parseErrorMessage(text: string): string {
  return parse(textSchema, parse(membersSchema, parseJson(text))?.['message']) ?? ''
}

/** Field by field: sources disagree about which fields an answer holds, and one of another type is absent, not an error. */
function parse<T>(schema: z.ZodMiniType<T>, value: unknown): T | undefined {
  const parsed = z.safeParse(schema, value)
  return parsed.success ? parsed.data : undefined
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // No JSON is no object either, which the schemas refuse.
    return undefined
  }
}
