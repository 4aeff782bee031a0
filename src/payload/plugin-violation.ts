export type PluginRule =
  | 'file-shape'
  | 'metadata'
  | 'updated-at'
  | 'theme'
  | 'no-tokens'
  | 'stray-value'
  | 'untyped-token'
  | 'bad-type'
  | 'bad-description'
  | 'null-value'
  | 'nested-value'
  | 'group-metadata'
  | 'name'
  | 'reserved-key'
  | 'mixed-spelling'
  | 'format-flip'

/**
 * - `rejects`: the plugin refuses the whole file or crashes on it; every designer is cut off.
 * - `corrupts`: it takes the file, and its next save loses or changes this place.
 * - `blocks`: it takes the file, but cannot save.
 */
export type PluginEffect = 'rejects' | 'corrupts' | 'blocks'

export interface PluginViolation {
  /** Null for what belongs to the file. */
  readonly set: string | null
  /** Below the set, else below the file. */
  readonly path: readonly string[]
  readonly rule: PluginRule
  readonly effect: PluginEffect
  /** A clause for people. */
  readonly reason: string
}

/** One place below a set, or in the head of the file. */
export type ReportViolation = (path: readonly string[], rule: PluginRule, effect: PluginEffect, reason: string) => void
