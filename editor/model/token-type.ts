/**
 * The token types of the Tokens Studio plugin (`constants/TokenTypes.ts`), what people call them, and how their values are
 * edited. A file may name other types, and DTCG's names for these: both are kept as they are written.
 */

/** `line`: one line of text. The others have parts. */
export type ValueForm = 'line' | 'color' | 'typography' | 'boxShadow' | 'border' | 'composition'

export interface TokenType {
  readonly name: string
  readonly label: string
  readonly form: ValueForm
  /** Shown in an empty value field. */
  readonly example: string
  /** For types with a closed list of values; others may still be typed. */
  readonly choices?: readonly string[]
}

const line = (name: string, label: string, example: string, choices?: readonly string[]): TokenType => ({
  name,
  label,
  form: 'line',
  example,
  ...(choices ? { choices } : {}),
})

export const tokenTypes: readonly TokenType[] = [
  { name: 'color', label: 'Colour', form: 'color', example: '#0066ff or {color.brand.500}' },
  line('dimension', 'Dimension', '16px'),
  line('sizing', 'Sizing', '24px'),
  line('spacing', 'Spacing', '8px, or 8px 16px'),
  line('borderRadius', 'Border radius', '4px'),
  line('borderWidth', 'Border width', '1px'),
  { name: 'border', label: 'Border', form: 'border', example: '{border.card}' },
  { name: 'boxShadow', label: 'Shadow', form: 'boxShadow', example: '{shadow.card}' },
  line('opacity', 'Opacity', '50%'),
  { name: 'typography', label: 'Typography', form: 'typography', example: '{heading.h1}' },
  line('fontFamilies', 'Font family', 'Inter, sans-serif'),
  line('fontWeights', 'Font weight', '600 or Semi Bold'),
  line('fontSizes', 'Font size', '16px'),
  line('lineHeights', 'Line height', '150%'),
  line('letterSpacing', 'Letter spacing', '-2%'),
  line('paragraphSpacing', 'Paragraph spacing', '12px'),
  line('paragraphIndent', 'Paragraph indent', '0'),
  line('textCase', 'Text case', 'uppercase', ['none', 'uppercase', 'lowercase', 'capitalize', 'small-caps']),
  line('textDecoration', 'Text decoration', 'underline', ['none', 'underline', 'line-through']),
  line('number', 'Number', '1.5'),
  line('boolean', 'Boolean', 'true', ['true', 'false']),
  line('text', 'Text', 'Any text'),
  line('asset', 'Asset', 'https://…'),
  { name: 'composition', label: 'Composition', form: 'composition', example: '{card}' },
  line('other', 'Other', 'Any value'),
]

const byName: ReadonlyMap<string, TokenType> = new Map(tokenTypes.map((type) => [type.name.toLowerCase(), type]))

/** Other names of the same types, as the plugin reads them (`normalizeTokenType.ts`). */
const otherNames: ReadonlyMap<string, string> = new Map([
  ['space', 'spacing'],
  ['size', 'sizing'],
  ['radius', 'borderradius'],
  ['width', 'borderwidth'],
  ['shadow', 'boxshadow'],
  ['fontfamily', 'fontfamilies'],
  ['fontweight', 'fontweights'],
  ['fontsize', 'fontsizes'],
  ['lineheight', 'lineheights'],
])

/** What is known of a type by the name a file gives it; undefined for a type the plugin does not have. */
export function tokenTypeOf(name: string | undefined): TokenType | undefined {
  const lower = (name ?? '').toLowerCase()
  return byName.get(otherNames.get(lower) ?? lower)
}

/** What people read: `Colour` for `color`, the name itself for unknown types. */
export function typeLabel(name: string | undefined): string {
  return tokenTypeOf(name)?.label ?? name ?? 'No type'
}
