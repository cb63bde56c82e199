import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Plugin } from '@oclif/core'
import { expect, test } from 'vitest'
import { packageDir } from '../../../src/lab/paths.ts'

const file = '.oclif.manifest.json'

/** What is to be committed next, as the build renews the file that lies here; where there is no git, what lies here. */
function kept(): unknown {
  try {
    return JSON.parse(execFileSync('git', ['show', `:${file}`], { cwd: packageDir, encoding: 'utf8', stdio: 'pipe' }))
  } catch {
    return JSON.parse(readFileSync(join(packageDir, file), 'utf8'))
  }
}

test('the manifest is that of the commands: otherwise run `npx oclif manifest`, and git add it', async () => {
  const plugin = new Plugin({ root: packageDir, type: 'core', ignoreManifest: true, respectNoCacheDefault: true })
  await plugin.load()
  expect(kept()).toEqual(JSON.parse(JSON.stringify(plugin.manifest)))
})
