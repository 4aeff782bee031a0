/**
 * The port between the bridge and whatever stores bins. Record bodies travel as JSON text, because a parsed object has lost
 * the order of integer-like keys.
 *
 * A write replaces the whole record; the store offers no compare-and-swap, and a successful read may be older than an
 * earlier successful write. Every method rejects with a `JsonBinError` and takes an `AbortSignal`.
 */
export interface BinStore {
  /** Scheme, host and port that keys are sent to. */
  readonly origin: string
  create(record: string, options?: CreateBinOptions): Promise<CreatedBin>
  /** The latest record, or that of `binVersion`. */
  read(id: string, options?: ReadBinOptions): Promise<BinRecord>
  update(id: string, record: string, options?: BinRequestOptions): Promise<WrittenBin>
  delete(id: string, options?: BinRequestOptions): Promise<void>
  rename(id: string, name: string, options?: BinRequestOptions): Promise<void>
}

export interface BinRequestOptions {
  readonly signal?: AbortSignal | undefined
}

export interface CreateBinOptions extends BinRequestOptions {
  /** 1 to 128 characters. */
  readonly name?: string | undefined
  readonly private?: boolean | undefined
}

export interface ReadBinOptions extends BinRequestOptions {
  readonly binVersion?: number | undefined
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
}

export interface WrittenBin {
  /** The record as the service echoed it; undefined where it echoed none. */
  readonly record?: string | undefined
  readonly binVersion?: number | undefined
}
