/**
 * The port between the bridge and whatever stores bins. Record bodies travel as JSON text, because a parsed object has lost
 * the order of integer-like keys.
 *
 * A write replaces the whole record; the store offers no compare-and-swap, and a successful read may be older than an
 * earlier successful write. Every method rejects with a `JsonBinError` and takes an `AbortSignal`; after a failed write its
 * `outcome` says whether the write may have happened all the same. A store sends an `update` once per call: repeating one
 * without reading first would undo what others wrote meanwhile.
 */
export interface BinStore {
  /** Scheme, host and port that keys are sent to. */
  readonly origin: string
  create(record: string, options?: CreateBinOptions): Promise<CreatedBin>
  /** The latest record, or that of `binVersion`. */
  read(id: string, options?: ReadBinOptions): Promise<BinRecord>
  update(id: string, record: string, options?: UpdateBinOptions): Promise<WrittenBin>
  delete(id: string, options?: BinRequestOptions): Promise<void>
  rename(id: string, name: string, options?: BinRequestOptions): Promise<void>
}

export interface BinRequestOptions {
  readonly signal?: AbortSignal | undefined
}

export interface CreateBinOptions extends BinRequestOptions {
  /** 1 to 128 characters up to U+00FF: it travels in a header. */
  readonly name?: string | undefined
  /** Default true. Whoever knows the id of a bin that is not private can read and overwrite it without a key. */
  readonly private?: boolean | undefined
}

export interface ReadBinOptions extends BinRequestOptions {
  readonly binVersion?: number | undefined
}

export interface UpdateBinOptions extends BinRequestOptions {
  /** Keeps what the bin held until now as a numbered version, of which a bin can have 1000. Default false. */
  readonly versioned?: boolean | undefined
}

export interface CreatedBin {
  readonly id: string
  readonly name?: string | undefined
  /** ISO 8601. */
  readonly createdAt?: string | undefined
}

export interface BinRecord {
  /** The record as JSON text, without the service's envelope. */
  readonly record: string
  readonly name?: string | undefined
  readonly createdAt?: string | undefined
  readonly private?: boolean | undefined
  /** When the service answered, by its own clock, in milliseconds since 1970; undefined where it cannot be seen. */
  readonly answeredAt?: number | undefined
}

export interface WrittenBin {
  /** The record as the service echoed it; undefined where it echoed none. */
  readonly record?: string | undefined
  /** The number of the version that the write made. */
  readonly binVersion?: number | undefined
}
