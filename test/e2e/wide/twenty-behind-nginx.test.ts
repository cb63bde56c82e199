import { beforeAll, describe, expect } from 'vitest'
import { describeOnLab, useLab } from '../support/lab.ts'
import { behindNginx, twentyApps, twentyTests } from '../support/twenty-servers.ts'

describeOnLab('a pool of twenty servers behind nginx', () => {
  const lab = useLab({ flags: twentyApps })
  describe('1.22', () => twentyTests(lab, behindNginx))
  describe('1.26', () => {
    beforeAll(async () => {
      const binary = await lab.binary('nginx-1.26.3')
      const { code, stderr } = await lab.zdt(['upgrade-nginx', '--host', 'web1,web2', '--binary', binary, '--yes'])
      expect(code, stderr).toBe(0)
    }, 240_000)
    twentyTests(lab, behindNginx)
  })
})
