#!/usr/bin/env node
import { existsSync, mkdirSync } from 'node:fs'
import module from 'node:module'
import { homedir } from 'node:os'

// The `engines` of package.json, looked at before anything is loaded that an older Node may not even be able to parse.
const [major, minor, patch] = process.versions.node.split('.').map(Number)
const fits =
  major >= 26 || (major === 24 && minor >= 15) || (major === 22 && (minor > 22 || (minor === 22 && patch >= 2)))

if (fits) {
  keepCompiled()
  const { start } = await import('../dist/cli/start.js')
  void start()
} else {
  process.stderr.write(`zdt needs Node 22.22.2, 24.15, 26 or newer; this is ${process.versions.node}\n`)
  process.exitCode = 2
}

// In the user's own cache: in /tmp, Node's default, anybody could have put code for us there.
function keepCompiled() {
  const cache = process.env.XDG_CACHE_HOME || `${homedir()}/.cache`
  try {
    // Made here, one by one: where a parent cannot be (a dangling link), Node's own recursive mkdir never ends.
    for (const dir of [cache, `${cache}/zdt`, `${cache}/zdt/compiled`]) if (!existsSync(dir)) mkdirSync(dir)
    module.enableCompileCache(`${cache}/zdt/compiled`)
  } catch {
    // It starts without, only later.
  }
}
