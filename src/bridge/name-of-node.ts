import { readSegment } from '../doc/node-id.ts'

const birthRoot = 'values'

/** The path under which a node was born, for people: `core.color`, without the member that holds the sets. */
export function nameOfNode(id: string): string {
  const names = id.split('/').slice(1)
  if (names[0] === birthRoot && names.length > 1) names.shift()
  return names.map((segment) => readSegment(segment).name).join('.')
}
