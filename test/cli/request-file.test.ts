import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createRequestFile } from '../../cli/request-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'y-tokens-requests-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the count of a headless bridge', () => {
  it('outlives the process, and leaves nothing beside its file', () => {
    const inner = join(folder, 'data')
    expect(createRequestFile(inner).get()).toBeNull()
    createRequestFile(inner).set('{"a":1}')
    createRequestFile(inner).set('{"a":2}')
    expect(createRequestFile(inner).get()).toBe('{"a":2}')
    expect(readdirSync(inner)).toEqual(['requests.json'])
  })

  it('says what is wrong where its file cannot be read', () => {
    createRequestFile(join(folder, 'blocked', 'requests.json')).set('{}')
    expect(() => createRequestFile(join(folder, 'blocked')).get()).toThrow(/EISDIR/)
  })
})
