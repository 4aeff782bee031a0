import { serveTasks } from '../store/serve-tasks.ts'
import { type RoomProjection, type SnapshotForm, projectRoom } from './project-room.ts'

export interface ProjectTask {
  readonly updates: readonly Uint8Array[]
  readonly form: SnapshotForm
}

serveTasks<ProjectTask, RoomProjection>(
  ({ updates, form }) => projectRoom(updates, form),
  (projection) => (projection.kind === 'payload' ? [projection.body.buffer, projection.gzip.buffer] : []),
)
