import { behindHaproxy, splitTests } from './support/split.ts'
import { describeOnLab, useLab } from './support/lab.ts'

describeOnLab('A/B by HAProxy', () => {
  splitTests(useLab(), behindHaproxy)
})
