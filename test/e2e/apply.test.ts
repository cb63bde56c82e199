import { applyTests } from './support/apply.ts'
import { describeOnLab, useLab } from './support/lab.ts'

describeOnLab('configurations put live', () => applyTests(useLab()))
