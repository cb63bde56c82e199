import { applyLiveStateTests } from '../support/apply-live-state.ts'
import { describeOnLab, useLab } from '../support/lab.ts'

describeOnLab('configurations put live beside what is set at run time', () => applyLiveStateTests(useLab()))
