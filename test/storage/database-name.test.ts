import { describe, expect, it } from 'vitest'
import { databaseNameOf } from '../../src/storage/database-name.ts'

describe('the database name', () => {
  it('is frozen', () => {
    expect(databaseNameOf('acme/brand')).toBe('y-tokens/1/local/acme/brand')
    expect(databaseNameOf('acme', 'wss://relay.example')).toBe('y-tokens/1/relay.example/acme')
    expect(databaseNameOf('acme', 'ws://localhost:1234/')).toBe('y-tokens/1/localhost:1234/acme')
    expect(databaseNameOf('acme~history', 'ws://127.0.0.1:80')).toBe('y-tokens/1/127.0.0.1/acme~history')
  })

  it('keeps relays apart that share an origin of the page', () => {
    expect(databaseNameOf('acme', 'ws://a.example')).not.toBe(databaseNameOf('acme', 'ws://b.example'))
  })
})
