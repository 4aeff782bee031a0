import { defineConfig } from 'vitest/config'

/** The started product in real Chromium, one file after the other: each starts its own processes. */
export default defineConfig({
  resolve: { conditions: ['source'] },
  test: {
    include: ['test/e2e/**/*.e2e.ts'],
    environment: 'node',
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 120_000,
    reporters: ['verbose', './test/setup/closing-line.ts'],
  },
})
