import type { Event, Happening } from '../../../src/engine/events.ts'
import { plan, stage, type Plan, type Step, type StageDraft } from '../../../src/engine/plan.ts'
import type { Description } from '../../../src/engine/step-kind.ts'
import type { HostName, RunId } from '../../../src/lib/types.ts'

const on = (host: string, kind: string) => ({ host: host as HostName, kind, input: null })

function named(title: string, stages: readonly StageDraft[]): Plan {
  return { ...plan(title, 'f00d', stages), id: '7K2Q9X' as RunId }
}

/** Gives each happening its time: seconds since 14:02:11 UTC. */
function timed(...happenings: readonly (readonly [number, Happening])[]): Event[] {
  const start = Date.UTC(2026, 10, 20, 14, 2, 11)
  return happenings.map(([seconds, happening]) => ({ at: start + seconds * 1000, ...happening }))
}

export const drainApp2 = named('drain app2', [
  stage('set server shop/app2 state drain', [on('lb1', 'set'), on('lb2', 'set')]),
  stage('wait until nobody is connected (5 m)', [on('lb1', 'wait'), on('lb2', 'wait')]),
])

export const upgradeWeb1 = named('upgrade-nginx web1', [
  stage('drain web1', [on('lb1', 'set'), on('lb2', 'set')]),
  stage('test the new binary', [on('web1', 'test')]),
  stage('replace /usr/sbin/nginx', [on('web1', 'replace')]),
  stage('start the new master (USR2)', [on('web1', 'usr2')]),
])

export function describe({ kind }: Step): Description {
  const titles: Record<string, string> = {
    set: 'drain',
    wait: 'nobody connected',
    test: 'test /tmp/nginx',
    replace: 'replace /usr/sbin/nginx',
    usr2: 'USR2',
  }
  return { title: titles[kind] ?? kind, commands: [`${kind} --now`] }
}

const by = { operator: 'ci@runner-3', pid: 4242 }
const five = 300_000
const connection = (age: string) => `203.0.113.9:51022  GET /export  since ${age}`

const drained = [
  [0, { event: 'run', plan: drainApp2, ...by }],
  [0, { event: 'answer', number: 1, asked: 'run', answer: 'yes' }],
  [0, { event: 'stage', number: 1 }],
  [0, { event: 'observed', step: '1.lb1', found: { admin: 'ready' } }],
  [0, { event: 'applying', step: '1.lb1' }],
  [0, { event: 'observed', step: '1.lb2', found: { admin: 'drain' } }],
  [0, { event: 'already', step: '1.lb2' }],
  [0.1, { event: 'verified', step: '1.lb1', took: 100 }],
  [0.1, { event: 'stage-end', number: 1 }],
  [0.1, { event: 'answer', number: 2, asked: 'run', answer: 'yes' }],
  [0.1, { event: 'stage', number: 2 }],
] as const

/** A drain of which one load balancer drains already; the last connection takes a while. */
export const drainThatWaits = timed(
  ...drained,
  [0.2, { event: 'verified', step: '2.lb2', took: 100 }],
  [
    0.2,
    {
      event: 'waiting',
      step: '2.lb1',
      timeout: five,
      awaiting: [connection('2 m 10 s'), 'old worker 8841  1 session'],
    },
  ],
  [
    0.7,
    {
      event: 'waiting',
      step: '2.lb1',
      timeout: five,
      awaiting: [connection('2 m 11 s'), 'old worker 8841  1 session'],
    },
  ],
  [9.2, { event: 'waiting', step: '2.lb1', timeout: five, awaiting: [connection('2 m 19 s')] }],
  [20, { event: 'waiting', step: '2.lb1', timeout: five, awaiting: [connection('2 m 30 s')] }],
  [40, { event: 'waiting', step: '2.lb1', timeout: five, awaiting: [connection('2 m 50 s')] }],
  [41, { event: 'verified', step: '2.lb1', took: 40_900 }],
  [41, { event: 'stage-end', number: 2 }],
  [41, { event: 'end', ended: 'done', left: [] }],
)

/** A drain whose time is over, and that the operator leaves as it is. */
export const drainLeft = timed(
  ...drained,
  [0.2, { event: 'verified', step: '2.lb2', took: 100 }],
  [0.2, { event: 'waiting', step: '2.lb1', timeout: five, awaiting: [connection('2 m 10 s')] }],
  [300.2, { event: 'timed-out', step: '2.lb1', took: five, awaiting: [connection('7 m 10 s')] }],
  [310, { event: 'answer', number: 2, asked: 'timed-out', answer: 'leave' }],
  [310, { event: 'end', ended: 'left', left: ['lb1: set server shop/app2 state ready'] }],
)

const upgrading = [
  [0, { event: 'run', plan: upgradeWeb1, ...by }],
  [0, { event: 'stage', number: 1 }],
  [0, { event: 'applying', step: '1.lb1' }],
  [0, { event: 'applying', step: '1.lb2' }],
  [6.2, { event: 'verified', step: '1.lb1', took: 6200 }],
  [6.2, { event: 'verified', step: '1.lb2', took: 6200 }],
  [6.2, { event: 'stage-end', number: 1 }],
  [6.2, { event: 'stage', number: 2 }],
  [7.6, { event: 'verified', step: '2.web1', took: 1400 }],
  [7.6, { event: 'stage-end', number: 2 }],
  [7.6, { event: 'stage', number: 3 }],
  [7.6, { event: 'applying', step: '3.web1' }],
  [7.7, { event: 'verified', step: '3.web1', took: 100 }],
  [7.7, { event: 'stage-end', number: 3 }],
  [7.7, { event: 'stage', number: 4 }],
  [7.7, { event: 'applying', step: '4.web1' }],
  [
    8.1,
    {
      event: 'failed',
      step: '4.web1',
      took: 400,
      error: {
        message: 'the new master 4411 lived 0.4 s',
        code: 'not-verified',
        host: 'web1',
        said: 'nginx: [emerg] bind() to 0.0.0.0:8443 failed (98: Address already in use)\u001b[2J',
      },
    },
  ],
  [8.1, { event: 'answer', number: 4, asked: 'failed', answer: 'put-back' }],
] as const

/** An upgrade whose new master dies, put back in reverse order. */
export const upgradePutBack = timed(
  ...upgrading,
  [8.1, { event: 'undoing', step: '4.web1' }],
  [8.2, { event: 'undone', step: '4.web1', took: 100 }],
  [8.2, { event: 'undoing', step: '3.web1' }],
  [8.3, { event: 'undone', step: '3.web1', took: 100 }],
  [8.3, { event: 'undoing', step: '1.lb2' }],
  [8.4, { event: 'undone', step: '1.lb2', took: 100 }],
  [8.4, { event: 'undoing', step: '1.lb1' }],
  [8.5, { event: 'undone', step: '1.lb1', took: 100 }],
  [8.5, { event: 'end', ended: 'put-back', left: [] }],
)

/** The same, but the old binary cannot be put back. */
export const upgradeUndoFails = timed(
  ...upgrading,
  [8.1, { event: 'undoing', step: '4.web1' }],
  [8.2, { event: 'undone', step: '4.web1', took: 100 }],
  [8.2, { event: 'undoing', step: '3.web1' }],
  [
    8.3,
    {
      event: 'undo-failed',
      step: '3.web1',
      error: { message: 'the disk is full', code: 'x', host: 'web1', said: 'No space left on device' },
    },
  ],
  [
    8.3,
    { event: 'end', ended: 'left', left: ['web1: mv nginx.zdt-7K2Q9X nginx', 'lb1: set server web/web1 state ready'] },
  ],
)
