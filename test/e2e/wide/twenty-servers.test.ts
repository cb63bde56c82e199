import { describeOnLab, useLab } from '../support/lab.ts'
import { behindHaproxy, twentyApps, twentyTests } from '../support/twenty-servers.ts'

describeOnLab('a pool of twenty servers', () => {
  twentyTests(useLab({ flags: twentyApps }), behindHaproxy)
})
