import { createJsonBin } from '../../src/jsonbin/index.ts'

declare global {
  var createClient: typeof createJsonBin
}

globalThis.createClient = createJsonBin
