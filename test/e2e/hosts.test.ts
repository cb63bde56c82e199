import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageDir } from '../../src/lab/paths.ts'
import { describeOnLab, useLab } from './support/lab.ts'
import { isWide } from './support/wide.ts'

interface Report {
  readonly numPassedTests: number
  readonly testResults: readonly {
    readonly message: string
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

describeOnLab('reaching Debian hosts', () => {
  const lab = useLab({ name: 'e2e-hosts', flags: ['--hosts', 'lb1,lb2,web1,web2'] })

  // The hosts can be reached only from inside the lab's network: so the contract runs in a process in there.
  const each = [
    ['ssh', 'lb1', 'web1'],
    ['openssh', 'lb2', 'web2'],
  ] as const
  // Side by side, each with a host of its own, and another whose network it cuts.
  test.runIf(isWide).concurrent.for(each)(
    '%s keeps the contract of hosts',
    { timeout: 240_000 },
    async (given, { onTestFinished }) => {
      const [transport, host, cut] = given
      const vitest = join(packageDir, 'node_modules/vitest/vitest.mjs')
      const config = join(packageDir, 'test/unit/hosts/in-lab.config.ts')
      const env = { ZDT_CONTRACT_TRANSPORT: transport, ZDT_CONTRACT_HOST: host, ZDT_CONTRACT_CUT: cut }
      const dir = await mkdtemp(join(tmpdir(), 'zdt-contract-'))
      onTestFinished(() => rm(dir, { recursive: true }))
      const file = join(dir, 'report.json')
      const argv = [process.execPath, vitest, 'run', '--root', packageDir, '--config', config]
      const asJson = ['--reporter', 'json', '--outputFile', file]
      const { stdout, stderr } = await lab.inLab([...argv, ...asJson], { env })
      if (!existsSync(file)) throw new Error(`vitest said: ${stdout}${stderr}`)
      const report = JSON.parse(await readFile(file, 'utf8')) as Report
      const failed = report.testResults.flatMap(({ message, assertionResults }) => [
        ...(message === '' ? [] : [message]),
        ...assertionResults
          .filter(({ status }) => status === 'failed')
          .map(({ fullName, failureMessages }) => `${fullName}\n${failureMessages.join('\n')}`),
      ])
      expect(failed).toEqual([])
      expect(report.numPassedTests).toBeGreaterThan(60)
    },
  )
})
