import type { Random } from './random.ts'

type Tree = Record<string, unknown>

const plainNames = ['a', 'b', 'c', 'color', '50', '100', 'größe', 'a b', 'size/x']
const splitNames = ['a.b', '1.5', '.y', 'x.', '', 'b\\', 'x\\.y', '..']
const fieldNames = ['$root', 'value', 'type', 'description', 'name', 'x$valuey']
const names = [...plainNames, ...splitNames, ...fieldNames, 'constructor', 'prototype', 'toString', 'valueOf']
const metadataKeys = ['$type', '$value', '$description', '$extensions', '$deprecated', '$ref'] as const
const types = [
  'color',
  'size',
  'Spacing',
  'typography',
  'boxShadow',
  'shadow',
  'composition',
  'border',
  'other',
] as const

/**
 * A payload in the single-file form such as careless tools and people write them: both spellings, odd names, metadata
 * everywhere, broken themes. `tidy` leaves out what makes the plugin refuse a file, more often than not.
 */
export function nastyPayload(random: Random, tidy = false): Tree {
  const { chance, pick, int } = random
  const rarely = (probability: number): boolean => chance(tidy ? probability / 12 : probability)
  const spelling = pick(['dtcg', 'legacy', 'mixed'] as const)

  const scalar = (): unknown =>
    pick<unknown>([
      0,
      1.5,
      '#f00',
      '',
      null,
      true,
      '$value',
      '{a.b}',
      [1, 2],
      [],
      { a: 1 },
      {},
      { value: 'q', type: 'color' },
    ])
  const tokenValue = (): unknown =>
    pick<unknown>([
      '#f00',
      '{a.b.c}',
      4,
      '4',
      false,
      { fontSize: '1px', lineHeight: 1 },
      { '50': 1, a: { c: 1, b: 2 } },
      [{ x: 1, blur: '2', color: '#000' }, { y: 1 }],
      {},
      [],
    ])
  const oddValue = (): unknown =>
    pick<unknown>([
      null,
      { $value: 1 },
      { value: 'x', type: 'color' },
      { value: 1 },
      { type: 'alpha', value: '0.1' },
      '$value',
    ])
  const extensions = (): unknown =>
    pick<unknown>([
      { id: '1' },
      { 'studio.tokens': { id: 'x' } },
      {
        'studio.tokens': { id: 'x', modify: { type: 'alpha', value: '0.1', space: 'lch' } },
        'com.x': { y: [1], z: {} },
      },
      { 'com.figma.scopes': ['ALL'], empty: {} },
      {},
    ])

  const token = (depth: number): Tree => {
    const isDtcg = spelling === 'dtcg' || (spelling === 'mixed' && chance(0.5))
    const key = (field: string): string => (isDtcg !== rarely(0.1) ? `$${field}` : field)
    const fields: [string, unknown][] = [[isDtcg ? '$value' : 'value', rarely(0.2) ? oddValue() : tokenValue()]]
    if (!rarely(0.3)) fields.push([key('type'), rarely(0.1) ? pick<unknown>(['', 5, null, {}]) : pick(types)])
    if (chance(0.25))
      fields.push([key('description'), rarely(0.2) ? pick<unknown>([5, null, 'has $value']) : pick(['text', ''])])
    if (chance(0.2)) fields.push(['$extensions', rarely(0.1) ? scalar() : extensions()])
    if (chance(0.1)) fields.push([pick(['$deprecated', 'custom', 'zz']), scalar() ?? 1])
    if (rarely(0.1)) fields.push([pick([...names, 'inheritTypeLevel', 'rawValue', '__proto__']), scalar()])
    if (depth > 0 && rarely(0.3))
      fields.push([pick(['kid', 'name', 'dark', 'x.y']), chance(0.5) ? token(depth - 1) : group(depth - 1)])
    return build(random.shuffle(fields))
  }
  const group = (depth: number): Tree => {
    const fields: [string, unknown][] = []
    if (chance(0.35)) fields.push([(spelling === 'legacy') !== rarely(0.1) ? 'type' : '$type', pick(types)])
    if (rarely(0.15)) fields.push([pick(metadataKeys), scalar()])
    if (rarely(0.1)) fields.push(['$extensions', { org: { x: 'y' } }])
    for (let i = int(5); i > 0; i--) {
      const name = rarely(0.5) ? pick([...names, '__proto__']) : pick(['a', 'b', 'c', 'd', 'e', '50', '10'])
      const child = chance(0.6) ? token(depth - 1) : depth > 0 ? group(depth - 1) : {}
      fields.push([name, rarely(0.1) ? scalar() : child])
    }
    return build(fields)
  }
  const theme = (): unknown => {
    const fields: [string, unknown][] = [['name', rarely(0.1) ? 5 : pick(['Light', 'Dark'])]]
    if (!rarely(0.3)) fields.push(['id', rarely(0.1) ? null : pick(['t1', 't2', 't3', '7'])])
    if (chance(0.3)) fields.push(['group', rarely(0.2) ? null : 'Mode'])
    const status = (): unknown => (rarely(0.2) ? pick<unknown>([null, 'on']) : pick(['enabled', 'source', 'disabled']))
    if (!rarely(0.1)) fields.push(['selectedTokenSets', { core: status(), light: status(), gone: status() }])
    if (chance(0.2)) fields.push(['$figmaStyleReferences', rarely(0.2) ? { a: 1 } : { 'a.b': 'S:1,', '50': 'S:2,' }])
    if (chance(0.2)) fields.push(['$figmaModeId', rarely(0.2) ? 1 : '1:2'])
    if (chance(0.2)) fields.push(['$extensions', { x: 1 }])
    return build(random.shuffle(fields))
  }

  const values: [string, unknown][] = []
  for (let i = 1 + int(3); i > 0; i--) {
    const content = chance(0.15) ? {} : rarely(0.05) ? scalar() : group(3)
    values.push([
      rarely(0.2) ? pick(['__proto__', 'constructor', '$weird', '']) : pick(['core', 'light', 's/t', '10', '2']),
      content,
    ])
  }
  const file: [string, unknown][] = [['values', build(values)]]
  if (chance(0.6)) file.push(['$themes', rarely(0.1) ? scalar() : Array.from({ length: int(4) }, theme)])
  if (chance(0.7)) {
    const order = random.shuffle(['core', 'light', 's/t', '10', 'gone'])
    file.push(['$metadata', rarely(0.1) ? scalar() : { tokenSetOrder: rarely(0.1) ? 'core' : order, other: 1 }])
  }
  if (rarely(0.1)) file.push([pick(['$schema', 'extra', 'version']), scalar()])
  return build(file)
}

/** With `__proto__` as a key of its own. Later members of one name win. */
function build(fields: readonly (readonly [string, unknown])[]): Tree {
  return JSON.parse(
    `{${fields.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`,
  ) as Tree
}
