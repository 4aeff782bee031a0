/**
 * Which names lead back to themselves, among all that can be reached from `starts`: name → a number that those of one circle
 * share. Tarjan's strongly connected components, without recursion: chains come as long as files are.
 */
export function circlesFrom(
  starts: Iterable<string>,
  edgesOf: (name: string) => readonly string[],
): ReadonlyMap<string, number> {
  const circles = new Map<string, number>()
  /** In order of the first visit. */
  const numbers = new Map<string, number>()
  /** The earliest that can be reached from here and is still open. */
  const lowest = new Map<string, number>()
  const isOpen = new Set<string>()
  const open: string[] = []
  const way: { readonly name: string; readonly edges: readonly string[]; at: number }[] = []

  const enter = (name: string): void => {
    numbers.set(name, numbers.size)
    lowest.set(name, numbers.size - 1)
    isOpen.add(name)
    open.push(name)
    way.push({ name, edges: edgesOf(name), at: 0 })
  }
  const lower = (name: string, to: number): void => {
    if (to < (lowest.get(name) as number)) lowest.set(name, to)
  }
  const close = (name: string, edges: readonly string[]): void => {
    const number = numbers.get(name) as number
    if (lowest.get(name) !== number) return
    const members = open.splice(open.lastIndexOf(name))
    for (const member of members) isOpen.delete(member)
    if (members.length > 1 || edges.includes(name)) for (const member of members) circles.set(member, number)
  }

  for (const start of starts) {
    if (!numbers.has(start)) enter(start)
    for (let step = way.at(-1); step; step = way.at(-1)) {
      const next = step.edges[step.at++]
      if (next === undefined) {
        way.pop()
        close(step.name, step.edges)
        const before = way.at(-1)
        if (before) lower(before.name, lowest.get(step.name) as number)
      } else if (!numbers.has(next)) enter(next)
      else if (isOpen.has(next)) lower(step.name, numbers.get(next) as number)
    }
  }
  return circles
}
