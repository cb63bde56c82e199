import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

// Limits for what hangs, not expectations: a machine that is busy with other things may be five times slower.
const patient = {
  testTimeout: 300_000,
  hookTimeout: 300_000,
  expect: { poll: { timeout: 60_000 } },
  // What zdt says is told in other signs where the locale has no UTF-8, as that of a bare machine.
  env: { LC_ALL: 'C.UTF-8' },
}

/** The files that take longest begin first: none of them is waited for alone. */
const longest = [
  'unit/hosts/faults',
  'unit/steps/haproxy/rotation-killed',
  'unit/hosts/ssh',
  'unit/hosts/lease/lease',
  'unit/hosts/lease/guard',
  'unit/hosts/lease/words',
  'unit/hosts/config/exchange',
  'e2e/shop',
  'e2e/chaos/chaos',
  'e2e/failover',
  'e2e/upgrade-nginx',
  'e2e/chaos/interruptions',
]

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const at = longest.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`))
      return at === -1 ? longest.length : at
    }
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b))
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        // Most of their time is waiting, for processes and sockets of their own.
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          testTimeout: 30_000,
          maxWorkers: 4,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // On the lab, two files side by side, each with a lab of its own: more than two cores carry makes each of them late.
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: ['test/e2e/chaos/**', 'test/e2e/wide/**'],
          ...patient,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        // The same with older daemons, and what takes minutes: `npm run test:wide`.
        test: {
          name: 'wide',
          include: ['test/e2e/wide/**/*.test.ts'],
          ...patient,
          maxWorkers: 2,
          sequence: { groupOrder: 5 },
        },
      },
      {
        // Faults in the middle of everything: a few of them beside the others; all, which have the machine to themselves, with `npm run test:chaos`.
        test: {
          name: 'chaos',
          include: ['test/e2e/chaos/**/*.test.ts'],
          ...patient,
          maxWorkers: process.env['ZDT_CHAOS'] === 'full' ? 1 : 2,
          sequence: { groupOrder: process.env['ZDT_CHAOS'] === 'full' ? 4 : 2 },
        },
      },
      {
        // Alone, for what is measured under load.
        test: {
          name: 'load',
          include: ['test/load/**/*.test.ts'],
          ...patient,
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
})
