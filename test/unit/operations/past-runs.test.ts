import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { historyOf } from '../../../src/engine/history.ts'
import { readJournal } from '../../../src/engine/read-journal.ts'
import { refuseChangedSince } from '../../../src/operations/changed-since.ts'
import type { Ahead } from '../../../src/operations/relied-on.ts'
import { PastRuns } from '../../../src/operations/past-runs.ts'
import type { HostName, RunId } from '../../../src/lib/types.ts'

const place = { host: 'lb1' as HostName, backend: 'shop', server: 'app2' }
let home = ''

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'zdt-past-'))
  vi.stubEnv('XDG_STATE_HOME', home)
  await mkdir(join(home, 'zdt/runs'), { recursive: true })
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(home, { recursive: true })
})

/** A run with one step on that seat, and what became of it. */
async function ran(id: string, at: number, kind: string, wanted: object, ...ends: readonly string[]): Promise<void> {
  const step = { id: '1.lb1', kind, host: 'lb1', input: { seat: place, ...wanted } }
  const plan = { id, title: 'x', fleet: '', stages: [{ number: 1, title: 'x', steps: [step] }] }
  const events = [
    { at, event: 'run', plan, operator: 'oncall@ops2', pid: 1 },
    ...ends.map((event, index) => ({ at: at + index, event, step: step.id, took: 1 })),
  ]
  await writeFile(join(home, `zdt/runs/${id}.ndjson`), events.map((event) => `${JSON.stringify(event)}\n`).join(''))
}
const state = (id: string, at: number, wanted: string, ...ends: string[]) =>
  ran(id, at, 'haproxy.set-server-state', { state: wanted }, ...ends)
const agent = (id: string, at: number, wanted: string, ...ends: string[]) =>
  ran(id, at, 'haproxy.set-agent', { agent: wanted }, ...ends)

/** Nobody can tell from the hosts. */
const ahead = () => Promise.resolve(undefined)

test('who took a seat out: the last that changed it', async () => {
  const noon = new Date(2026, 2, 1, 14, 2).getTime()
  await state('AAAAAA', noon - 5000, 'ready', 'verified')
  await state('BBBBBB', noon, 'maint', 'verified')
  await state('CCCCCC', noon + 5000, 'maint', 'already')
  const past = await PastRuns.read()
  expect(past.takenOut(place, 'maint')).toBe('since 2026-03-01 14:02, by run BBBBBB, oncall@ops2')
  expect(past.takenOut({ ...place, server: 'app1' }, 'maint')).toBeUndefined()
})

test('one that died before it could say how it came out may have', async () => {
  await state('AAAAAA', 1000, 'drain', 'applying')
  expect((await PastRuns.read()).takenOut(place, 'drain')).toContain('AAAAAA')
  await state('BBBBBB', 2000, 'maint', 'applying', 'undone')
  expect((await PastRuns.read()).takenOut(place, 'maint')).toBeUndefined()
})

test.each([[['failed']], [['odd']], [['failed', 'undoing', 'undo-failed']]])(
  'one that failed, and was left as it was, may have, too: %j',
  async (came) => {
    await state('AAAAAA', 1000, 'drain', 'verified')
    await state('BBBBBB', 2000, 'ready', 'applying', ...came)
    const past = await PastRuns.read()
    expect(past.takenOut(place, 'drain')).toBeUndefined()
    expect(past.lastState(place)).toMatchObject({ run: 'BBBBBB', state: 'ready' })
    const asking = { run: 'AAAAAA' as RunId, at: 1000 }
    const history = historyOf(await readJournal('AAAAAA')).steps
    await expect(refuseChangedSince(asking, { steps: history }, past, ahead)).rejects.toThrow('by run BBBBBB')
  },
)

test('nobody did whose run was put back, or brought it back', async () => {
  await state('AAAAAA', 1000, 'drain', 'verified', 'undone')
  expect((await PastRuns.read()).takenOut(place, 'drain')).toBeUndefined()
  await state('BBBBBB', 2000, 'drain', 'verified')
  // By hand, since.
  expect((await PastRuns.read()).takenOut(place, 'maint')).toBeUndefined()
  await state('CCCCCC', 3000, 'ready', 'verified')
  expect((await PastRuns.read()).takenOut(place, 'drain')).toBeUndefined()
})

test('an agent that zdt held off was not off before, however often it was asked again', async () => {
  await agent('AAAAAA', 1000, 'held', 'verified')
  await agent('BBBBBB', 2000, 'held', 'already')
  expect((await PastRuns.read()).agentWasOff(place)).toBe(false)
})

test('an agent that zdt found off is the operator’s, also after zdt had heard it once', async () => {
  await agent('AAAAAA', 1000, 'held', 'already')
  expect((await PastRuns.read()).agentWasOff(place)).toBe(true)
  await agent('BBBBBB', 2000, 'heard', 'verified')
  await agent('CCCCCC', 3000, 'held', 'already')
  expect((await PastRuns.read()).agentWasOff(place)).toBe(true)
})

test('without a journal nobody knows: then it is heard again', async () => {
  expect((await PastRuns.read()).agentWasOff(place)).toBe(false)
})

test('a journal that was cut short is no reason to fail', async () => {
  await writeFile(join(home, 'zdt/runs/DDDDDD.ndjson'), '{"at":1,"ev')
  await state('BBBBBB', 2000, 'drain', 'verified')
  expect((await PastRuns.read()).takenOut(place, 'drain')).toContain('BBBBBB')
})

test('to go on with a run is refused where a later one has set its server otherwise', async () => {
  const history = async () => historyOf(await readJournal('AAAAAA'))
  const refused = async () => {
    await refuseChangedSince({ run: 'AAAAAA' as RunId, at: 0 }, await history(), await PastRuns.read(), ahead)
  }
  await state('AAAAAA', 1000, 'ready', 'verified')
  await expect(refused()).resolves.toBeUndefined()
  await state('BBBBBB', 2000, 'drain', 'verified')
  await expect(refused()).rejects.toMatchObject({
    exit: 'refused',
    message: expect.stringMatching(
      /^lb1 shop\/app2: drain since .* by run BBBBBB, oncall@ops2: to go on with run AAAAAA would undo/,
    ) as string,
  })
  // Somebody has brought it back since: that is what the run wants too.
  await state('CCCCCC', 3000, 'ready', 'verified')
  await expect(refused()).resolves.toBeUndefined()
  await state('DDDDDD', 4000, 'maint', 'verified', 'undone')
  await expect(refused()).resolves.toBeUndefined()
  // One that found it so wants it so.
  await state('EEEEEE', 5000, 'drain', 'already')
  await expect(refused()).rejects.toThrow('by run EEEEEE')
})

test('of a server that the run has drained and brought back, that it was brought back counts', async () => {
  const step = (id: string, wanted: string) => ({
    step: { id, kind: 'haproxy.set-server-state', host: place.host, input: { seat: place, state: wanted } },
    progress: 'verified' as const,
  })
  const steps = new Map([
    ['1.lb1', step('1.lb1', 'drain')],
    ['2.lb1', step('2.lb1', 'ready')],
  ])
  await state('BBBBBB', 2000, 'drain', 'verified')
  const past = await PastRuns.read()
  const asking = { run: 'AAAAAA' as RunId, at: 0 }
  await expect(refuseChangedSince(asking, { steps }, past, ahead)).rejects.toThrow('would undo that')
  // Somebody has set it back by hand: to go on would undo nothing.
  const nothing = () => Promise.resolve(new Set<string>())
  await expect(refuseChangedSince(asking, { steps }, past, nothing)).resolves.toBeUndefined()
  await state('CCCCCC', 3000, 'ready', 'verified')
  const later = await PastRuns.read()
  await expect(refuseChangedSince(asking, { steps }, later, ahead)).resolves.toBeUndefined()
})

test('to go on with a run is refused where a later one has written the same map, and has not been put back', async () => {
  const load = (id: string, at: number, ...ends: string[]) =>
    ran(id, at, 'haproxy.load-map', { socket: '/run/s', file: '/etc/m.map', entries: [] }, ...ends)
  const refused = async (hosts: Ahead = ahead) => {
    const history = historyOf(await readJournal('AAAAAA'))
    await refuseChangedSince({ run: 'AAAAAA' as RunId, at: 1000 }, history, await PastRuns.read(), hosts)
  }
  await load('AAAAAA', 1000, 'verified')
  await expect(refused()).resolves.toBeUndefined()
  await load('BBBBBB', 2000, 'verified', 'undone')
  await expect(refused()).resolves.toBeUndefined()
  await load('CCCCCC', 3000, 'verified')
  await expect(refused()).rejects.toMatchObject({
    exit: 'refused',
    message: expect.stringContaining('by run CCCCCC, oncall@ops2: to go on with run AAAAAA') as string,
  })
  // By hand it was put back as the run had left it: there is nothing to be written.
  await expect(refused(() => Promise.resolve(new Set()))).resolves.toBeUndefined()
  await expect(refused(() => Promise.resolve(new Set(['1.lb1'])))).rejects.toThrow('by run CCCCCC')
})
