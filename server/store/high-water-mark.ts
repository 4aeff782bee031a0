import { closeSync, constants, fdatasyncSync, openSync, readSync, writeSync } from 'node:fs'
import { crc32 } from 'node:zlib'

/** The newest acknowledged row and the chained checksum of all rows up to it. */
export interface Mark {
  readonly position: number
  readonly chain: number
}

/**
 * A small file beside the database that remembers how far it had come. A database cannot notice that its end is missing: a
 * flipped bit in the middle of a write-ahead log silently drops every commit after it, and a backup is simply older.
 *
 * 32 bytes: `ytokmark`, position (float64), chain (uint32), CRC of the 20 bytes before (uint32), 8 bytes 0. One write inside
 * one disk sector.
 */
export interface HighWaterMark {
  /** What the file said when it was opened; null in a new one, `'unreadable'` where the checksum is wrong. */
  readonly found: Mark | null | 'unreadable'
  /** Durable when it returns. */
  write(mark: Mark): void
  close(): void
}

const magic = 'ytokmark'
const size = 32

export function openHighWaterMark(file: string): HighWaterMark {
  // Not 'a+': on Linux an append ignores the offset of a write.
  const handle = openSync(file, constants.O_RDWR | constants.O_CREAT, 0o644)
  const buffer = Buffer.alloc(size)
  const length = readSync(handle, buffer, 0, size, 0)
  return {
    found: length === 0 ? null : decodeMark(buffer),
    write(mark) {
      writeSync(handle, encodeMark(mark), 0, size, 0)
      fdatasyncSync(handle)
    },
    close() {
      closeSync(handle)
    },
  }
}

function encodeMark(mark: Mark): Buffer {
  const buffer = Buffer.alloc(size)
  buffer.write(magic, 'latin1')
  buffer.writeDoubleLE(mark.position, 8)
  buffer.writeUInt32LE(mark.chain, 16)
  buffer.writeUInt32LE(crc32(buffer.subarray(0, 20)), 20)
  return buffer
}

function decodeMark(buffer: Buffer): Mark | 'unreadable' {
  const intact = buffer.toString('latin1', 0, 8) === magic && buffer.readUInt32LE(20) === crc32(buffer.subarray(0, 20))
  return intact ? { position: buffer.readDoubleLE(8), chain: buffer.readUInt32LE(16) } : 'unreadable'
}
