import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadOrCreateMasterKey } from '../../../server/bins/index.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bins-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the master key file', () => {
  it('is made once, for its owner alone, and found again', () => {
    const key = loadOrCreateMasterKey(folder)
    expect(key).toMatch(/^master_[0-9a-f]{40}$/)
    expect(loadOrCreateMasterKey(folder)).toBe(key)
    expect(readdirSync(folder)).toEqual(['bins.key'])
    expect(statSync(join(folder, 'bins.key')).mode & 0o777).toBe(0o600)
  })

  it('holds no sign that a shell would change', () => {
    expect(loadOrCreateMasterKey(folder)).toMatch(/^\w+$/)
  })

  it('is that of the process that was first', () => {
    // The other process makes its file after ours has looked and before ours can link: the first random bytes are ours.
    let calls = 0
    const random = (count: number): Uint8Array => {
      if (++calls === 1) writeFileSync(join(folder, 'bins.key'), 'theirs\n', { mode: 0o600 })
      return new Uint8Array(count).fill(calls)
    }
    expect(loadOrCreateMasterKey(folder, random)).toBe('theirs')
    expect(readdirSync(folder)).toEqual(['bins.key'])
  })

  it('is closed to others again where a copy has opened it', () => {
    const key = loadOrCreateMasterKey(folder)
    chmodSync(join(folder, 'bins.key'), 0o644)
    expect(loadOrCreateMasterKey(folder)).toBe(key)
    expect(statSync(join(folder, 'bins.key')).mode & 0o777).toBe(0o600)
  })

  it('is refused where it holds no key, and left as it is', () => {
    for (const text of ['', 'two words', 'a\nb']) {
      writeFileSync(join(folder, 'bins.key'), text)
      expect(() => loadOrCreateMasterKey(folder)).toThrow(
        expect.objectContaining({ code: 'key-file-invalid', message: expect.stringContaining('Delete it') }),
      )
      expect(readFileSync(join(folder, 'bins.key'), 'utf8')).toBe(text)
    }
  })

  it('says what to do where the folder cannot be used', () => {
    expect(() => loadOrCreateMasterKey(join(folder, 'none'))).toThrow(
      expect.objectContaining({ code: 'key-file-invalid', message: expect.stringContaining('data folder') }),
    )
  })
})
