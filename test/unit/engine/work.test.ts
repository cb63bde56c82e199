import { expect, test } from 'vitest'
import { unattended } from '../../../src/cli/unattended.ts'
import { stage, plan } from '../../../src/engine/plan.ts'
import { EndedBadly } from '../../../src/engine/step-kind.ts'
import { ZdtError } from '../../../src/lib/errors.ts'
import { set } from './world.ts'

const flags = { 'on-failure': undefined, 'on-timeout': undefined }
const some = plan('x', 'digest', [{ ...stage('the work', [set('lb1', 'up')]), asks: 'Is it done?' }]).stages[0]
const badly = new EndedBadly('reboot exited with 1', { host: 'lb1' })
const other = new ZdtError('it broke', { code: 'broken', exit: 'left', host: 'lb1' })

test('a stage keeps what it asks', () => {
  expect(some).toMatchObject({ number: 1, asks: 'Is it done?' })
})

test.each([
  [undefined, badly, 'pause'],
  [undefined, other, 'put-back'],
  ['rollback', badly, 'put-back'],
  ['pause', other, 'pause'],
] as const)('unattended, --on-failure %s: %s is answered by %s', async (flag, error, answer) => {
  if (!some) throw new Error('no stage')
  const operator = unattended({ ...flags, 'on-failure': flag }, 'leave')
  expect(await operator.failed(some, error)).toBe(answer)
})
