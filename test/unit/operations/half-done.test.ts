import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openJournal } from '../../../src/engine/journal.ts'
import { plan, stage } from '../../../src/engine/plan.ts'
import { allRuns } from '../../../src/operations/all-runs.ts'
import { halfDoneIn, leftThere } from '../../../src/operations/half-done.ts'
import type { HostName } from '../../../src/lib/types.ts'

const home = mkdtempSync(join(tmpdir(), 'zdt-half-'))
beforeAll(() => vi.stubEnv('XDG_STATE_HOME', home))
afterAll(() => rmSync(home, { recursive: true, force: true }))

let now = 1000
/** A run on these hosts, later than those before it, that has ended so. */
async function ran(title: string, hosts: readonly string[], ended: 'done' | 'paused' | 'put-back', fleet = 'prod') {
  vi.spyOn(Date, 'now').mockReturnValue((now += 1000))
  const steps = hosts.map((host) => ({ kind: 'x', host: host as HostName, input: null }))
  const made = plan(title, 'f00d', [stage('x', steps)])
  const journal = await openJournal(made.id, () => undefined)
  await journal.record({ event: 'run', plan: made, operator: 'x', pid: 1, fleet })
  await journal.record({ event: 'end', ended, left: [] })
  await journal.close()
}

test('a run is half done until a later one on all of its hosts is done: one on some of them hides nothing', async () => {
  const known = async () => halfDoneIn((await allRuns()).runs, { name: 'prod' })
  const titles = async () => (await known()).map(({ title }) => title)
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
