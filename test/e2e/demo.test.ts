import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, expect } from 'vitest'
import { labPaths, packageDir } from '../../src/lab/paths.ts'
import { describeOnLab, zdtHere } from './support/lab.ts'
import { deep } from './support/wide.ts'

describeOnLab('the demo', () => {
  afterAll(() => zdtHere(['lab', 'down', '--name', 'demo']))

  deep('shows each command, loses nothing, and leaves no lab behind', { timeout: 300_000 }, async () => {
    const { code, stdout, stderr } = await zdtHere(['lab', 'demo'], { timeout: 300_000 })
    expect(stderr).toContain('\n$ zdt drain app2 --yes')
    expect(stdout).toMatch(/✔ app2 is drained/)
    expect(stdout).toMatch(/✔ app2 serves again/)
    expect(stdout).toMatch(/✔ web1 runs nginx 1\.26\.3/)
    expect(stdout).toMatch(/✔ [\d,]+ requests while all this was done, none lost/)
    expect(code).toBe(0)
    expect(existsSync(labPaths('demo').dir)).toBe(false)
  })

  deep('takes its lab away when it is interrupted', { timeout: 240_000 }, async () => {
    const demo = spawn(join(packageDir, 'bin/zdt'), ['lab', 'demo'], { stdio: ['ignore', 'ignore', 'pipe'] })
    const ended = new Promise((resolve) => demo.once('exit', resolve))
    const said = text(demo.stderr)
    // In the midst of the first run.
    await expect.poll(() => existsSync(labPaths('demo').answered), { timeout: 90_000 }).toBe(true)
    await new Promise((resolve) => setTimeout(resolve, 3000))
    demo.kill('SIGINT')
    expect(await ended).toBe(130)
    expect(await said).toContain('lab: demo is down')
    expect(existsSync(labPaths('demo').dir)).toBe(false)
  })
})
