import type { Event } from '../../src/engine/events.ts'

/** The time of a run's steps that only wait: per stage the longest, as its steps wait side by side. */
export function waitsOf(events: readonly Event[]): number {
  const stages = events.flatMap((event) => (event.event === 'run' ? event.plan.stages : []))
  const waits = stages.map(({ steps }) => {
    const ids = new Set(steps.filter(({ kind }) => kind.startsWith('haproxy.await-')).map(({ id }) => id))
    const times = events.flatMap((event) => (event.event === 'verified' && ids.has(event.step) ? [event.took] : []))
    return Math.max(0, ...times)
  })
  return waits.reduce((sum, wait) => sum + wait, 0)
}
