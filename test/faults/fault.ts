/** A piece of source text and another in its place. It must still parse; types do not matter. */
export interface Edit {
  /** Source file, from the root of the repository. */
  readonly file: string
  /** Stands in the file exactly once. */
  readonly find: string
  readonly replace: string
}

/** A rule of the product and one way to switch it off. */
export interface Fault extends Edit {
  /** The number or name under which the specification has the rule. Several faults may belong to one rule. */
  readonly rule: string
  /** What holds while it is on. */
  readonly title: string
  /** Where the rule is kept twice, once for speed or for safety: the other place. */
  readonly also?: Edit
  /** The test files most likely to notice, from `test/`, without `.test.ts`. Tried before the others of the area. */
  readonly tests: readonly string[]
}

/** A fault of an area whose tests quote the rules: these tell which are likely to notice. */
export type QuotedFault = Omit<Fault, 'tests'>

export interface FaultArea {
  readonly name: string
  /** Every rule of the specification, in its order. One without a fault is a failure of its own. */
  readonly rules: readonly string[]
  readonly faults: readonly Fault[]
  /** Folders and files that may notice, from `test/`. Random tests are left out: a rule needs a directed one. */
  readonly suite: readonly string[]
  /** Files among them that are left out, from `test/`. */
  readonly exclude: readonly string[]
  /** Where the table stands, between `<!-- faults -->` and `<!-- /faults -->`. */
  readonly tableFile: string
}

/** Rules that nothing switches off: what tests say about them is not known. */
export function rulesWithoutFault({ rules, faults }: FaultArea): readonly string[] {
  return rules.filter((rule) => !faults.some((fault) => fault.rule === rule))
}

/** What is wrong with the faults themselves. `read` gives the text of a source file, undefined where there is none. */
export function wrongFaults(
  { rules }: FaultArea,
  faults: readonly Fault[],
  read: (file: string) => string | undefined,
): readonly string[] {
  const seen = new Set<string>()
  return faults.flatMap((fault) => {
    const { rule, title } = fault
    const at = `${rule}, ${title}`
    const wrong: string[] = []
    if (!rules.includes(rule)) wrong.push(`${at}: the specification's list has no such rule`)
    if (seen.has(at)) wrong.push(`${at}: listed twice`)
    seen.add(at)
    for (const { file, find, replace } of editsOf(fault)) {
      const times = read(file)?.split(find).length
      if (times === undefined) wrong.push(`${at}: there is no file ${file}`)
      else if (times !== 2) wrong.push(`${at}: ${file} has ${times - 1} times: ${find}`)
      if (find === replace) wrong.push(`${at}: replaced by itself`)
    }
    return wrong
  })
}

export function editsOf(fault: Fault): readonly Edit[] {
  const { file, find, replace, also } = fault
  return [{ file, find, replace }, ...(also ? [also] : [])]
}

/** The source of a file with the rule switched off. */
export function switchOff(source: string, edits: readonly Edit[]): string {
  return edits.reduce((text, { find, replace }) => text.replace(find, () => replace), source)
}
