import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { minimalExample } from '../../../src/fleet/find.ts'
import { packageDir } from '../../../src/lab/paths.ts'

const home = mkdtempSync(join(tmpdir(), 'zdt-usage-'))
const fleet = join(home, 'zdt.yaml')
writeFileSync(fleet, minimalExample)
afterAll(() => rmSync(home, { recursive: true, force: true }))

async function zdt(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { ...process.env, ZDT_FLEET: fleet, XDG_STATE_HOME: home, NO_COLOR: '1', LANG: 'C.UTF-8' }
  return await new Promise((resolve) => {
    execFile(process.execPath, [join(packageDir, 'bin/run.js'), ...argv], { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr })
    })
  })
}

test.each([
  ['a misspelt command', 'drian app2 --yes', 'zdt has no command drian', 'did you mean: zdt drain app2 --yes'],
  ['one of a topic', 'lab stauts', 'zdt has no command lab stauts', 'did you mean: zdt lab status'],
  ['a misspelt flag', 'drain app2 --timout 3s', 'zdt drain has no --timout', 'did you mean --timeout?'],
  ['a duration that is none', 'drain app2 --timeout x', '--timeout: x is no duration', 'zdt drain --help'],
  [
    'a duration that no timer takes',
    'failover public --max-handoff 99999d',
    '--max-handoff: 99999d is longer than 7d',
    'zdt failover --help',
  ],
  [
    'a file that is not there',
    'upgrade-nginx --host web1 --binary /nope',
    '/nope cannot be read',
    'upgrade-nginx --help',
  ],
  ['a version that is none', 'upgrade-nginx --host web1 --package 1*', '1* is no version', 'zdt upgrade-nginx --help'],
  ['nothing to drain', 'drain', 'server  A server, or POOL/SERVER', 'zdt drain --help'],
  ['a load balancer', 'drain lb1', 'lb1 is a load balancer, not a server of a pool', 'the servers are app1, app2'],
  ['a wrong name and no terminal', 'drain app9', 'no server "app9"', 'did you mean app1 or app2?'],
  ['a right name and no terminal', 'drain app2', 'there is no terminal to ask at', '--yes'],
  ['--max-lost without --probe', 'drain app2 --yes --max-lost 3', 'using --max-lost: --probe', 'zdt drain --help'],
])('%s: zdt %s / one sentence and what to type, exit 2', async (_what, typed, said, next) => {
  const { code, stdout, stderr } = await zdt(...typed.split(' '))
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(said)
  expect(stderr).toContain(next)
  expect(stderr).not.toContain('USAGE')
  expect(stderr).not.toContain('Parsing')
})

test('with --json a misspelt word is one document', async () => {
  const { code, stdout } = await zdt('runs', 'shw', 'X', '--json')
  expect({ code, said: JSON.parse(stdout) as unknown }).toMatchObject({
    code: 2,
    said: { exit: 2, error: { message: 'zdt has no command runs shw', code: 'wrong-usage' } },
  })
})
