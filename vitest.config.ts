import { defineConfig } from 'vitest/config'

/** Unit, integration and browser tests. The product-level runs stand in `vitest.e2e.config.ts`. */
export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'], externalConditions: ['source'] } },
  test: {
    include: ['test/**/*.test.ts', 'test/e2e/**/*.e2e.ts'],
    exclude: ['node_modules/**', 'dist/**'],
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    reporters: ['default', './test/setup/closing-line.ts'],
  },
})
