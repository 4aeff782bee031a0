/**
 * A token file as it comes: which form it has, and where its token sets are.
 *
 * - `single`: Tokens Studio's single file, the sets under `values`.
 * - `sets`: no `values`; every top-level object whose key does not start with `$` is a set. Tokens Studio's Git single file
 *   has this form, and so has a DTCG tree, whose top-level groups thereby become its sets.
 *
 * Nothing is moved or renamed, so a file written back in its form is the file that came in. This reads files; it does not ask
 * for the plugin's rules (`plugin-rules.ts`).
 */
import { holdsToken, isToken } from './is-token.ts'
import { locateJsonError } from './json-error.ts'
import {
  getKey,
  hasKey,
  isContainer,
  isDeeperThan,
  isObject,
  type Json,
  type JsonObject,
  keysOf,
  objectFrom,
  OrderedObject,
  parseJson,
} from './ordered-json.ts'
import { TokenError } from './token-error.ts'

export type FileForm = 'single' | 'sets'

export interface TokenFile {
  readonly form: FileForm
  /** The whole file, key order exact. */
  readonly root: JsonObject
  /** Set name → set, in the order of the file. A member that is no object is kept in `root` and is no set. */
  readonly sets: ReadonlyMap<string, JsonObject>
}

export interface ParseOptions {
  /** Accept JSONBin's answer with its envelope `{ record, metadata }` and read the record. Refused by default. */
  readonly unwrapEnvelope?: boolean
}

/** Containers inside each other; a node of the document has at most as many path segments. */
export const maxFileDepth = 512
/** About 800,000 tokens. Beyond it, refusing is kinder than freezing the page. */
export const maxFileChars: number = 64 * 1024 * 1024

/**
 * Reads a token file. Throws `too-large`, or `invalid-file` with `details.reason`: `not-json` (with `line` and `column`),
 * `html`, `not-object`, `too-deep`, `not-plain`, `envelope`, `no-sets`, `no-tokens`.
 */
export function parseTokenFile(source: string | JsonObject, options: ParseOptions = {}): TokenFile {
  const given = typeof source === 'string' ? parseFileText(source) : checkPlain(source)
  if (!isObject(given)) {
    const kind = Array.isArray(given) ? 'an array' : given === null ? 'null' : `a ${typeof given}`
    throw invalid('not-object', `This is ${kind}. A token file is a JSON object whose members are token sets.`)
  }
  const record = recordOf(given)
  if (record && !options.unwrapEnvelope) {
    throw invalid(
      'envelope',
      'This is an answer of JSONBin with its envelope. Use what stands under "record", or read the bin with the header X-Bin-Meta: false.',
    )
  }
  return readForm(record ?? given)
}

/** The same tokens in the single-file form; `root` itself where it has that form. */
export function toSingleForm(file: TokenFile): JsonObject {
  if (file.form === 'single') return file.root
  const rest = keysOf(file.root).filter((key) => !file.sets.has(key))
  const values = objectFrom([...file.sets.keys()], [...file.sets.values()])
  return objectFrom(['values', ...rest], [values, ...rest.map((key) => getKey(file.root, key) as Json)])
}

/** The JSON of a file's text. Throws as {@link parseTokenFile} for what is no JSON, too large or too deep. */
export function parseFileText(source: string): Json {
  if (source.length > maxFileChars) {
    throw new TokenError('too-large', `This file has ${source.length} characters; at most ${maxFileChars} are read.`, {
      length: source.length,
      limit: maxFileChars,
    })
  }
  const text = source.startsWith('\ufeff') ? source.slice(1) : source
  if (/^\s*</.test(text)) {
    throw invalid(
      'html',
      'This is a web page (HTML), not JSON. Check the address: it may show a login or an error page.',
    )
  }
  try {
    return parseJson(text, maxFileDepth)
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep()
    const place = locateJsonError(text)
    if (text.trim() === '' || !place) throw invalid('not-json', 'This file is empty. A token file is a JSON object.')
    throw invalid('not-json', `This is not JSON: at line ${place.line}, column ${place.column}, ${place.reason}.`, {
      line: place.line,
      column: place.column,
    })
  }
}

/** An object a program gave us may hold what JSON cannot, cycles included. */
function checkPlain(source: Json): Json {
  if (isDeeperThan(source, maxFileDepth)) throw tooDeep()
  const check = (value: unknown, path: readonly string[]): void => {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return
    if (typeof value === 'number' && Number.isFinite(value)) return
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) check(item, [...path, String(index)])
      return
    }
    if (value instanceof OrderedObject) {
      for (const [key, member] of value) check(member, [...path, key])
      return
    }
    const prototype = isContainer(value as Json) ? (Object.getPrototypeOf(value) as object | null) : undefined
    if (prototype === undefined || (prototype !== null && Object.getPrototypeOf(prototype) !== null)) {
      const what = typeof value === 'number' || value === undefined ? String(value) : `a value of type ${typeof value}`
      throw invalid('not-plain', `At "${path.join('.')}" stands ${what}, which JSON cannot hold. Give plain objects.`)
    }
    for (const key of Object.keys(value as object)) check((value as Record<string, unknown>)[key], [...path, key])
  }
  check(source, [])
  return source
}

/** The record in JSONBin's envelope; undefined where `root` is none. Two sets may be named `record` and `metadata`. */
function recordOf(root: JsonObject): JsonObject | undefined {
  const keys = keysOf(root)
  const record = getKey(root, 'record')
  const metadata = getKey(root, 'metadata')
  if (keys.length !== 2 || !isObject(record) || !isObject(metadata)) return undefined
  return keysOf(metadata).every((key) => !isObject(getKey(metadata, key))) ? record : undefined
}

function readForm(root: JsonObject): TokenFile {
  const values = getKey(root, 'values')
  const sets = new Map<string, JsonObject>()
  if (isObject(values) && !isToken(values)) {
    for (const name of keysOf(values)) {
      const set = getKey(values, name)
      if (isObject(set)) sets.set(name, set)
    }
    if (sets.size === 0) throw invalid('no-sets', 'There is no token set under "values", so there is nothing to read.')
    return { form: 'single', root, sets }
  }
  for (const name of keysOf(root)) {
    const set = getKey(root, name)
    if (!name.startsWith('$') && isObject(set)) sets.set(name, set)
  }
  if (sets.size === 0) {
    throw invalid('no-sets', 'There is no token set in this file: neither "values" nor an object at the top level.')
  }
  // Any JSON object looks like sets, a package.json too. Tokens, or Tokens Studio's own keys, tell.
  const isTokensStudio = hasKey(root, '$themes') || hasKey(root, '$metadata')
  if (!isTokensStudio && ![...sets.values()].some(holdsToken)) {
    throw invalid('no-tokens', 'There is no token in this file: nothing has a "$value" or a "value".')
  }
  return { form: 'sets', root, sets }
}

function tooDeep(): TokenError {
  return invalid('too-deep', `This file is nested deeper than ${maxFileDepth} levels, or refers to itself.`)
}

function invalid(reason: string, message: string, details: Readonly<Record<string, string | number>> = {}): TokenError {
  return new TokenError('invalid-file', message, { reason, ...details })
}
