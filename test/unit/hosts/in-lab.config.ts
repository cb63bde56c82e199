import { defineConfig } from 'vitest/config'

/** For test/e2e/hosts.test.ts, which runs the contract in a process inside the lab's network. */
export default defineConfig({
  test: { include: ['test/unit/hosts/in-lab.contract.ts'], testTimeout: 20_000, cache: false },
})
