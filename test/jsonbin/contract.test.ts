import { createBinContract } from '../support/bin-contract.ts'
import { startBinServer } from '../support/bin-server.ts'

const hostedUrl = 'https://api.jsonbin.io/v3'

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

/**
 * Only where asked for, by `npm run test:contract`: it spends requests of the account whose key is given. `BINS_BASE_URL` names
 * another service than the hosted one.
 */
const masterKey = process.env['JSONBIN_MASTER_KEY']
if (masterKey && process.env['Y_TOKENS_CONTRACT']) {
  const baseUrl = process.env['BINS_BASE_URL'] ?? hostedUrl
  const readOnlyKey = process.env['JSONBIN_READ_ONLY_KEY']
  createBinContract(baseUrl, { hasReadOnlyKey: readOnlyKey !== undefined, hasKnownLimit: false }, () =>
    Promise.resolve({
      baseUrl,
      masterKey,
      readOnlyKey,
      report: (line) => void process.stdout.write(`${line}\n`),
      close: () => Promise.resolve(),
    }),
  )
}
