import { describeOnLab, useLab } from '../support/lab.ts'
import { behindHaproxy, behindNginx, splitTests } from '../support/split.ts'

describeOnLab('A/B by HAProxy 2.6', () => {
  splitTests(useLab({ flags: ['--suite', 'bookworm'] }), behindHaproxy)
})

describeOnLab('A/B by nginx 1.22', () => {
  splitTests(useLab({ flags: ['--suite', 'bookworm'] }), behindNginx)
})
