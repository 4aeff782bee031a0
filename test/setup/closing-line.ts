import type { Reporter, TestModule } from 'vitest/node'

/**
 * The last line of a run, `N passed, N failed, N skipped`, written at exit so that it also follows the coverage table.
 * A module that could not be collected and an unhandled error count as failed; a run without a test fails.
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: errors.length, skipped: 0 }
    for (const module of modules) {
      count.failed += module.errors().length
      for (const test of module.children.allTests()) {
        const state = test.result().state
        if (state === 'passed' || state === 'failed') count[state]++
        else count.skipped++
      }
    }
    if (count.passed + count.failed === 0) process.exitCode = 1
    process.on('exit', () => {
      process.stdout.write(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`)
    })
  }
}
