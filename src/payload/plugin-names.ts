/**
 * How the plugin (2.11.10) reads the place of a token: it joins the keys above it with dots, and splits that name again when
 * it writes (`convertTokens`, `set-value` 3.0.3). So a key with a dot comes back as two groups, an empty key vanishes, and
 * names that reach a prototype are dropped; a group named like a method of every object loses its tokens.
 */
const droppedNames: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/** True for a path of which the plugin drops a part, wherever it stands. */
export function losesAPart(path: readonly string[]): boolean {
  return path.some((key) => key.split('.').some((part) => droppedNames.has(part)))
}

/** True for a key that comes back from the plugin as it is where it names a token. */
export function keepsTokenName(key: string): boolean {
  return key !== '' && !key.includes('.') && !key.endsWith('\\') && !droppedNames.has(key)
}

/** The same for a group, which must not be named `toString`, `valueOf` and their like either. */
export function keepsGroupName(key: string): boolean {
  return keepsTokenName(key) && !(key in Object.prototype)
}

/** Where the plugin writes a token that stands at `path`; `[]` where it drops it. */
export function foldedPath(path: readonly string[]): readonly string[] {
  if (path.every(keepsGroupName)) return path
  const groups = path.slice(0, -1).filter((key) => key !== '')
  const folded = splitName([...groups, path.at(-1) as string].join('.')).filter((key) => !droppedNames.has(key))
  return folded.slice(0, -1).some((key) => key in Object.prototype) ? [] : folded
}

/** Splits at dots; a backslash before a dot makes it part of the name. */
function splitName(name: string): string[] {
  const parts = name.split('.')
  const segments: string[] = []
  for (let i = 0; i < parts.length; i++) {
    let segment = parts[i] as string
    while (segment.endsWith('\\') && i + 1 < parts.length) segment = `${segment.slice(0, -1)}.${parts[++i]}`
    segments.push(segment)
  }
  return segments
}
