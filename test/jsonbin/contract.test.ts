import { createBinContract } from '../support/bin-contract.ts'
import { startBinServer } from '../support/bin-server.ts'

createBinContract('local bins', { hasReadOnlyKey: true, hasKnownLimit: true }, async () => {
  const server = await startBinServer({ limitBytes: 100 * 1024 })
  return {
    baseUrl: server.baseUrl,
    masterKey: server.masterKey,
    readOnlyKey: server.createAccessKey({ read: true }),
    limitBytes: 100 * 1024,
    close: () => server.close(),
  }
})
