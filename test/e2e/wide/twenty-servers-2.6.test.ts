import { describeOnLab, useLab } from '../support/lab.ts'
import { behindHaproxy, twentyApps, twentyTests } from '../support/twenty-servers.ts'

describeOnLab('a pool of twenty servers, with HAProxy 2.6', () => {
  twentyTests(useLab({ flags: [...twentyApps, '--suite', 'bookworm'] }), behindHaproxy)
})
