import { applyTests } from '../support/apply.ts'
import { describeOnLab, useLab } from '../support/lab.ts'

describeOnLab('configurations put live with HAProxy 2.6, nginx 1.22 and Keepalived 2.2', () =>
  applyTests(useLab({ flags: ['--suite', 'bookworm'] })),
)
