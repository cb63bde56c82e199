import { expect, test } from 'vitest'
import type { ServerView } from '../../../../src/daemons/haproxy/server-view.ts'
import { shortOf, type CapacityQuestion } from '../../../../src/steps/haproxy/capacity.ts'
import { TooFewLeft } from '../../../../src/steps/haproxy/too-few-left.ts'

const up: ServerView = {
  backend: 'shop',
  server: '',
  admin: 'ready',
  adminFlags: [],
  op: 'running',
  status: 'UP',
  weight: 100,
  initialWeight: 100,
  sessions: 0,
  queued: 0,
  total: 0,
  usedConns: 0,
  idleConns: 0,
  check: null,
  agent: null,
  lastChangeSeconds: 0,
  address: '10.0.0.22',
  port: 8080,
  backup: false,
}
const check = { status: 'L4CON', inProgress: false, paused: false, result: 'failed', health: 0 } as const
const refused = { ...check, description: 'Layer4 connection problem: Connection refused' }
const wrong = { ...check, description: 'Layer7 wrong status', code: 503 }
const maint = { admin: 'maint', adminFlags: ['maint'], op: 'stopped', status: 'MAINT' } as const
const down = { op: 'stopped', status: 'DOWN', check: refused } as const

const question: CapacityQuestion = {
  socket: '/run/haproxy/admin.sock',
  pool: 'shop',
  backend: 'shop',
  servers: ['app1', 'app2', 'app3'],
  leaving: ['app3'],
  wanted: 1,
  doing: 'draining app3',
  anyway: 'zdt drain app3 --allow-empty',
}

function short(
  host: string,
  app1: Partial<ServerView>,
  app2: Partial<ServerView>,
  more: Partial<CapacityQuestion> = {},
) {
  const servers = [
    { ...up, server: 'app1', ...app1 },
    { ...up, server: 'app2', ...app2 },
    { ...up, server: 'app3' },
  ]
  return shortOf(host, { servers, backends: [] }, { ...question, ...more })
}

function refusal(...shorts: ReturnType<typeof short>[]): TooFewLeft {
  const [first, ...more] = shorts.filter((one) => one !== undefined)
  if (!first) throw new Error('nobody is short')
  const takenOut = (host: string) => (host === 'lb9' ? undefined : 'since 14:02, by run 5F1A, oncall@ops2')
  return new TooFewLeft(first, { more, takenOut })
}

test('enough are left, or one leaves that served nobody: nothing to refuse', () => {
  expect(short('lb1', {}, down)).toBeUndefined()
  expect(short('lb1', down, down, { leaving: ['app1'], wanted: 2 })).toBeUndefined()
})

test('load balancers that see the same say it once: who is out, by whom, and why', () => {
  const error = refusal(short('lb1', maint, down), short('lb2', maint, down))
  expect(error.message).toBe(
    'draining app3 would leave shop without a server\nlb1 and lb2 see app1 in maintenance (since 14:02, by run 5F1A, oncall@ops2) and app2 down (connection refused, 10.0.0.22:8080)',
  )
  expect(error.suggestions).toEqual(['zdt ready app1', 'or, if you mean it: zdt drain app3 --allow-empty'])
  expect(error).toMatchObject({ code: 'capacity', exit: 'refused', host: 'lb1' })
})

test('load balancers that see it differently have a line each', () => {
  const drained = { admin: 'drain', adminFlags: ['drain'], status: 'DRAIN' } as const
  const error = refusal(short('lb9', drained, { ...down, check: wrong }), short('lb2', { weight: 0 }, down))
  expect(error.message.split('\n').slice(1)).toEqual([
    'lb9 sees app1 draining and app2 down (wrong status 503, 10.0.0.22:8080)',
    'lb2 sees app1 at weight 0 and app2 down (connection refused, 10.0.0.22:8080)',
  ])
})

test('some are left, but fewer than wanted', () => {
  const error = refusal(short('lb1', {}, down, { wanted: 2 }))
  expect(error.message).toBe(
    'draining app3 would leave shop with 1 server, where at least 2 are wanted\nlb1 sees app1 up and app2 down (connection refused, 10.0.0.22:8080)',
  )
  expect(error.suggestions[0]).toBe('zdt status')
})

test('the only server', () => {
  expect(refusal(short('lb1', {}, {}, { servers: ['app3'] })).message).toContain('lb1 sees no other server of shop')
})
