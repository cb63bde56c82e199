import { colourTests } from '../support/apply-colours.ts'
import { describeOnLab, useLab } from '../support/lab.ts'

describeOnLab('a colour whose servers come, with HAProxy 2.6', () =>
  colourTests(useLab({ flags: ['--suite', 'bookworm'] })),
)
