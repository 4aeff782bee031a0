/** So many random characters of `0-9a-z`. */
export function randomText(length: number, random: () => number): string {
  let text = ''
  while (text.length < length) text += Math.floor(random() * 36).toString(36)
  return text
}
