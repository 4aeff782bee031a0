import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

const maxGzipBytes = 9_000

test('the entry holds no package at all, above all no Yjs, and is small', async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: [fileURLToPath(new URL('../../src/snapshot/index.ts', import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['source'],
  })
  expect(Object.keys(metafile.inputs).filter((path) => !/(?:^|\/)src\/(?:snapshot|payload)\//.test(path))).toEqual([])
  expect(gzipSync(outputFiles[0]?.contents ?? '').length).toBeLessThanOrEqual(maxGzipBytes)
})
