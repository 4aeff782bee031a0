/**
 * The file of a worker thread that lies beside the caller: `.ts` when run from source, `.js` when run from `dist`, since the
 * compiler does not rewrite it.
 */
export function threadFile(name: string, callerUrl: string): URL {
  return new URL(`./${name}${callerUrl.endsWith('.ts') ? '.ts' : '.js'}`, callerUrl)
}
