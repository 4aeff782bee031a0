import { createTaskThread } from '../store/task-thread.ts'
import { threadFile } from '../store/thread-file.ts'
import type { Timers } from '../store/timers.ts'
import type { HttpHandler } from './http-handler.ts'
import type { RoomProjection } from './project-room.ts'
import type { ProjectTask } from './project-thread.ts'
import { type RoomReader, createSnapshotCache } from './snapshot-cache.ts'
import { type ReadJudge, createSnapshotRoute } from './snapshot-route.ts'

export interface SnapshotsOptions {
  readonly reader: RoomReader
  readonly judge: ReadJudge
  readonly timers: Timers
  /** For building one snapshot. */
  readonly timeoutMs: number
  readonly maxCacheBytes: number
}

export interface Snapshots {
  readonly handle: HttpHandler
  close(): Promise<void>
}

/** The snapshot route with its cache and the thread that builds documents, so that no room waits for that. */
export function createSnapshots(options: SnapshotsOptions): Snapshots {
  const { reader, judge, timers, timeoutMs, maxCacheBytes } = options
  const thread = createTaskThread<ProjectTask, RoomProjection>({
    file: threadFile('project-thread', import.meta.url),
    name: 'relay-project',
    timers,
    timeoutMs,
  })
  const cache = createSnapshotCache({ reader, project: (task) => thread.run(task), maxBytes: maxCacheBytes })
  return { handle: createSnapshotRoute({ cache, judge }), close: () => thread.close() }
}
