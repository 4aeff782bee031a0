/** Types the plugin writes anew on every pull, whatever their case (2.11.10, `normalizeTokenType`). */
const canonicalTypes: ReadonlyMap<string, string> = new Map([
  ['space', 'spacing'],
  ['spacing', 'spacing'],
  ['size', 'sizing'],
  ['sizing', 'sizing'],
  ['radius', 'borderRadius'],
  ['borderradius', 'borderRadius'],
  ['width', 'borderWidth'],
  ['borderwidth', 'borderWidth'],
  ['shadow', 'boxShadow'],
  ['boxshadow', 'boxShadow'],
  ['fontfamily', 'fontFamilies'],
  ['fontfamilies', 'fontFamilies'],
  ['fontweight', 'fontWeights'],
  ['fontweights', 'fontWeights'],
  ['lineheight', 'lineHeights'],
  ['lineheights', 'lineHeights'],
  ['fontsize', 'fontSizes'],
  ['fontsizes', 'fontSizes'],
  ['letterspacing', 'letterSpacing'],
  ['paragraphspacing', 'paragraphSpacing'],
  ['paragraphindent', 'paragraphIndent'],
])

/** The type the plugin makes of this one; unknown types stay as they are. */
export function pluginType(type: string): string {
  return canonicalTypes.get(type.toLowerCase()) ?? type
}

/** What the plugin gets for a token that has no type. */
export const fallbackType = 'other'
