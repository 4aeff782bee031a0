import type { HttpHandler } from './http-handler.ts'
import { pathOf } from './http-handler.ts'

/** A file of the page, as it goes out. */
export interface ServedFile {
  /** Below the root, without a leading slash; `index.html` is also served at `/`. */
  readonly path: string
  readonly contentType: string
  readonly contents: Uint8Array
}

/** The page runs its own script only. It may connect anywhere: the user names the relay, the bins service and snapshot URLs. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  'img-src data:',
  'connect-src *',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

/** Serves the given files and nothing else. */
export function createPageRoute(files: readonly ServedFile[]): HttpHandler {
  const byPath = new Map(files.map((file) => [`/${file.path}`, file]))
  const index = byPath.get('/index.html')
  if (index) byPath.set('/', index)
  return (request, response) => {
    const file = byPath.get(pathOf(request))
    if (!file || (request.method !== 'GET' && request.method !== 'HEAD')) return false
    response.writeHead(200, {
      'content-type': file.contentType,
      'content-length': file.contents.byteLength,
      'cache-control': 'no-cache',
      'content-security-policy': contentSecurityPolicy,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
    response.end(request.method === 'HEAD' ? undefined : file.contents)
    return true
  }
}
