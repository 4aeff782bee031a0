export { defaultBaseUrl } from './base-url.ts'
export type {
  BinRecord,
  BinRequestOptions,
  BinStore,
  CreateBinOptions,
  CreatedBin,
  ReadBinOptions,
  UpdateBinOptions,
  WrittenBin,
} from './bin-store.ts'
export { type JsonBin, type JsonBinOptions, createJsonBin } from './json-bin.ts'
export {
  JsonBinError,
  type JsonBinErrorCode,
  type JsonBinErrorFacts,
  type RequestOutcome,
  isJsonBinError,
} from './json-bin-error.ts'
export type { RetryOptions } from './retry.ts'
export type { Wait } from './wait.ts'
