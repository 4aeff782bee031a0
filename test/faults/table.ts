import type { Fault } from './fault.ts'

export interface Row {
  readonly fault: Fault
  readonly noticedBy: string | undefined
}

/** Rule → the test that noticed, as a table of Markdown, in the order of the rules; those not tried are left out. */
export function formatTable(rules: readonly string[], rows: readonly Row[]): string {
  const lines = rules.flatMap((rule) => {
    const tried = rows.filter(({ fault }) => fault.rule === rule)
    return tried.map(({ fault, noticedBy }) => {
      const cells = [rule, fault.title, noticedBy ?? '**nobody**'].map((text) => text.replaceAll('|', '\\|'))
      return `| ${cells.join(' | ')} |`
    })
  })
  return ['| rule | switched off | noticed by |', '|---|---|---|', ...lines].join('\n')
}

const begin = '<!-- faults: written by npm run test:faults -->'
const end = '<!-- /faults -->'

/** The document with the table in its place. Throws where it has none. */
export function putTable(document: string, table: string): string {
  const from = document.indexOf(begin)
  const to = document.indexOf(end)
  if (from === -1 || to < from) throw new Error(`The document has no place for the table: ${begin} … ${end}`)
  return `${document.slice(0, from)}${begin}\n\n${table}\n\n${document.slice(to)}`
}
