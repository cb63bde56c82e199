import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { openJournal } from '../../../src/engine/journal.ts'
import { plan, stage, type StepDraft } from '../../../src/engine/plan.ts'
import { rowsOf } from '../../../src/operations/all-runs.ts'
import { halfDoneIn, leftThere } from '../../../src/operations/half-done.ts'
import { knownJournals } from '../../../src/operations/journals.ts'
import type { HostName } from '../../../src/lib/types.ts'

const home = mkdtempSync(join(tmpdir(), 'zdt-half-'))
beforeAll(() => vi.stubEnv('XDG_STATE_HOME', home))
afterEach(() => rmSync(join(home, 'zdt'), { recursive: true, force: true }))
afterAll(() => rmSync(home, { recursive: true, force: true }))

let now = 1000
type How = 'done' | 'paused' | 'put-back'

/** A run on these hosts, later than those before it, that has ended so. */
async function ran(title: string, hosts: readonly string[], ended: How, fleet = 'prod') {
  await ranSteps(
    title,
    hosts.map((host) => ({ kind: 'x', host: host as HostName, input: null })),
    ended,
    fleet,
  )
}

/** The state of servers, or their weight, on both load balancers; all of it was begun. */
const sets = (server: string, how: { readonly state: string } | { readonly weight: number }): StepDraft[] =>
  ['lb1', 'lb2'].map((host) => ({
    kind: `haproxy.set-server-${'state' in how ? 'state' : 'weight'}`,
    host: host as HostName,
    input: { seat: { backend: 'shop', server, socket: '/run/a' }, ...how },
  }))

async function ranSteps(title: string, steps: readonly StepDraft[], ended: How, fleet = 'prod') {
  vi.spyOn(Date, 'now').mockReturnValue((now += 1000))
  const made = plan(title, 'f00d', [stage('x', steps)])
  const journal = await openJournal(made.id, () => undefined)
  await journal.record({ event: 'run', plan: made, operator: 'x', pid: 1, fleet })
  for (const { id } of made.stages.flatMap((one) => one.steps)) {
    await journal.record({ event: 'observed', step: id, found: {} })
    await journal.record({ event: 'applying', step: id })
    if (ended === 'done') await journal.record({ event: 'verified', step: id, took: 1 })
  }
  await journal.record({ event: 'end', ended, left: [] })
  await journal.close()
}

const known = async () => {
  const { journals } = await knownJournals()
  return halfDoneIn(await rowsOf(journals), journals, { name: 'prod' })
}
const titles = async () => (await known()).map(({ title }) => title)

test('a run is half done until all that it left was settled: what is about something else hides nothing', async () => {
  await ranSteps('drain app2', sets('app2', { state: 'drain' }), 'paused')
  await ranSteps('weight app2', sets('app2', { weight: 50 }), 'done')
  await ranSteps('drain app1', sets('app1', { state: 'drain' }), 'done')
  await ranSteps('ready app2', sets('app2', { state: 'ready' }), 'put-back')
  await ranSteps('ready app2, on one', sets('app2', { state: 'ready' }).slice(1), 'done')
  expect(await titles()).toEqual(['drain app2'])
  await ranSteps('ready app2', sets('app2', { state: 'ready' }).slice(0, 1), 'done')
  expect(await titles()).toEqual([])
})

test('one that nobody can tell by things, until a later one on all of its hosts is done: one on some of them hides nothing', async () => {
  const left = async (...names: string[]) => leftThere(await known(), names as HostName[])
  await ran('of another fleet', ['web1'], 'paused', 'lab')
  await ran('upgrade', ['lb1', 'lb2', 'web1'], 'paused')
  await ran('put back', ['web1'], 'put-back')
  expect(await titles()).toEqual(['upgrade'])
  await ran('drain app2', ['lb1', 'lb2'], 'done')
  expect(await titles()).toEqual(['upgrade'])
  expect(await left('lb2', 'web1', 'web2')).toMatchObject([
    {
      fact: expect.stringMatching(
        /^run (\w+) \(upgrade\) has left lb2, web1 half done: zdt resume \1, or zdt rollback \1$/,
      ),
    },
  ])
  expect(await left('web2')).toEqual([])
  await ran('upgrade again', ['lb1', 'lb2', 'web1'], 'done')
  expect(await titles()).toEqual([])
})
