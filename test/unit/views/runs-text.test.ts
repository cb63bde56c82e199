import { beforeAll, expect, test, vi } from 'vitest'
import { runRow } from '../../../src/engine/run-row.ts'
import { historyText } from '../../../src/views/history-text.ts'
import { makePaint } from '../../../src/views/paint.ts'
import { plainPage } from '../../../src/views/page.ts'
import { runsText, runText } from '../../../src/views/runs-text.ts'
import { describe, drainLeft, drainThatWaits, upgradePutBack, upgradeUndoFails } from './recorded-runs.ts'

beforeAll(() => {
  vi.stubEnv('TZ', 'UTC')
})

const known = { here: true, hosts: ['lb1', 'lb2'], halfDone: false, parts: [], locks: true }
const rows = [drainThatWaits, upgradePutBack, drainLeft.slice(0, -1)]
  .flatMap((events) => runRow(events) ?? [])
  .map((row) => ({ ...row, ...known }))

test('one that waits for a yes, unattended', () => {
  const asks = rows.slice(0, 1).map((row) => ({ ...row, going: 'running' as const, asks: 'Bring all others to 2?' }))
  expect(runsText(asks, plainPage(80))).toMatch(/waits for a yes: Bring all others to 2\? zdt\s+promote \w{6}\n$/)
})

test('the list of runs', () => {
  expect(runsText(rows, plainPage(80))).toMatchInlineSnapshot(`
    "run      when               title                operator      ended      lost
    7K2Q9X   2026-11-20 14:02   drain app2           ci@runner-3   done
    7K2Q9X   2026-11-20 14:02   upgrade-nginx web1   ci@runner-3   put-back
    7K2Q9X   2026-11-20 14:02   drain app2           ci@runner-3   no end
    "
  `)
  expect(runsText(rows, plainPage(40))).toMatchInlineSnapshot(`
    "run      when
    7K2Q9X   2026-11-20 14:02
      title drain app2
      operator ci@runner-3 · ended done
    7K2Q9X   2026-11-20 14:02
      title upgrade-nginx web1
      operator ci@runner-3 · ended put-back
    7K2Q9X   2026-11-20 14:02
      title drain app2
      operator ci@runner-3 · ended no end
    "
  `)
  expect(runsText([], plainPage())).toBe('no run yet\n')
})

test('a run that is half done says what to type, here or after it is taken over; a wide page has the hosts too', () => {
  const [row] = rows
  if (!row) throw new Error('no row')
  const two = [
    { ...row, ended: 'paused', halfDone: true } as const,
    { ...row, run: 'K7M2PQ', ended: 'left', halfDone: true, here: false } as const,
    row,
  ]
  expect(runsText(two, plainPage(100))).toMatchInlineSnapshot(`
    "run      when               title        operator      ended    lost   hosts
    7K2Q9X   2026-11-20 14:02   drain app2   ci@runner-3   paused          lb1, lb2
    K7M2PQ   2026-11-20 14:02   drain app2   ci@runner-3   left            lb1, lb2
    7K2Q9X   2026-11-20 14:02   drain app2   ci@runner-3   done            lb1, lb2

    7K2Q9X is half done: zdt resume 7K2Q9X, or zdt rollback 7K2Q9X
    K7M2PQ is half done: zdt adopt K7M2PQ, and then zdt resume or zdt rollback
    "
  `)
})

test('runs of several fleets say which; one that goes on is not one that died', () => {
  const [row] = rows
  if (!row) throw new Error('no row')
  const { ended: _, ...open } = row
  const several = [
    { ...open, fleet: 'prod', going: 'running' } as const,
    { ...open, fleet: 'lab', going: 'died' } as const,
    { ...row, fleet: 'lab' },
  ]
  expect(runsText(several, plainPage(80))).toMatchInlineSnapshot(`
    "run      when               fleet   title        operator      ended     lost
    7K2Q9X   2026-11-20 14:02   prod    drain app2   ci@runner-3   running
    7K2Q9X   2026-11-20 14:02   lab     drain app2   ci@runner-3   died
    7K2Q9X   2026-11-20 14:02   lab     drain app2   ci@runner-3   done
    "
  `)
})

test('a row knows its fleet, and the process that worked on it last', () => {
  const [run, ...more] = drainLeft
  if (run?.event !== 'run') throw new Error('a run begins with its run')
  const at = 2
  const events = [{ ...run, fleet: 'prod', process: 'ops1 1 2' }, ...more]
  expect(runRow(events)).toMatchObject({ fleet: 'prod', process: 'ops1 1 2' })
  const resumed = { event: 'resumed', operator: 'x', pid: 3, process: 'ops1 3 4', at } as const
  expect(runRow([...events, resumed])).toMatchObject({ process: 'ops1 3 4' })
})

test('a row knows who else went on with it, and history tells', () => {
  const [run, ...more] = drainLeft
  if (run?.event !== 'run') throw new Error('a run begins with its run')
  const by = (event: 'adopted' | 'resumed' | 'rolling-back', operator: string) => ({ event, operator, pid: 3, at: 2 })
  const own = [run, ...more, by('resumed', run.operator)]
  expect(runRow(own)).not.toHaveProperty('others')
  const row = runRow([...own, by('adopted', 'b@ops2'), by('resumed', 'b@ops2'), by('rolling-back', 'c@ops3')])
  expect(row).toMatchObject({ operator: 'ci@runner-3', others: ['b@ops2', 'c@ops3'] })
  if (!row) throw new Error('it has begun')
  expect(historyText({ runs: [{ ...row, ...known }], unseen: [] }, plainPage(120))).toContain(
    'ci@runner-3, then b@ops2, then c@ops3',
  )
})

test('a row knows what its probe lost, and a torn journal is no row', () => {
  const end = { event: 'end', at: 1, ended: 'done', left: [], probe: { total: { lost: 2 } } } as const
  expect(runRow([...drainThatWaits.slice(0, 3), end])).toMatchObject({ run: '7K2Q9X', ended: 'done', lost: 2 })
  expect(runRow([])).toBeUndefined()
})

test('a run told from its journal: what was found, done, decided and put back', () => {
  expect(runText(upgradePutBack, describe, plainPage(80))).toMatchInlineSnapshot(`
    "2026-11-20
    14:02:11 run 7K2Q9X upgrade-nginx web1 by ci@runner-3
    14:02:11 lb1    step 1/4 drain …
    14:02:11 lb2    step 1/4 drain …
    14:02:17 lb1    step 1/4 drain ✔ 6.2 s
    14:02:17 lb2    step 1/4 drain ✔ 6.2 s
    14:02:18 web1   step 2/4 test /tmp/nginx ✔ 1.4 s
    14:02:18 web1   step 3/4 replace /usr/sbin/nginx …
    14:02:18 web1   step 3/4 replace /usr/sbin/nginx ✔ 0.1 s
    14:02:18 web1   step 4/4 USR2 …
    14:02:19 web1   step 4/4 USR2 ✖ 0.4 s: the new master 4411 lived 0.4 s
    14:02:19 web1   step 4/4 said: nginx: [emerg] bind() to 0.0.0.0:8443 failed (98:
             Address already in use)
    14:02:19        step 4/4 decided: put back
    14:02:19 web1   step 4/4 USR2 ↩ putting back …
    14:02:19 web1   step 4/4 USR2 ↩ put back 0.1 s
    14:02:19 web1   step 3/4 replace /usr/sbin/nginx ↩ putting back …
    14:02:19 web1   step 3/4 replace /usr/sbin/nginx ↩ put back 0.1 s
    14:02:19 lb2    step 1/4 drain ↩ putting back …
    14:02:19 lb2    step 1/4 drain ↩ put back 0.1 s
    14:02:19 lb1    step 1/4 drain ↩ putting back …
    14:02:19 lb1    step 1/4 drain ↩ put back 0.1 s
    14:02:19 run 7K2Q9X ended: put-back
    "
  `)
})

test('a run that left something', () => {
  const kept = drainLeft.filter(({ event }) => event !== 'waiting')
  expect(runText(kept, describe, plainPage(80))).toMatchInlineSnapshot(`
    "2026-11-20
    14:02:11 run 7K2Q9X drain app2 by ci@runner-3
    14:02:11 lb1   step 1/2 found admin ready
    14:02:11 lb1   step 1/2 drain …
    14:02:11 lb2   step 1/2 found admin drain
    14:02:11 lb2   step 1/2 drain ✔ already so
    14:02:11 lb1   step 1/2 drain ✔ 0.1 s
    14:02:11 lb2   step 2/2 nobody connected ✔ 0.1 s
    14:07:11 lb1   step 2/2 nobody connected ⚠ time is over after 5 m; awaited:
             203.0.113.9:51022  GET /export  since 7 m 10 s
    14:07:21       step 2/2 decided: leave it
    14:07:21 run 7K2Q9X ended: left
    14:07:21       to put back by hand: lb1: set server shop/app2 state ready
    "
  `)
  expect(runText(upgradeUndoFails.slice(-3), describe, { width: 80, paint: makePaint(true) })).toMatchInlineSnapshot(`
    "[2m2026-11-20[22m
    [2m14:02:19[22m    step 3.web1 ↩ putting back …
    [2m14:02:19[22m    step 3.web1 [31m✖ not put back: the disk is full[39m
    [2m14:02:19[22m    step 3.web1 said: No space left on device
    [2m14:02:19[22m run  ended: left
    [2m14:02:19[22m    to put back by hand: web1: mv nginx.zdt-7K2Q9X nginx
    [2m14:02:19[22m    to put back by hand: lb1: set server web/web1 state ready
    "
  `)
})
