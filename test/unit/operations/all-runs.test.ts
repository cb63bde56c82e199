import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { Happening } from '../../../src/engine/events.ts'
import { openJournal } from '../../../src/engine/journal.ts'
import { plan } from '../../../src/engine/plan.ts'
import { ownProcess } from '../../../src/hosts/lease/own-process.ts'
import type { Ended } from '../../../src/engine/outcome.ts'
import { judged, type KnownRun } from '../../../src/operations/all-runs.ts'
import { allRuns } from '../../../src/operations/half-done.ts'

const home = mkdtempSync(join(tmpdir(), 'zdt-runs-'))
beforeAll(() => vi.stubEnv('XDG_STATE_HOME', home))
afterAll(() => rmSync(home, { recursive: true, force: true }))

async function begun(title: string, process?: string, ...more: Happening[]): Promise<void> {
  const made = plan(title, 'f00d', [])
  const journal = await openJournal(made.id, () => undefined)
  await journal.record({ event: 'run', plan: made, operator: 'x', pid: 1, fleet: 'prod', ...(process && { process }) })
  for (const happening of more) await journal.record(happening)
  await journal.close()
}

afterEach(() => rmSync(join(home, 'zdt'), { recursive: true, force: true }))

test('a run without an end goes on while its process runs, has died when that has ended here, and is open elsewhere', async () => {
  const own = await ownProcess()
  await begun('goes on', own)
  await begun('died', own.replace(/ \d+ \d+$/, ' 4194304 1'))
  await begun('elsewhere', `another${own}`)
  await begun('of before')
  const { runs } = await allRuns()
  expect(Object.fromEntries(runs.map(({ title, going, fleet }) => [title, [going, fleet]]))).toEqual({
    'goes on': ['running', 'prod'],
    died: ['died', 'prod'],
    elsewhere: [undefined, 'prod'],
    'of before': [undefined, 'prod'],
  })
})

test('a run that was adopted is paused until somebody goes on with it; one that had ended stays so', async () => {
  const adopted = { event: 'adopted', operator: 'y', pid: 2 } as const
  const end = (ended: 'done' | 'already' | 'put-back') => ({ event: 'end', ended, left: [] }) as const
  const back = { event: 'rolling-back', operator: 'y', pid: 3, process: `another${await ownProcess()}` } as const
  await begun('adopted', undefined, adopted)
  await begun('gone on with', undefined, adopted, back)
  await begun('put back', undefined, adopted, back, end('put-back'))
  await begun('nothing to put back', undefined, adopted, back, end('already'))
  await begun('done before', undefined, end('done'), adopted)
  const { runs } = await allRuns()
  expect(Object.fromEntries(runs.map(({ title, ended }) => [title, ended]))).toEqual({
    adopted: 'paused',
    'gone on with': undefined,
    'put back': 'put-back',
    'nothing to put back': 'put-back',
    'done before': 'done',
  })
})

const run: KnownRun = {
  run: '7K2Q9X',
  at: 1,
  title: 'drain app2',
  operator: 'b@ops2',
  here: false,
  hosts: ['lb1'],
  parts: [],
  locks: true,
  halfDone: false,
}
/** Nothing is known but that its host was asked. */
const since = { held: new Set<string>(), ended: new Map<string, Ended>(), asked: new Set(['lb1', 'lb2']) }

test('without an end, and with no lease, it has died', () => {
  expect(judged(run, since)).toEqual({ ...run, going: 'died', halfDone: true })
  expect(judged(run, { ...since, held: new Set(['7K2Q9X']) })).toEqual({ ...run, going: 'running' })
})

test('its process is there, and holds no lock any more: it may have been stopped for long, and can change nothing', () => {
  const running = { ...run, going: 'running' } as const
  expect(judged(running, since)).toEqual({ ...run, going: 'stuck', halfDone: true })
  expect(judged(running, { ...since, held: new Set(['7K2Q9X']) })).toEqual(running)
})

test('one that came to its end in between has not', () => {
  expect(judged(run, { ...since, ended: new Map([['7K2Q9X', 'done']]) })).toEqual({ ...run, ended: 'done' })
  expect(judged(run, { ...since, ended: new Map([['7K2Q9X', 'paused']]) })).toEqual({
    ...run,
    ended: 'paused',
    halfDone: true,
  })
})

test('where one of its hosts could not be asked nobody knows', () => {
  const onBoth = { ...run, hosts: ['lb1', 'lb2'] }
  expect(judged(onBoth, since)).toMatchObject({ going: 'died' })
  expect(judged(onBoth, { ...since, asked: new Set(['lb1', 'app9']) })).toBe(onBoth)
})
