import { defineConfig } from 'vitest/config'

const source = { resolve: { conditions: ['source'] }, ssr: { resolve: { conditions: ['source'] } } }

/**
 * `parts`: every room by itself and together with its neighbours, browser tests included. `e2e`: the started product in
 * Chromium, afterwards and one file at a time, since it has promises to keep in seconds.
 */
export default defineConfig({
  test: {
    pool: 'forks',
    // A browser starved on a shared machine is no fault of the code: `.ci/run` lets a test try twice, and the report says so.
    retry: Number(process.env['Y_TOKENS_TEST_RETRIES'] ?? 0),
    reporters: ['default', './test/setup/closing-line.ts'],
    projects: [
      {
        ...source,
        test: {
          name: 'parts',
          include: ['test/**/*.test.ts'],
          maxWorkers: 2,
          testTimeout: 90_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        ...source,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.e2e.ts'],
          maxWorkers: 1,
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
