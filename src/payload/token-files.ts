/**
 * Tokens in several files, as Tokens Studio keeps them in a folder: `<set>.json` for each set (a `/` in its name makes a
 * folder), `$themes.json` and `$metadata.json`. In which order files are listed says nothing: sets stand in the order of
 * `tokenSetOrder`, those that it lacks behind, by name. So whoever takes in a folder gets the same document.
 *
 * - Any other `$….json` beside these is kept, as a member of the single file; it is a set where `tokenSetOrder` lists it.
 * - Members of a single file that no such file can hold stand together in `$y-tokens.json`.
 * - What a path cannot hold of a set's name is written as `%` with two hex digits, so that no name leads out of the folder.
 */
import { maxFileChars, maxFileDepth, parseFileText, type TokenFile } from './file-form.ts'
import { holdsToken } from './is-token.ts'
import {
  getKey,
  hasKey,
  isDeeperThan,
  isObject,
  type Json,
  type JsonObject,
  keysOf,
  objectFrom,
  stringifyJson,
  withMember,
} from './ordered-json.ts'
import { orderSets, tokenSetOrderOf } from './set-order.ts'
import { isTokenError, TokenError } from './token-error.ts'

/** Path, relative and with `/` between folders → JSON text. */
export type TokenFiles = ReadonlyMap<string, string>

const ending = '.json'
const restName = '$y-tokens'
/** Always themes and settings, whatever `tokenSetOrder` lists. */
const ownNames: ReadonlySet<string> = new Set(['$themes', '$metadata'])

/**
 * The files as one, in the single-file form. Throws `too-large`, or `invalid-file` with `details.file`, its path, and
 * `details.reason`: those of `parseTokenFile`, and `bad-path`, `not-text`, `whole-file`, `two-files`.
 */
export function joinFiles(files: TokenFiles): TokenFile {
  checkSize(files)
  const contents = new Map<string, Json>()
  for (const [path, text] of [...files].toSorted(byName)) contents.set(stemOf(path), readContent(path, text))
  const listed = listedIn(contents.get('$metadata'))
  // Of Tokens Studio: then a set may hold what it likes.
  const isFolder = [...ownNames].some((name) => contents.has(name))
  const root = new Map<string, Json>([['values', {}]])
  const members = new Map<string, Json>()
  for (const [stem, content] of contents) {
    const add = (to: Map<string, Json>, name: string, value: Json): void => {
      if (to.has(name))
        refuse(stem + ending, 'two-files', `it has "${name}" once more. Leave out one of the two files.`)
      to.set(name, value)
    }
    if (stem === restName && isObject(content) && !hasKey(content, 'values'))
      for (const key of keysOf(content)) add(root, key, getKey(content, key) as Json)
    else if (isMember(stem, listed)) add(root, stem, content)
    else {
      if (!isFolder && isWhole(content))
        refuse(
          stem + ending,
          'whole-file',
          'it is a whole token file with all its sets, not one set. Take it in alone.',
        )
      add(members, setNameOf(stem), content)
    }
  }
  const names = orderSets([...members.keys()].toSorted(), [...listed])
  const sets = new Map(
    names
      .map((name) => [name, members.get(name)] as const)
      .filter((set): set is [string, JsonObject] => isObject(set[1])),
  )
  checkSets(sets, root)
  root.set(
    'values',
    objectFrom(
      names,
      names.map((name) => members.get(name) as Json),
    ),
  )
  return { form: 'single', root: objectFrom([...root.keys()], [...root.values()]), sets }
}

/**
 * One file for each set and each other member, indented by 2 as Tokens Studio does, without a last newline. Where no list says
 * the order of the sets, and it is not that of their names, `$metadata.json` gets one.
 */
export function splitFile(file: TokenFile, indent = 2): TokenFiles {
  const { form, root, sets } = withSetOrder(file)
  const listed = listedIn(getKey(root, '$metadata'))
  const contents = new Map<string, Json>()
  const rest = new Map<string, Json>()
  for (const key of keysOf(root)) {
    const value = getKey(root, key) as Json
    if (form === 'single' && key === 'values' && isObject(value)) {
      for (const name of keysOf(value)) contents.set(stemFor(name, listed), getKey(value, name) as Json)
    } else if (form === 'sets' && (sets.has(key) || !key.startsWith('$'))) contents.set(stemFor(key, listed), value)
    else if (key !== restName && isMember(key, listed) && !/[\\\p{Cc}]/u.test(key)) contents.set(key, value)
    else {
      rest.set(key, value)
      contents.set(restName, objectFrom([...rest.keys()], [...rest.values()]))
    }
  }
  return new Map([...contents].map(([stem, content]) => [stem + ending, stringifyJson(content, indent)]))
}

function withSetOrder(file: TokenFile): TokenFile {
  const { root, sets } = file
  const metadata = getKey(root, '$metadata')
  const names = [...sets.keys()]
  const isSorted = names.every((name, i) => i === 0 || (names[i - 1] as string) < name)
  if (isSorted || (metadata !== undefined && (!isObject(metadata) || hasKey(metadata, 'tokenSetOrder')))) return file
  return { ...file, root: withMember(root, '$metadata', withMember(metadata ?? {}, 'tokenSetOrder', names)) }
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1
}

function checkSize(files: TokenFiles): void {
  let length = 0
  for (const text of files.values()) length += text.length
  if (length > maxFileChars)
    throw new TokenError('too-large', `These files have ${length} characters; at most ${maxFileChars} are read.`, {
      length,
      limit: maxFileChars,
    })
}

function stemOf(path: string): string {
  if (!path.endsWith(ending)) refuse(path, 'bad-path', `only files that end in ${ending} hold tokens. Leave it out.`)
  if (path.includes('\\') || /(?:^|\/)(?:\.{0,2})\//.test(path))
    refuse(
      path,
      'bad-path',
      'give the path below the folder of the tokens, with "/" between folders, as in brand/dark.json.',
    )
  return path.slice(0, -ending.length)
}

function readContent(path: string, text: string): Json {
  if (typeof text !== 'string') refuse(path, 'not-text', 'give the text of the file, not its bytes or what it holds.')
  let content: Json
  try {
    content = parseFileText(text)
  } catch (error) {
    if (!isTokenError(error)) throw error
    throw new TokenError(error.code, `${path}: ${error.message}`, { ...error.details, file: path })
  }
  // In the single file it stands two levels deeper.
  if (isDeeperThan(content, maxFileDepth - 2))
    refuse(path, 'too-deep', `it is nested deeper than ${maxFileDepth - 2} levels.`)
  return content
}

function isWhole(content: Json): boolean {
  if (!isObject(content)) return false
  const hasThemes = Array.isArray(getKey(content, '$themes'))
  const hasMetadata = isObject(getKey(content, '$metadata'))
  return (hasThemes && hasMetadata) || ((hasThemes || hasMetadata) && isObject(getKey(content, 'values')))
}

function listedIn(metadata: Json | undefined): ReadonlySet<string> {
  return new Set(metadata === undefined ? [] : tokenSetOrderOf({ $metadata: metadata }))
}

/** True for a member of the file beside its sets. */
function isMember(stem: string, listed: ReadonlySet<string>): boolean {
  return stem.startsWith('$') && !stem.includes('/') && (ownNames.has(stem) || !listed.has(stem))
}

function checkSets(sets: ReadonlyMap<string, JsonObject>, root: ReadonlyMap<string, Json>): void {
  if (sets.size === 0)
    throw new TokenError(
      'invalid-file',
      'None of these files is a token set. Give one for each set, such as core.json.',
      {
        reason: 'no-sets',
      },
    )
  // Any JSON file looks like a set, a package.json too. Tokens, or Tokens Studio's own files, tell.
  if ([...ownNames].some((name) => root.has(name)) || [...sets.values()].some(holdsToken)) return
  throw new TokenError('invalid-file', 'There is no token in these files: nothing has a "$value" or a "value".', {
    reason: 'no-tokens',
  })
}

/** The path of a set without its ending. */
function stemFor(name: string, listed: ReadonlySet<string>): string {
  const isMistakable = isMember(name, listed) || name === restName
  return isMistakable ? escapeOf('$') + encodePath(name.slice(1)) : encodePath(name)
}

/** `\`, control characters, folders without a name, `.` and `..`; and a `%` that would be read as one of these. */
const unsafe = /[\\\p{Cc}]|(?<![^/])(?:\/|\.(?=\.?\/))|%(?=2[45EF]|5C|[0189][\dA-F]|7F)/gu

function encodePath(name: string): string {
  return name.replace(unsafe, escapeOf)
}

function escapeOf(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}

function setNameOf(stem: string): string {
  return stem.replace(/%(2[45EF]|5C|[0189][\dA-F]|7F)/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )
}

function refuse(file: string, reason: string, why: string): never {
  throw new TokenError('invalid-file', `${file}: ${why}`, { reason, file })
}
