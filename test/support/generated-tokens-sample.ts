/**
 * The small file that the tests of merging start from: a group with fields of its own, composites, an array value, four
 * sets, two themes.
 */
const sample: unknown = {
  values: {
    core: {
      color: {
        $type: 'color',
        $description: 'palette',
        red: { $value: '#f00', $type: 'color', $description: 'brand red' },
        blue: { $value: '#00f', $type: 'color' },
        brand: {
          light: { $value: '#eee', $type: 'color', $description: 'l' },
          dark: { $value: '#111', $type: 'color', $description: 'd' },
        },
      },
      type: {
        h1: {
          $value: { fontFamily: 'Inter', fontWeight: 700, fontSize: '32px', lineHeight: '120%' },
          $type: 'typography',
        },
      },
      shadow: {
        md: {
          $value: [
            { x: 0, y: 1, blur: '2px', color: '#000' },
            { x: 0, y: 4, blur: '8px', color: '#333' },
          ],
          $type: 'boxShadow',
        },
      },
      space: {
        s: { $value: 4, $type: 'number' },
        m: { $value: '8', $type: 'dimension' },
        l: { $value: '16', $type: 'dimension' },
      },
    },
    light: { bg: { $value: '{color.blue}', $type: 'color' }, fg: { $value: '#222', $type: 'color' } },
    dark: { bg: { $value: '#000', $type: 'color' } },
    extra: { z: { $value: '1', $type: 'opacity' } },
  },
  $themes: [
    { id: 'th1', name: 'Light', selectedTokenSets: { core: 'source', light: 'enabled' } },
    { id: 'th2', name: 'Dark', selectedTokenSets: { core: 'source', dark: 'enabled' } },
  ],
  $metadata: {
    tokenSetOrder: ['core', 'light', 'dark', 'extra'],
    updatedAt: '2026-01-01T00:00:00.000Z',
    version: '2.11.10',
  },
}

/** Pointer without the leading slash, `values/core/color/red/$value` → new value; undefined removes. */
export type FileChanges = Readonly<Record<string, unknown>>

/** The sample as text, changed at some places; names with a slash cannot be reached. */
export function sampleText(changes: FileChanges = {}): string {
  const file = structuredClone(sample)
  for (const [pointer, value] of Object.entries(changes)) {
    const names = pointer.split('/')
    const last = names.pop() as string
    let parent = file as Record<string, unknown>
    for (const name of names) parent = (parent[name] ??= {}) as Record<string, unknown>
    if (value !== undefined) parent[last] = value
    else if (Array.isArray(parent)) parent.splice(Number(last), 1)
    else delete parent[last]
  }
  return JSON.stringify(file)
}

/** What stands at a pointer without leading slash; undefined where nothing does. Own properties only. */
export function peek(payload: unknown, pointer: string): unknown {
  let node = payload
  for (const name of pointer.split('/')) {
    if (node === null || typeof node !== 'object' || !Object.hasOwn(node, name)) return undefined
    node = (node as Record<string, unknown>)[name]
  }
  return node
}

/** The names at a pointer in their order; none where no object stands. */
export function namesAt(payload: unknown, pointer: string): string[] {
  const node = peek(payload, pointer)
  return node !== null && typeof node === 'object' ? Object.keys(node) : []
}
