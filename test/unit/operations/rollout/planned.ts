import type { RolloutSpec } from '../../../../src/fleet/rollout.ts'
import type { Rolling } from '../../../../src/operations/rollout/batch.ts'

/** A rollout of the shop to 2.0.0, with as much of its own as a test needs. */
export function rollingShop(spec: Partial<RolloutSpec>): Rolling {
  const usual = {
    deploy: ['release'],
    settle: 1000,
    slowStart: 0,
    minHealthy: 1000,
    maxErrors: 0.01,
    maxSlower: 250,
    maxFailures: 0,
    gates: [],
    timeout: 60_000,
  }
  return {
    fleet: { pools: new Map(), file: '/fleet/zdt.yaml' },
    pool: { name: 'shop' },
    to: '2.0.0',
    timeout: 60_000,
    spec: { ...usual, ...spec },
  } as unknown as Rolling
}
