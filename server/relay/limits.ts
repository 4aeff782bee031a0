/** Every bound of the relay, by name. Sizes in bytes, times in milliseconds. */
export interface RelayLimits {
  /** Open sockets in all; more are closed with 4529. */
  readonly maxConnections: number
  readonly maxConnectionsPerRoom: number
  /** Not applied to loopback: behind a reverse proxy everybody comes from there. */
  readonly maxConnectionsPerAddress: number
  readonly maxOpenRooms: number

  /** A WebSocket message; larger ones close 4413. The largest import must fit: 100,000 tokens are about 10 MB. */
  readonly maxMessageBytes: number
  /** Before a key has been accepted: how long, how many messages and how much of them is held. */
  readonly keyWaitMs: number
  readonly maxFramesBeforeKey: number
  readonly maxBytesBeforeKey: number
  /** What one connection may have waiting while its room loads, before the relay stops reading from it. */
  readonly maxHeldBytes: number
  /** A room that has not loaded by then closes its connections with 4503. */
  readonly loadTimeoutMs: number

  /** Messages a connection may send per second in the long run, and at once. Beyond, the relay reads no further for a while. */
  readonly messagesPerSecond: number
  readonly messageBurst: number
  readonly bytesPerSecond: number
  readonly byteBurst: number
  /** A state vector costs this many messages: answering it is the dearest thing a client can ask for. */
  readonly stateVectorCost: number

  /** Yjs client ids in one state vector, and in one room. */
  readonly maxStateVectorEntries: number
  readonly maxClientsPerUpdate: number
  readonly maxStructsPerUpdate: number
  readonly maxDeleteRangesPerUpdate: number
  /** Length of one run of deleted or collected structs: a long one reserves somebody's future clocks. */
  readonly maxRunLength: number
  readonly maxValueDepth: number
  /** Structs of a room that wait for others which nobody has sent yet. */
  readonly maxPendingBytes: number
  /** A client's clock that jumps further than this in one update is logged. */
  readonly clockJumpAlert: number

  readonly maxAwarenessStateBytes: number
  /** A whole awareness message: clients also repeat what they heard of others. */
  readonly maxAwarenessMessageBytes: number
  /** Awareness of a room is sent on at most this often. */
  readonly awarenessIntervalMs: number

  /** Unsent bytes of a connection beyond which it is sent nothing more until it has caught up. */
  readonly maxBufferedBytes: number
  /** A connection that takes nothing from its full buffer for this long is ended. */
  readonly slowConsumerTimeoutMs: number
  /** Updates on their way to disk beyond which the relay stops reading from writers. */
  readonly maxUncommittedBytes: number

  /** y-websocket reconnects after 30 s without a message, and a WebSocket ping is none. */
  readonly keepAliveMs: number
  readonly pingIntervalMs: number
  /** After a ping: silence for this long ends the connection. */
  readonly pongTimeoutMs: number

  readonly leaseTtlMs: number
  readonly maxLeasesPerRoom: number

  /**
   * Rows of a room beyond which they are folded into its snapshot: when it closes, when it is quiet, when they outgrow the
   * snapshot twice over, at once.
   */
  readonly foldRowsAtClose: number
  readonly foldRowsWhenQuiet: number
  readonly foldRowsWhenOutgrown: number
  readonly foldRowsAtOnce: number
  readonly foldQuietMs: number
  readonly foldTimeoutMs: number
  /** The answer to a state vector, where it is computed in a thread; later, everything is sent as it is stored. */
  readonly answerTimeoutMs: number
  /** Building a snapshot for HTTP, and what is kept of them. */
  readonly snapshotTimeoutMs: number
  readonly maxSnapshotCacheBytes: number
  /** When the relay closes: how long sockets get to end by themselves. */
  readonly closeTimeoutMs: number
  /** After a failed write: how often the store is tried again. */
  readonly storeRetryMs: number
}

export const defaultLimits: RelayLimits = {
  maxConnections: 20_000,
  maxConnectionsPerRoom: 1_000,
  maxConnectionsPerAddress: 1_000,
  maxOpenRooms: 20_000,

  maxMessageBytes: 16 * 1024 * 1024,
  keyWaitMs: 5_000,
  maxFramesBeforeKey: 16,
  maxBytesBeforeKey: 64 * 1024,
  maxHeldBytes: 1024 * 1024,
  loadTimeoutMs: 10_000,

  messagesPerSecond: 10_000,
  messageBurst: 20_000,
  bytesPerSecond: 8 * 1024 * 1024,
  byteBurst: 32 * 1024 * 1024,
  stateVectorCost: 250,

  maxStateVectorEntries: 65_536,
  maxClientsPerUpdate: 8_192,
  maxStructsPerUpdate: 500_000,
  maxDeleteRangesPerUpdate: 262_144,
  maxRunLength: 1_000_000,
  maxValueDepth: 64,
  maxPendingBytes: 64 * 1024,
  clockJumpAlert: 1_000_000,

  maxAwarenessStateBytes: 4 * 1024,
  maxAwarenessMessageBytes: 256 * 1024,
  awarenessIntervalMs: 50,

  maxBufferedBytes: 4 * 1024 * 1024,
  slowConsumerTimeoutMs: 60_000,
  maxUncommittedBytes: 64 * 1024 * 1024,

  keepAliveMs: 20_000,
  pingIntervalMs: 25_000,
  pongTimeoutMs: 15_000,

  leaseTtlMs: 15_000,
  maxLeasesPerRoom: 64,

  foldRowsAtClose: 32,
  foldRowsWhenQuiet: 500,
  foldRowsWhenOutgrown: 2_000,
  foldRowsAtOnce: 5_000,
  foldQuietMs: 2_000,
  foldTimeoutMs: 20_000,
  answerTimeoutMs: 500,
  snapshotTimeoutMs: 20_000,
  maxSnapshotCacheBytes: 64 * 1024 * 1024,
  closeTimeoutMs: 2_000,
  storeRetryMs: 5_000,
}
