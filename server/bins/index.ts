export { type BinFaults, binFault, createBinFaults } from './bin-faults.ts'
export type { Fault, FaultAnswer, FaultEffect, FaultMatch, InjectedFault } from './bin-faults.ts'
export { loadOrCreateMasterKey } from './bin-keys.ts'
export type { BinPermissions, StoredAccessKey } from './bin-database.ts'
export { BinsError, type BinsErrorCode } from './bins-error.ts'
export { defaultBinLimitBytes, formatByteSize, parseByteSize } from './byte-size.ts'
export {
  type BinCall,
  type BinQuirks,
  type Bins,
  type BinsOptions,
  binsKeepAliveMs,
  createBins,
} from './create-bins.ts'
export { type ListeningBins, listenBins } from './listen-bins.ts'
