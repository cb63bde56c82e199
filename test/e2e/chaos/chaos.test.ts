import { afterAll, expect, test } from 'vitest'
import { describeOnLab } from '../support/lab.ts'
import { faults } from './faults.ts'
import { form, isFull } from './form.ts'
import { useLanes } from './lanes.ts'
import { momentsOf } from './moments.ts'
import { runCase, type Outcome } from './one-case.ts'
import { operations } from './operations.ts'
import { publish, show } from './report.ts'

/** `ZDT_CHAOS_ONLY='upgrade-nginx kill'` tries one row of the table. */
const only = process.env['ZDT_CHAOS_ONLY'] ?? ''

describeOnLab('chaos', () => {
  const lanes = useLanes(form.labs)
  const outcomes: Outcome[] = []
  afterAll(() => show(outcomes))

  const rows = operations
    .flatMap((operation, row) => faults.map((fault) => ({ operation, fault, row, name: `${operation.name} ${fault}` })))
    .filter(
      ({ operation, name, fault, row }) => name.includes(only) && form.tries(fault, row) && (isFull || !operation.deep),
    )

  test.concurrent.each(rows)(
    '$name: resumed it is done, rolled back it is as it was, and nothing is lost',
    async ({ operation, fault, row }) => {
      const moments = await lanes.use((lane) => momentsOf(operation, lane))
      const cases = form
        .chosen(moments, fault, row)
        .map((chosen) => ({ operation, fault, ...chosen, seconds: form.seconds }))
      const came = await Promise.all(
        cases.map(async (one) => {
          const outcome = await lanes.use((lane) => runCase(one, lane))
          outcomes.push(outcome)
          await publish(outcomes)
          return outcome
        }),
      )
      expect(came.flatMap(({ problems }) => problems)).toEqual([])
    },
    form.timeout,
  )
})
