export {
  type Author,
  type ChangeOrigin,
  type Claim,
  type Conflict,
  createTokenDocument,
  type DocumentState,
  type ImportOptions,
  type ImportSource,
  type OutlineRow,
  type Position,
  type Reference,
  type RenameOptions,
  type Snapshot,
  type TokenChange,
  type TokenDocument,
  type TokenDocumentOptions,
  type TokenFiles,
  type TokenPath,
  type UnresolvedReference,
} from './token-document.ts'
export { describeChange } from '../payload/describe-change.ts'
export { isTokenError, TokenError, type TokenErrorCode } from '../payload/token-error.ts'
export type { Json, JsonObject, PlainObject } from '../payload/ordered-json.ts'
