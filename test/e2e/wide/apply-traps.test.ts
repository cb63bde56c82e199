import { applyTrapTests } from '../support/apply-traps.ts'
import { describeOnLab, useLab } from '../support/lab.ts'

describeOnLab('configurations put live where a trap lies', () => applyTrapTests(useLab()))
