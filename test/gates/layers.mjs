// Import layers and cycles. The module count is asserted because the cruiser reads nothing, and passes, when it cannot use the compiler.
import { cruise } from 'dependency-cruiser'
import config from '../../.dependency-cruiser.mjs'

const rooms = ['src', 'server', 'cli', 'editor']
const { options, ...rules } = config
const { output } = await cruise(rooms, { ruleSet: rules, validate: true, ...options })
const own = output.modules.filter((module) => rooms.some((room) => module.source.startsWith(`${room}/`)))
const typed = output.modules
  .flatMap((module) => module.dependencies)
  .filter((each) => each.dependencyTypes.includes('type-only'))

for (const violation of output.summary.violations) {
  console.error(`${violation.rule.name}: ${violation.from} → ${violation.to}`)
}
if (own.length < 40 || typed.length < 20) {
  console.error(`Only ${own.length} modules and ${typed.length} type imports were read; the check cannot be trusted.`)
  process.exit(1)
}
if (output.summary.violations.length > 0) process.exit(1)
console.log(`${own.length} modules, ${output.summary.totalDependenciesCruised} imports, no cycle, every layer kept`)
