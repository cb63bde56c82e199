import { colourTests } from './support/apply-colours.ts'
import { describeOnLab, useLab } from './support/lab.ts'

describeOnLab('a colour whose servers come', () => colourTests(useLab()))
