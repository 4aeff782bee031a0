/**
 * One run of the tests with one rule switched off, in a process of its own, which can be killed: without a rule the code may
 * well run for ever. The checkout stays as it is; the text is replaced while the module is loaded.
 */
import { resolve } from 'node:path'
import { startVitest, type Reporter, type TestModule } from 'vitest/node'
import { type Edit, switchOff } from './fault.ts'

export interface RunRequest {
  readonly root: string
  /** Test files and folders, from the root. */
  readonly files: readonly string[]
  readonly exclude: readonly string[]
  readonly workers: number
  readonly edits: readonly Edit[]
}

export type RunMessage =
  /** The run goes on; a test has begun. */
  | { readonly kind: 'begun'; readonly test: string }
  | {
      readonly kind: 'done'
      readonly passed: number
      /** The first test that failed; a file that could not be loaded counts. */
      readonly failed: string | undefined
      /** Why, in one line. */
      readonly message: string | undefined
    }

async function run({ root, files, exclude, workers, edits }: RunRequest): Promise<RunMessage> {
  const editsIn = (id: string): readonly Edit[] => edits.filter(({ file }) => id.split('?')[0] === resolve(root, file))
  const progress: Reporter = {
    onTestCaseReady: (test) => tell({ kind: 'begun', test: nameOf(root, test.module, test.fullName) }),
  }
  const vitest = await startVitest(
    [...files],
    {
      root,
      config: false,
      watch: false,
      bail: 1,
      pool: 'forks',
      maxWorkers: workers,
      fileParallelism: workers > 1,
      include: ['test/**/*.test.ts'],
      exclude: [...exclude],
      testTimeout: 60_000,
      hookTimeout: 60_000,
      reporters: [progress],
      silent: true,
    },
    {
      resolve: { conditions: ['source'] },
      ssr: { resolve: { conditions: ['source'] } },
      logLevel: 'silent',
      plugins: [
        {
          name: 'switch-off',
          enforce: 'pre',
          // Vitest keeps transformed modules on disk, under keys that know nothing of what is replaced here.
          configureVitest: ({ defineCacheKeyGenerator }) =>
            defineCacheKeyGenerator(({ id }) => (editsIn(id).length > 0 ? false : undefined)),
          transform: (code, id) => (editsIn(id).length > 0 ? switchOff(code, editsIn(id)) : undefined),
        },
      ],
    },
  )
  const modules = vitest.state.getTestModules()
  let passed = 0
  for (const module of modules)
    for (const test of module.children.allTests()) if (test.result().state === 'passed') passed++
  const [error] = vitest.state.getUnhandledErrors()
  const unhandled = error === undefined ? undefined : error instanceof Error ? error.message : JSON.stringify(error)
  const failure =
    firstFailure(root, modules) ?? (unhandled ? { failed: 'unhandled error', message: unhandled } : undefined)
  await vitest.close()
  return { kind: 'done', passed, failed: failure?.failed, message: failure?.message?.split('\n')[0]?.slice(0, 200) }
}

function firstFailure(
  root: string,
  modules: readonly TestModule[],
): { readonly failed: string; readonly message: string | undefined } | undefined {
  for (const module of modules) {
    const [test] = module.children.allTests('failed')
    if (test) return { failed: nameOf(root, module, test.fullName), message: test.result().errors?.[0]?.message }
    const [error] = module.errors()
    if (error) return { failed: nameOf(root, module), message: error.message }
  }
  return undefined
}

/** `doc/undo.test.ts > undo > a value`. */
function nameOf(root: string, module: TestModule, test?: string): string {
  const file = module.moduleId.slice(root.length + '/test/'.length)
  return test === undefined ? file : `${file} > ${test}`
}

function tell(message: RunMessage, then: () => void = () => undefined): void {
  process.send?.(message, then)
}

process.once('message', (request: RunRequest) => {
  run(request).then(
    (answer) => tell(answer, () => process.exit(0)),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
