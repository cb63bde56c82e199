import { applyLiveStateTests } from '../support/apply-live-state.ts'
import { applyTrapTests } from '../support/apply-traps.ts'
import { describeOnLab, useLab } from '../support/lab.ts'

describeOnLab('HAProxy 2.6, nginx 1.22 and Keepalived 2.2: configurations put live where a trap lies', () =>
  applyTrapTests(useLab({ flags: ['--suite', 'bookworm'] })),
)

describeOnLab('HAProxy 2.6: configurations put live beside what is set at run time', () =>
  applyLiveStateTests(useLab({ flags: ['--suite', 'bookworm'] })),
)
