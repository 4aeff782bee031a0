/**
 * Which web pages may open a socket. Programs outside a browser send no origin and are let through: an origin protects users
 * from pages, not the relay from programs.
 *
 * With keys every page may try, since a page without a key gets nowhere and no cookie helps it; a list narrows that down.
 * Without keys only pages of this machine may, or any web page the user visits could edit the tokens of a relay on loopback.
 * `null`, the origin of sandboxed frames such as Figma plugins, then has to be listed.
 */
export function createOriginRule(options: {
  readonly origins: readonly string[] | undefined
  readonly hasKeys: boolean
}): (origin: string | undefined) => boolean {
  const { origins, hasKeys } = options
  const listed = origins && new Set(origins.map((origin) => origin.toLowerCase().replace(/\/$/, '')))
  return (origin) => {
    if (origin === undefined) return true
    if (listed?.has(origin.toLowerCase()) || listed?.has('*')) return true
    return listed === undefined && (hasKeys || isLoopbackOrigin(origin))
  }
}

/** True for addresses that only this machine reaches. */
export function isLoopbackHost(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase()
  return bare === 'localhost' || bare === '::1' || /^(?:::ffff:)?127(?:\.\d{1,3}){3}$/.test(bare)
}

function isLoopbackOrigin(origin: string): boolean {
  return URL.canParse(origin) && isLoopbackHost(new URL(origin).hostname)
}
