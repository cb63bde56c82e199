import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../../../../src/engine/course.ts'
import type { StepDraft } from '../../../../src/engine/plan.ts'
import type { Seat } from '../../../../src/fleet/fleet.ts'
import type { Host } from '../../../../src/hosts/host.ts'
import { hostOver } from '../../../../src/hosts/host-over.ts'
import { localTransport } from '../../../../src/hosts/local.ts'
import type { HostName } from '../../../../src/lib/types.ts'
import { askFreshCheck } from '../../../../src/steps/haproxy/ask-fresh-check.ts'
import { awaitPassingCheck } from '../../../../src/steps/haproxy/await-passing-check.ts'
import { setAgent } from '../../../../src/steps/haproxy/set-agent.ts'
import { setServerState } from '../../../../src/steps/haproxy/set-state.ts'
import { setServerWeight } from '../../../../src/steps/haproxy/set-weight.ts'
import { stepKinds } from '../../../../src/steps/index.ts'
import { FakeRuntime, fakeServer, type FakeServer } from '../../daemons/haproxy/fake-runtime.ts'
import { deaths, Journaled } from '../../engine/deaths.ts'
import { World } from '../../engine/world.ts'

const dir = mkdtempSync(join(tmpdir(), 'zdt-rotation-'))
const lb1 = 'lb1' as HostName
const seat: Seat = {
  host: lb1,
  pool: 'shop',
  backend: 'shop',
  server: 'app2',
  address: '127.0.0.9',
  port: 9,
  socket: join(dir, 'admin'),
  masterSocket: join(dir, 'master'),
}
const app1 = fakeServer('shop', 'app1')
const app2 = fakeServer('shop', 'app2', { agent: 'enabled' })
const fake = new FakeRuntime([app1, app2], { inter: 10 })
const fresh = { ...app2 }
let host: Host
let real: Pick<Engine, 'kinds' | 'hosts'>

beforeAll(async () => {
  host = hostOver(await localTransport(lb1, process.env), 'none')
  real = { kinds: stepKinds, hosts: { on: () => Promise.resolve(host), closeAll: () => Promise.resolve() } }
  await fake.listen(seat.socket)
})
afterAll(async () => {
  await host.close()
  await fake.close()
  rmSync(dir, { recursive: true, force: true })
})

const settings = ({ admin, weight, agent }: FakeServer) => ({ admin, weight, agent })
const capacity = {
  socket: seat.socket,
  pool: 'shop',
  backend: 'shop',
  servers: ['app1', 'app2'],
  leaving: ['app2'],
  wanted: 1,
  doing: 'taking app2 out again',
}
/** Out of rotation and back, with another weight. */
const there: StepDraft[][] = [
  [setAgent.at(lb1, { seat, agent: 'held' })],
  [setServerState.at(lb1, { seat, state: 'maint' })],
  [setServerWeight.at(lb1, { seat, weight: 10, capacity })],
  [askFreshCheck.at(lb1, { seat })],
  [awaitPassingCheck.at(lb1, { seat, timeout: 5000 })],
  [setServerState.at(lb1, { seat, state: 'ready', capacity })],
  [setAgent.at(lb1, { seat, agent: 'heard' })],
]

async function killed(stages: StepDraft[][], event: number): Promise<Journaled> {
  Object.assign(app1, { admin: 0, health: 4, alive: true })
  Object.assign(app2, fresh)
  fake.heard.length = 0
  return Journaled.run(new World({}), stages, { when: 'before', event }, { real })
}

const last = 27
test.each(deaths(last).filter(({ when }) => when === 'before'))(
  'killed before event $event: resumed, then rolled back',
  async ({ event }) => {
    const run = await killed(there, event)
    expect(await run.resume({}, undefined, { real })).toMatchObject({ ended: 'done', left: [] })
    expect(settings(app2)).toEqual({ admin: 0, weight: 10, agent: 'enabled' })
    expect(await run.rollback({}, undefined, { real })).toMatchObject({ ended: 'put-back' })
    expect(settings(app2)).toEqual(settings(fresh))
  },
)

test.each(deaths(last).filter(({ when }) => when === 'before'))(
  'killed before event $event: rolled back',
  async ({ event }) => {
    const run = await killed(there, event)
    expect(await run.rollback({}, undefined, { real })).toMatchObject({ left: [] })
    expect(settings(app2)).toEqual(settings(fresh))
  },
)

test('killed while a fresh check was asked for: it is asked for again, for nothing tells that it was', async () => {
  const whole = await killed(there, Infinity)
  const asked = whole.happenings.findIndex((one) => one.event === 'applying' && one.step === '4.lb1')
  const run = await killed(there, asked + 1)
  // Meanwhile its checks have filled its health again, and it has died: only a fresh check tells.
  await expect.poll(() => app2.health).toBe(4)
  fake.heard.length = 0
  await run.resume({}, undefined, { real })
  expect(fake.heard).toContain('set server shop/app2 health down')
})

test('a put-back that would leave the pool without a server is refused, and says what is left to do', async () => {
  const run = await killed(there, Infinity)
  Object.assign(app1, { alive: false, health: 0 })
  expect(await run.rollback({}, undefined, { real })).toMatchObject({
    ended: 'left',
    error: { code: 'capacity', message: expect.stringContaining('would leave shop without a server') as string },
  })
  expect(app2.admin).toBe(0)
})

test('made ready, and fallen ill since: that is what it is put back for, and nobody is asked', async () => {
  await killed([[setServerState.at(lb1, { seat, state: 'drain' })]], Infinity)
  const drained = app2.admin
  const run = await Journaled.run(
    new World({}),
    [[setServerState.at(lb1, { seat, state: 'ready', capacity })]],
    { when: 'before', event: Infinity },
    { real },
  )
  Object.assign(app2, { alive: false, health: 0 })
  expect(await run.rollback({}, undefined, { real })).toMatchObject({ ended: 'put-back' })
  expect(app2.admin).toBe(drained)
})

test(
  'in maintenance by somebody else’s hand: neither drained nor ready, so it is asked about',
  { timeout: 30_000 },
  async () => {
    const run = await killed([[setServerState.at(lb1, { seat, state: 'drain' })]], Infinity)
    app2.admin = 1
    expect(await run.rollback({ odd: ['pause'] }, undefined, { real })).toMatchObject({
      ended: 'left',
      error: { said: expect.stringContaining('shop/app2 is maint, not ready') as string },
    })
    expect(app2.admin).toBe(1)
  },
)
