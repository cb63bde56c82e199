import { expect, test } from 'vitest'
import type { NginxPicture } from '../../../../src/daemons/nginx/picture.ts'
import { nginxReloadTook, refuseNginxReload, type NginxRunning } from '../../../../src/daemons/nginx/reload.ts'
import { picture } from './fixture.ts'

const single = picture('taken')
const [master] = single.masters
const workers = single.others.filter(({ role }) => role === 'worker')
if (master?.settings == null || workers.length !== master.settings.workers) throw new Error('the fixture is whole')

const running = (seen: NginxPicture, lines: NginxRunning['lines'] = []): NginxRunning => ({
  picture: seen,
  log: null,
  lines,
})
/** After a reload `age` seconds ago: new workers, and the old ones leaving or (poisoned) not. */
function reloaded(age: number, { count = workers.length, leave = true } = {}): NginxPicture {
  const startTicks = Math.round((single.uptime - age) * 100)
  const [one] = workers
  if (one === undefined) throw new Error('the fixture has workers')
  const fresh = Array.from({ length: count }, (_, index) => ({ ...one, pid: 90_000 + index, startTicks }))
  const old = workers.map((worker) => ({ ...worker, role: leave ? ('worker-leaving' as const) : worker.role }))
  return { ...single, others: [...old, ...fresh] }
}
const before = running(single)
const unseen = { masters: [], others: [] }

test('taken: as many new workers as are configured, alive for a second, the old ones leaving', () =>
  expect(nginxReloadTook(before, running(reloaded(1.2)))).toEqual({ done: true, awaiting: [] }))

test.each([
  ['nothing has happened', single, 'new workers'],
  ['they are too young', reloaded(0.4), 'the new workers to have lived for 1 s'],
  [
    'it is not seen for a moment',
    { ...single, ...unseen },
    `a sight of nginx, which systemd has as ${single.unit.mainPid}`,
  ],
  ['one is missing', reloaded(1.2, { count: workers.length - 1 }), '1 more workers'],
])('not yet: %s', (_what, seen, awaiting) =>
  expect(nginxReloadTook(before, running(seen))).toEqual({ done: false, awaiting: [awaiting] }),
)

const emerg = { level: 'emerg', pid: 1, text: 'bind() to 0.0.0.0:22 failed (98: Address already in use)' } as const
const gaveUp = { level: 'emerg', pid: 1, text: 'still could not bind()' } as const
const alert = {
  level: 'alert',
  pid: 1,
  text: 'worker process 7 exited with fatal code 2 and cannot be respawned',
} as const
const noise = { level: 'alert', pid: 1, text: 'open socket #3 left in connection 4' } as const

test.each([
  ['case 10', running(single, [emerg, emerg, gaveUp]), /goes on with the configuration before/],
  ['case 3', running({ ...single, others: [] }, [alert]), /left without workers/],
  ['case 11', running(reloaded(1.2, { leave: false })), /adds workers without reading its configuration/],
  [
    'gone',
    running({ ...single, ...unseen, unit: { ...single.unit, activeState: 'failed', mainPid: null } }),
    /nginx is gone/,
  ],
  ['restarted', running({ ...single, masters: [{ ...master, startTicks: 1 }] }), /was restarted/],
])('never: %s', (_what, now, message) => expect(nginxReloadTook(before, now).failed?.message).toMatch(message))

test('an address in use is tried for 2.5 s: until then nobody knows', () => {
  expect(nginxReloadTook(before, running(single, [emerg]))).toEqual({ done: false, awaiting: [emerg.text] })
  expect(nginxReloadTook(before, running(reloaded(1.2), [emerg])).done).toBe(true)
})

test('an alert about one connection is none about the configuration', () =>
  expect(nginxReloadTook(before, running(reloaded(1.2), [noise])).done).toBe(true))

test('what stands in the way of an upgrade alone does not stand in that of a reload', () => {
  expect(refuseNginxReload(before)).toEqual([])
  const argv = { ...master.argv, binary: 'nginx' }
  expect(
    refuseNginxReload(running({ ...single, masters: [{ ...master, argv }], unit: { ...single.unit, type: 'simple' } })),
  ).toEqual([])
  expect(refuseNginxReload(running({ ...single, pidFiles: {} })).map(({ code }) => code)).toEqual(['pid-file-missing'])
})
