/**
 * The plugin's view of a file as flat rows, in normal form: what the Tokens Studio plugin (2.11.10) itself would have
 * written from that file. Two files that differ only by the plugin's cosmetic rewrites have equal rows. Foreign files are
 * compared by rows only.
 */

/** Field → JSON text. `$type`, `$value`, `$description` whatever the spelling in the file; a composite value has one row per part, `$value/fontSize`. */
export type Row = Readonly<Record<string, string>>

export interface PluginRows {
  /** JSON Pointer `/<set>/<group>/<token>` → row, in the order of the file. */
  readonly tokens: ReadonlyMap<string, Row>
  /** Set names in the order of `values`, empty sets included. */
  readonly sets: readonly string[]
  /** Theme id → row: `name`, `group`, `selectedTokenSets/<set>` and so on, in the order of `$themes`. */
  readonly themes: ReadonlyMap<string, Row>
}
