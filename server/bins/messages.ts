/**
 * The error texts of the service, which clients tell apart by their beginnings. Everything up to "not documented" is
 * quoted from the service; the texts after it are ours, for cases whose text nobody has published.
 */
import { formatByteSize } from './byte-size.ts'

/** What one access key permission allows, and the verb in the texts about it. */
export type BinOperation = 'create' | 'read' | 'update' | 'delete'

export const messages = {
  contentType: 'You need to pass Content-Type set to application/json',
  blank: 'Bin cannot be blank',
  invalidJson: 'Invalid JSON. Please try again',
  invalidId: 'Invalid Bin Id provided',
  invalidVersion: 'Bin version is invalid',
  invalidCollectionId: 'Invalid X-Collection-Id provided',
  unknownCollection: 'Collection not found or the Collection does not belong to the X-Master-Key provided',
  invalidName: 'X-Bin-Name cannot be blank or over 128 characters',
  privacyHeaderMissing: 'You need to provide X-Bin-Private header to change the Bin privacy',
  masterKeyMissing: 'You need to pass X-Master-Key in the header',
  invalidMasterKey: 'Invalid X-Master-Key provided',
  notFound: "Bin not found or it doesn't belong to your account",
  notFoundOnUpdate: 'Bin not found',
  versionNotFound: 'Bin version not found',
  routeNotFound: 'Route not found!',
  invalidAccessKeyId: 'Invalid Access Key Id provided',
  requestsExhausted: 'Requests exhausted. Buy additional requests at https://jsonbin.io/pricing',
  invalidJsonPath: 'Invalid X-JSON-Path expression passed',
  versionCountKeyMissing: 'You need to pass X-Master-Key in the header to get version count for the private bin',
  noVersions: 'No versions found',
  versionsDeleted: 'Versions for the Bin are deleted successfully',
  versionsDeletedAndLatestKept:
    'Versions for the Bin are deleted successfully and latest version preserved on the base record.',
  invalidCollection: 'Invalid Collection Id provided',
  collectionNotFound: 'Collection not found',
  deleted: 'Bin deleted successfully',
  accessKeyDeleted: 'Access Key deleted successfully',
  // Not documented.
  accessKeyNotFound: 'Access Key not found',
  invalidAccessKeyName: 'X-Key-Name cannot be blank or over 32 characters',
  accessKeysFull: 'You cannot create more than 4 Access Keys',
  bodyTooLarge: 'Request body is too large',
  internal: 'Internal Server Error',
  closed: 'The local bins are closed',
} as const

const keyMissing: Readonly<Record<BinOperation, string>> = {
  create: 'create a bin',
  read: 'read a private bin',
  update: 'update a private bin',
  delete: 'delete a bin',
}

export function keyMissingMessage(operation: BinOperation): string {
  return `You need to pass X-Master-Key or X-Access-Key in the header to ${keyMissing[operation]}`
}

/** The text differs by verb for a master key; for an access key only that of reading is known. */
export function keyRefusedMessage(operation: BinOperation, header: 'X-Master-Key' | 'X-Access-Key'): string {
  if (operation === 'create') return `Invalid ${header} provided`
  if (operation === 'update') return `Invalid ${header} provided or the bin does not belong to your account`
  return `${header} is invalid or the bin doesn't belong to your account`
}

/** Not documented. */
export function permissionMissingMessage(operation: BinOperation): string {
  return `X-Access-Key does not have the permission to ${operation} bins`
}

/** The free plan's text is quoted; for another limit it names the way to raise it here. */
export function recordTooLargeMessage(operation: 'create' | 'update', limitBytes: number): string {
  const limit = formatByteSize(limitBytes)
  return limit === '100kb'
    ? `Free users cannot ${operation} a record over 100kb. Upgrade to Pro plan http://api.jsonbin.io/pricing to ${operation} records upto 1mb`
    : `Users cannot ${operation} a record over ${limit}. Start the local bins with a greater --bin-limit to ${operation} larger records`
}
