#!/usr/bin/env node
// Nothing but built-ins may be imported statically here: older versions could not even load the rest.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 13)) {
  process.stderr.write(
    `y-tokens needs Node 22.13 or newer; this is Node ${process.versions.node}. Install it from nodejs.org.\n`,
  )
  process.exitCode = 1
} else {
  const { runProgram } = await import('./program.ts')
  process.exitCode = await runProgram(process.argv.slice(2))
}
