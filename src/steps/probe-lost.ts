import { NoUseWaiting, type On } from '../engine/step-kind.ts'

/**
 * Throws NoUseWaiting when the probe has lost more than it may since the change that is held: a hold is there to go back
 * while that is still easy. Says nothing where no probe runs.
 */
export function refuseLost(on: On): void {
  const { lost, allowed } = on.lost?.() ?? { lost: 0, allowed: 0 }
  if (lost <= allowed) return
  const many = `the probe has lost ${lost} request${lost === 1 ? '' : 's'} since then`
  throw new NoUseWaiting(`${many}, more than --max-lost ${allowed}`, { host: on.host.name })
}
