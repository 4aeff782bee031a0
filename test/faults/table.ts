import type { Fault, FaultArea } from './fault.ts'

/** Fault → the test that noticed it; null where nobody did. */
export type Outcomes = ReadonlyMap<string, string | null>

export function keyOf({ rule, title }: Pick<Fault, 'rule' | 'title'>): string {
  return `${rule} ${title}`
}

const nobody = '**nobody**'
const untried = 'not tried yet'
const begin = '<!-- faults: written by npm run test:faults -->'
const end = '<!-- /faults -->'

/** Rule → the test that noticed, as a table of Markdown, in the order of the rules. */
export function formatTable({ rules, faults }: FaultArea, outcomes: Outcomes): string {
  const lines = rules.flatMap((rule) => {
    const own = faults.filter((fault) => fault.rule === rule)
    if (own.length === 0) return [row(rule, '', '**nothing switches it off**')]
    return own.map((fault) => {
      const outcome = outcomes.get(keyOf(fault))
      return row(rule, fault.title, outcome === undefined ? untried : (outcome ?? nobody))
    })
  })
  return ['| rule | switched off | noticed by |', '|---|---|---|', ...lines].join('\n')
}

function row(...cells: readonly string[]): string {
  return `| ${cells.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`
}

/** What the table in a document says, for those that are not tried again. */
export function readTable(document: string): Outcomes {
  const table = document.slice(document.indexOf(begin), document.indexOf(end))
  const rows = [...table.matchAll(/^\| (.+?) \| (.*?) \| (.+) \|$/gm)]
  return new Map(
    rows.flatMap(([, ...cells]): [string, string | null][] => {
      const [rule = '', title = '', noticedBy = ''] = cells.map((text) => text.replaceAll('\\|', '|'))
      return noticedBy === untried ? [] : [[keyOf({ rule, title }), noticedBy === nobody ? null : noticedBy]]
    }),
  )
}

/** The document with the table in its place. Throws where it has none. */
export function putTable(document: string, table: string): string {
  const from = document.indexOf(begin)
  const to = document.indexOf(end)
  if (from === -1 || to < from) throw new Error(`The document has no place for the table: ${begin} … ${end}`)
  return `${document.slice(0, from)}${begin}\n\n${table}\n\n${document.slice(to)}`
}
