export type BodyText = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'too-long' | 'not-utf-8' }

/**
 * The body of an answer, of which at most `maxBytes` are held: whoever has the key can store anything in a bin. What is left
 * of the body is the caller's to abort.
 */
export async function readText(response: Response, maxBytes: number): Promise<BodyText> {
  const reader = response.body?.getReader()
  if (reader === undefined) return { kind: 'text', text: '' }
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let text = ''
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    length += value?.length ?? 0
    if (length > maxBytes) return { kind: 'too-long' }
    try {
      text += done ? decoder.decode() : decoder.decode(value, { stream: true })
    } catch {
      // Replacement characters would pass for what somebody wrote.
      return { kind: 'not-utf-8' }
    }
    if (done) return { kind: 'text', text }
  }
}
