/** Appends rows to the folder given until some cannot be written; reports what was acknowledged and what is there. */
import { openRelayDatabase } from '../../server/store/relay-database.ts'

const database = openRelayDatabase(process.argv[2] as string)
let acknowledged = 0
let failed = 0
for (let i = 0; i < 500 && failed < 3; i++) {
  try {
    database.append([{ room: 'acme', ordinal: acknowledged + 1, author: '', update: new Uint8Array(2_000) }], i)
    acknowledged++
  } catch {
    // What is counted: a write that was refused.
    failed++
  }
}
const loaded = database.load('acme')?.rows.length ?? 0
process.stdout.write(JSON.stringify({ acknowledged, failed, loaded }))
process.exit(0)
