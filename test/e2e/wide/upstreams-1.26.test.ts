import { beforeAll, expect } from 'vitest'
import { rehearsalTests } from '../shop/rehearsal.ts'
import { upstreamTests } from '../shop/upstreams.ts'
import { describeOnLab, useLab } from '../support/lab.ts'
import { useShop } from '../support/shop.ts'

describeOnLab('servers behind nginx 1.26', () => {
  const lab = useLab()
  const shop = useShop(lab)
  beforeAll(async () => {
    const binary = await lab.binary('nginx-1.26.3')
    const { code, stderr } = await shop.zdt('upgrade-nginx', '--host', 'web1,web2', '--binary', binary, '--yes')
    expect(code, stderr).toBe(0)
  }, 240_000)
  upstreamTests(shop)
  rehearsalTests(shop)
})
