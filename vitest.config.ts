import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

// Limits for what hangs, not expectations: a machine that is busy with other things may be five times slower.
const patient = { testTimeout: 300_000, hookTimeout: 300_000, expect: { poll: { timeout: 60_000 } } }

/** On the lab the files that take minutes begin first: none of them is waited for alone. */
const longest = ['upgrade-nginx', 'resume', 'drain', 'apply', 'lease', 'failover']

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const at = longest.findIndex((name) => moduleId.endsWith(`/test/e2e/${name}.test.ts`))
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
        // Faults in the middle of everything, a few of them; all with `npm run test:chaos`. They have the machine to themselves.
        test: {
          name: 'chaos',
          include: ['test/e2e/chaos/**/*.test.ts'],
          ...patient,
          maxWorkers: 1,
          sequence: { groupOrder: 4 },
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
