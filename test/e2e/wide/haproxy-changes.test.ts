import { describe } from 'vitest'
import { keptStateTests } from '../support/kept-state.ts'
import { certificateTests } from '../support/certificates.ts'
import { describeOnLab, useLab } from '../support/lab.ts'
import { runtimeChangeTests } from '../support/runtime-changes.ts'

describeOnLab('HAProxy 3.0, changed', () => {
  const lab = useLab({ flags: ['--hosts', 'lb1,app1,app2,app3'] })
  describe('runtime state over a reload', () => keptStateTests(lab))
  describe('at run time', () => runtimeChangeTests(lab))
  describe('certificates', () => certificateTests(lab))
})
