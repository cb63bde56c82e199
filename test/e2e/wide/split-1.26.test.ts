import { beforeAll, expect } from 'vitest'
import { describeOnLab, useLab } from '../support/lab.ts'
import { behindNginx, splitTests } from '../support/split.ts'

describeOnLab('A/B by nginx 1.26', () => {
  const lab = useLab()
  beforeAll(async () => {
    const binary = await lab.binary('nginx-1.26.3')
    const { code, stderr } = await lab.zdt(['upgrade-nginx', '--host', 'web1,web2', '--binary', binary, '--yes'])
    expect(code, stderr).toBe(0)
  }, 240_000)
  splitTests(lab, behindNginx)
})
