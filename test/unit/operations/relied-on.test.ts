import { appendFile, mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { historyOf } from '../../../src/engine/history.ts'
import { readJournal } from '../../../src/engine/read-journal.ts'
import type { RunId } from '../../../src/lib/types.ts'
import { PastRuns } from '../../../src/operations/past-runs.ts'
import { refuseReliedOn } from '../../../src/operations/relied-on.ts'

let home = ''

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'zdt-relied-'))
  vi.stubEnv('XDG_STATE_HOME', home)
  await mkdir(join(home, 'zdt/runs'), { recursive: true })
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(home, { recursive: true })
})

interface Did {
  readonly kind: string
  readonly input: object
  readonly found?: object
  readonly ends: readonly string[]
}

/** A run on lb2: what its steps came to, in their order, and how it ended. */
async function ran(id: string, at: number, dids: readonly Did[], { fleet = 'edge', ended = 'done' } = {}) {
  const steps = dids.map(({ kind, input }, index) => ({ id: `${index + 1}.lb2`, kind, host: 'lb2', input }))
  const stages = steps.map((step, index) => ({ number: index + 1, title: 'x', steps: [step] }))
  const events = [
    { at, event: 'run', plan: { id, title: 'x', fleet: '', stages }, operator: 'oncall@ops2', pid: 1, fleet },
    ...dids.flatMap(({ found = {}, ends }, index) => [
      { at: at + 1, event: 'observed', step: `${index + 1}.lb2`, found },
      ...ends.map((event) => ({ at: at + 1, event, step: `${index + 1}.lb2`, took: 1 })),
    ]),
    { at: at + 2, event: 'end', ended },
  ]
  await writeFile(join(home, `zdt/runs/${id}.ndjson`), events.map((event) => `${JSON.stringify(event)}\n`).join(''))
}

/** What taking it back would undo by the hosts; all, where nobody says so. */
async function takenBack(ahead?: readonly string[], beside: readonly string[] = []): Promise<string> {
  const events = await readJournal('AAAAAA')
  const begun = events.find((event) => event.event === 'run')
  try {
    const asked = { run: 'AAAAAA' as RunId, at: begun?.at ?? 0, fleet: begun?.fleet, beside: new Set(beside) }
    const undone = ahead && new Set(ahead)
    await refuseReliedOn(asked, historyOf(events), await PastRuns.read(), () => Promise.resolve(undone))
    return 'taken back'
  } catch (error) {
    return (error as Error).message
  }
}

const changed = ['applying', 'verified']
const path = '/etc/haproxy/haproxy.cfg'
const move = (from: string, to: string) => ({ path, target: path, staged: `${path}.new`, from, to, mode: '0644' })
const put = (from: string, to: string, ends = changed): Did => ({
  kind: 'config.put-live',
  input: { moves: [move(from, to)], daemon: 'haproxy', unit: 'haproxy.service', config: path, kept: 'k', reload: true },
  ends,
})
const asPlanned = (from: string, to: string): Did => ({
  kind: 'config.as-planned',
  input: { moves: [move(from, to)] },
  ends: ['verified'],
})
const seat = { host: 'lb2', backend: 'shop', server: 'app2', socket: '/run/a', pool: 'shop', address: '', port: 0 }
const state = (wanted: string, found: string, ends = changed): Did => ({
  kind: 'haproxy.set-server-state',
  input: { seat, state: wanted },
  found: { admin: found, serving: found === 'ready' },
  ends,
})
const weight = (wanted: number, found: number, ends = changed): Did => ({
  kind: 'haproxy.set-server-weight',
  input: { seat, weight: wanted },
  found: { weight: found, initialWeight: 100 },
  ends,
})

test('a map that a later run has changed again in HAProxy’s memory alone', async () => {
  const load = (value: string): Did => ({
    kind: 'haproxy.load-map',
    input: { socket: '/run/s', file: '/etc/m.map', entries: [{ key: 'share', value }] },
    found: { entries: [] },
    ends: changed,
  })
  await ran('AAAAAA', 1000, [load('1000')])
  expect(await takenBack()).toBe('taken back')
  await ran('BBBBBB', 2000, [load('2000')])
  expect(await takenBack()).toContain('changed again since')
})

test('a file that a later apply found as it is to be, and another changed for it, is not taken back', async () => {
  await ran('AAAAAA', 1000, [put('old', 'new', ['applying'])])
  await expect(takenBack()).resolves.toBe('taken back')
  await ran('BBBBBB', 2000, [asPlanned('new', 'new')])
  await expect(takenBack()).resolves.toMatch(
    /^lb2: \/etc\/haproxy\/haproxy.cfg: wanted so since .* by run BBBBBB, oncall@ops2, too: to take run AAAAAA back would undo that$/,
  )
})

test('whoever resumes a run, and finds it so, does not hide who has come to rely on it meanwhile', async () => {
  await ran('AAAAAA', 1000, [put('old', 'new', ['applying'])])
  await ran('BBBBBB', 2000, [asPlanned('new', 'new')])
  const resumed = [
    { event: 'resumed', operator: 'oncall@ops2', pid: 2 },
    { event: 'verified', step: '1.lb2', took: 0, foundSo: true },
    { event: 'end', ended: 'done' },
  ]
  const lines = resumed.map((event) => `${JSON.stringify({ at: 3000, ...event })}\n`)
  await appendFile(join(home, 'zdt/runs/AAAAAA.ndjson'), lines.join(''))
  await expect(takenBack()).resolves.toContain('by run BBBBBB')
  // Nor does a run that is taken back beside it, where that has changed nothing.
  await ran('CCCCCC', 4000, [asPlanned('new', 'new')])
  await expect(takenBack(undefined, ['CCCCCC'])).resolves.toContain('by run BBBBBB')
  await expect(takenBack(undefined, ['BBBBBB', 'CCCCCC'])).resolves.toBe('taken back')
})

test.each([
  ['a later run that was itself taken back wants nothing', { ended: 'put-back' }],
  ['a host of another fleet may have the same name', { fleet: 'other' }],
])('%s', async (_, how) => {
  await ran('AAAAAA', 1000, [put('old', 'new')])
  await ran('BBBBBB', 2000, [asPlanned('new', 'new')], how)
  await expect(takenBack()).resolves.toBe('taken back')
})

test('a journal of another version, with steps of another shape, is in nobody’s way', async () => {
  await ran('AAAAAA', 1000, [put('old', 'new')])
  await ran('BBBBBB', 2000, [
    { kind: 'haproxy.set-server-state', input: {}, ends: ['already'] },
    { kind: 'config.as-planned', input: {}, ends: ['verified'] },
  ])
  await expect(takenBack()).resolves.toBe('taken back')
})

test('an earlier run relies on nothing that came after it', async () => {
  await ran('BBBBBB', 500, [asPlanned('new', 'new')])
  await ran('AAAAAA', 1000, [put('old', 'new')])
  await expect(takenBack()).resolves.toBe('taken back')
})

test('a file that was changed there and back comes to nothing', async () => {
  await ran('AAAAAA', 1000, [put('old', 'new'), put('new', 'old')])
  await ran('BBBBBB', 2000, [asPlanned('old', 'old')])
  await expect(takenBack()).resolves.toBe('taken back')
})

test('one that a later run has changed again: that goes first', async () => {
  await ran('AAAAAA', 1000, [put('old', 'new')])
  await ran('BBBBBB', 2000, [asPlanned('new', 'newer'), put('new', 'newer')])
  await expect(takenBack()).resolves.toMatch(/^lb2: \/etc\/haproxy\/haproxy.cfg: changed again since .* by run BBBBBB/)
  await ran('BBBBBB', 2000, [asPlanned('new', 'newer'), put('new', 'newer')], { ended: 'put-back' })
  await expect(takenBack()).resolves.toBe('taken back')
})

test('a server’s state and its weight, where a later run found what it wanted', async () => {
  await ran('AAAAAA', 1000, [state('drain', 'ready'), weight(50, 100)])
  await ran('BBBBBB', 2000, [weight(50, 50, ['already'])])
  await expect(takenBack()).resolves.toMatch(/^lb2: shop\/app2 → weight 50: wanted so/)
  await ran('CCCCCC', 3000, [state('drain', 'drain', ['already'])])
  await expect(takenBack()).resolves.toMatch(
    /^lb2: shop\/app2 → drain, lb2: shop\/app2 → weight 50: wanted so .* by run CCCCCC/,
  )
  await ran('DDDDDD', 4000, [state('ready', 'drain'), weight(100, 50)])
  await expect(takenBack()).resolves.toBe('taken back')
})

test('a server that was brought back in between, and drained anew by a later run', async () => {
  await ran('AAAAAA', 1000, [state('drain', 'ready')], { ended: 'paused' })
  await ran('BBBBBB', 2000, [state('ready', 'drain')])
  expect(await takenBack()).toBe('taken back')
  await ran('CCCCCC', 3000, [state('drain', 'ready')])
  expect(await takenBack()).toMatch(/^lb2: shop\/app2 → drain: changed again since .* by run CCCCCC/)
  // Somebody has brought it back by hand since: nothing is left to take back.
  expect(await takenBack([])).toBe('taken back')
  expect(await takenBack(['1.lb2'])).toContain('CCCCCC')
})

test('a version that a later rollout found there, and left alone', async () => {
  const app = { pool: 'shop', server: 'app2', app: {} }
  const deployed: Did = {
    kind: 'app.deploy',
    input: { ...app, to: '2', deploy: ['x'], back: ['x'], timeout: 1 },
    found: { version: '1', ill: null },
    ends: changed,
  }
  await ran('AAAAAA', 1000, [deployed])
  await expect(takenBack()).resolves.toBe('taken back')
  await ran('BBBBBB', 2000, [{ kind: 'app.runs', input: { ...app, version: '2' }, ends: ['verified'] }])
  await expect(takenBack()).resolves.toMatch(/^lb2: shop\/app2 → 2: wanted so since .* by run BBBBBB/)
})

test('a server that was drained and brought back comes to nothing', async () => {
  await ran('AAAAAA', 1000, [state('drain', 'ready'), state('ready', 'drain')])
  await ran('BBBBBB', 2000, [state('ready', 'ready', ['already'])])
  await expect(takenBack()).resolves.toBe('taken back')
  // Whoever drains it after that wants it drained.
  await ran('CCCCCC', 3000, [state('drain', 'ready')])
  expect(await takenBack()).toMatch(
    /^lb2: .*: wanted otherwise since .* by run CCCCCC, oncall@ops2: to take run AAAAAA back/,
  )
  await expect(takenBack([])).resolves.toBe('taken back')
})

const added = (more: object): Did => ({
  kind: 'haproxy.add-server',
  input: { seat, words: ['10.0.0.22:80', 'check'], ...more },
  found: { there: false },
  ends: changed,
})
const brought = (from: string, to: string): Did => {
  const one = put(from, to)
  return { ...one, input: { ...one.input, socket: seat.socket, atRest: [{ backend: 'shop', server: 'app2' }] } }
}

test.each<readonly [string, Did, Did, string]>([
  ['at run time, and a later run made it serve', added({ atRest: true }), state('ready', 'maint'), 'changed again'],
  ['with a reload, and a later run made it serve', brought('a', 'b'), state('ready', 'maint'), 'changed again'],
  ['in maintenance, where somebody has drained it', added({ atRest: true }), state('drain', 'maint'), 'taken back'],
  ['to serve at once: a later ready is nothing new', added({}), state('ready', 'drain'), 'taken back'],
])('a server that was brought %s', async (_what, first, later, outcome) => {
  await ran('AAAAAA', 1000, [first])
  await ran('BBBBBB', 2000, [later])
  expect(await takenBack()).toContain(outcome)
})

test('a command that was run again relies on nothing, nor does what set again what others had set', async () => {
  const work = { kind: 'host.work', input: { argv: ['true'] }, found: { begun: null }, ends: changed }
  await ran('AAAAAA', 1000, [work])
  await ran('BBBBBB', 2000, [work])
  expect(await takenBack()).toBe('taken back')
  await ran('AAAAAA', 1000, [state('drain', 'ready')])
  const servers = [{ backend: seat.backend, server: seat.server, wish: {} }]
  await ran('BBBBBB', 2000, [{ kind: 'haproxy.set-again', input: { socket: seat.socket, servers }, ends: ['already'] }])
  expect(await takenBack()).toBe('taken back')
})
