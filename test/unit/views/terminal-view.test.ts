import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Event } from '../../../src/engine/events.ts'
import { terminalView } from '../../../src/views/terminal-view.ts'
import { FakeTerminal } from './fake-terminal.ts'
import { describe, drainLeft, drainThatWaits, upgradePutBack, upgradeUndoFails } from './recorded-runs.ts'

const stdout = vi.spyOn(process.stdout, 'write')

beforeEach(() => {
  stdout.mockClear()
})

afterEach(() => {
  expect(stdout.mock.calls).toEqual([])
})

interface Show {
  readonly columns?: number
  readonly env?: Record<string, string>
}

async function show(events: readonly Event[], { columns = 80, env = { LANG: 'C.UTF-8', NO_COLOR: '1' } }: Show = {}) {
  const terminal = new FakeTerminal(columns)
  let now = 0
  const view = terminalView(describe, terminal.stream, { env, now: () => now })
  for (const event of events) {
    now = event.at
    view.event(event)
  }
  return { terminal, view }
}

async function shown(events: readonly Event[], options?: Show): Promise<string> {
  const { terminal, view } = await show(events, options)
  await view.settled()
  return terminal.text
}

test('a drain that waits: two lines stay, in order', async () => {
  expect(await shown(drainThatWaits)).toMatchInlineSnapshot(`
    "✔ 1  set server shop/app2 state drain · lb1, lb2                         0.1 s
    ✔ 2  wait until nobody is connected (5 m) · lb1, lb2                      41 s
    "
  `)
})

test('an upgrade that failed: what was done, what failed and why, what was put back', async () => {
  expect(await shown(upgradePutBack)).toMatchInlineSnapshot(`
    "✔ 1  drain web1 · lb1, lb2                                               6.2 s
    ✔ 2  test the new binary · web1                                          1.4 s
    ✔ 3  replace /usr/sbin/nginx · web1                                      0.1 s
    ✖ 4  start the new master (USR2) · web1                                  0.4 s
         web1: the new master 4411 lived 0.4 s
         said: nginx: [emerg] bind() to 0.0.0.0:8443 failed (98: Address already
                 in use)
    ↩ 4  put back: start the new master (USR2) · web1                        0.1 s
    ↩ 3  put back: replace /usr/sbin/nginx · web1                            0.1 s
    ↩ 1  put back: drain web1 · lb1, lb2                                     0.2 s
    "
  `)
  expect(await shown(upgradePutBack, { columns: 40 })).toMatchInlineSnapshot(`
    "✔ 1  drain web1 · lb1, lb2       6.2 s
    ✔ 2  test the new binary · web1  1.4 s
    ✔ 3  replace /usr/sbin/nginx · web1
         0.1 s
    ✖ 4  start the new master (USR2) ·
         web1                        0.4 s
         web1: the new master 4411 lived
           0.4 s
         said: nginx: [emerg] bind() to
                 0.0.0.0:8443 failed (98:
                 Address already in use)
    ↩ 4  put back: start the new master
         (USR2) · web1               0.1 s
    ↩ 3  put back: replace /usr/sbin/nginx
         · web1                      0.1 s
    ↩ 1  put back: drain web1 · lb1, lb2
         0.2 s
    "
  `)
})

test('a wait whose time was over, left as it is', async () => {
  expect(await shown(drainLeft)).toMatchInlineSnapshot(`
    "✔ 1  set server shop/app2 state drain · lb1, lb2                         0.1 s
    ⚠ 2  time is over: wait until nobody is connected (5 m) · lb1, lb2         5 m
         lb1  203.0.113.9:51022  GET /export  since 7 m 10 s
    "
  `)
})

test('an undo that failed', async () => {
  expect(await shown(upgradeUndoFails)).toMatchInlineSnapshot(`
    "✔ 1  drain web1 · lb1, lb2                                               6.2 s
    ✔ 2  test the new binary · web1                                          1.4 s
    ✔ 3  replace /usr/sbin/nginx · web1                                      0.1 s
    ✖ 4  start the new master (USR2) · web1                                  0.4 s
         web1: the new master 4411 lived 0.4 s
         said: nginx: [emerg] bind() to 0.0.0.0:8443 failed (98: Address already
                 in use)
    ↩ 4  put back: start the new master (USR2) · web1                        0.1 s
    ✖ 3  not put back: replace /usr/sbin/nginx · web1                        0.1 s
         web1: the disk is full
         said: No space left on device
    "
  `)
})

test('with colour, and where marks are ASCII', async () => {
  const { terminal, view } = await show(drainThatWaits, { env: { FORCE_COLOR: '1', LANG: 'C.UTF-8' } })
  await view.settled()
  expect(terminal.raw).toContain('\u001b[32m✔\u001b[39m 1  set server shop/app2 state drain')
  const plain = await show(drainThatWaits, { env: { LANG: 'C', NO_COLOR: '1' } })
  await plain.view.settled()
  // oxlint-disable-next-line no-control-regex -- all of ASCII
  expect(plain.terminal.raw).toMatch(/^[\u0000-\u007f]*$/)
  expect(plain.terminal.text).toMatchInlineSnapshot(`
    "+ 1  set server shop/app2 state drain - lb1, lb2                         0.1 s
    + 2  wait until nobody is connected (5 m) - lb1, lb2                      41 s
    "
  `)
})

test('a host that a step names itself is not named twice', async () => {
  const waits = drainThatWaits
    .slice(0, 13)
    .map((event) =>
      event.event === 'waiting' ? { ...event, awaiting: ['lb1  203.0.113.9:51022  GET /export'] } : event,
    )
  const { terminal, view } = await show(waits)
  await vi.waitFor(() => expect(terminal.text).toMatch(/^ +lb1 {2}203\.0\.113\.9:51022/m))
  await view.settled()
})

test('while it waits it says for how long and for whom; twenty connections are eight lines and a count', async () => {
  const awaiting = Array.from({ length: 20 }, (_, index) => `203.0.113.${index + 1}:51022  GET /export`)
  const waits = drainThatWaits.slice(0, 13).map((event) => (event.event === 'waiting' ? { ...event, awaiting } : event))
  const { terminal, view } = await show(waits)
  await vi.waitFor(() => expect(terminal.text).toContain('203.0.113.1:51022'))
  expect(terminal.text.replace(/^[^✔ ] 2/m, '⠙ 2')).toMatchInlineSnapshot(`
    "✔ 1  set server shop/app2 state drain · lb1, lb2                         0.1 s
    ⠙ 2  wait until nobody is connected (5 m) · lb1, lb2              0.1 s of 5 m
         lb1  203.0.113.1:51022  GET /export
         lb1  203.0.113.2:51022  GET /export
         lb1  203.0.113.3:51022  GET /export
         lb1  203.0.113.4:51022  GET /export
         lb1  203.0.113.5:51022  GET /export
         lb1  203.0.113.6:51022  GET /export
         lb1  203.0.113.7:51022  GET /export
         lb1  203.0.113.8:51022  GET /export
         … and 12 more
    "
  `)
  await view.settled()
})

test('paused mid-stage: settled leaves a still line, and the stage goes on in a new one', async () => {
  const { terminal, view } = await show(drainThatWaits.slice(0, 13))
  await view.settled()
  const still = terminal.raw
  terminal.write('? What now?\n')
  for (const event of drainThatWaits.slice(13)) view.event(event)
  await view.settled()
  expect(terminal.raw.startsWith(`${still}? What now?\n`)).toBe(true)
  expect(terminal.text).toMatchInlineSnapshot(`
    "✔ 1  set server shop/app2 state drain · lb1, lb2                         0.1 s
    ⚠ 2  wait until nobody is connected (5 m) · lb1, lb2                     0.1 s
         lb1  203.0.113.9:51022  GET /export  since 2 m 10 s
         lb1  old worker 8841  1 session
    ? What now?
    ✔ 2  wait until nobody is connected (5 m) · lb1, lb2                      40 s
    "
  `)
})

test('a note of zdt shows under the line that moves, and on its own where none does', async () => {
  const { terminal, view } = await show(drainThatWaits.slice(0, 13))
  view.note('pausing after this step')
  await vi.waitFor(() => expect(terminal.text).toContain('   pausing after this step\n'))
  await view.settled()
  view.note('bye')
  await view.settled()
  expect(terminal.lines.at(-1)).toBe('bye')
})

test('the cursor is shown again at the end', async () => {
  const { terminal, view } = await show(upgradePutBack)
  await view.settled()
  expect(terminal.raw.lastIndexOf('\u001b[?25h')).toBeGreaterThan(terminal.raw.lastIndexOf('\u001b[?25l'))
})

test('a process that dies mid-stage ends, writes nothing to stdout, and what it said on stderr is there', async () => {
  const module = fileURLToPath(new URL('../../../src/views/live-line.ts', import.meta.url))
  const program = `
    import { startLiveLine } from ${JSON.stringify(module)}
    const { write } = process.stderr
    await startLiveLine(process.stderr, { say: () => 'moving', unicode: true, paint: (text) => text })
    while (process.stderr.write === write) await new Promise((resolve) => setImmediate(resolve))
    process.stderr.write('a bug in zdt\\n')`
  const died = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program])
  expect(died.stdout).toBe('')
  expect(died.stderr).toContain('moving')
  expect(died.stderr).toContain('a bug in zdt\n')
})

test('a terminal that says it has no column is drawn on like one of 80', async () => {
  expect(await shown(drainThatWaits, { columns: 0 })).toBe(await shown(drainThatWaits, { columns: 80 }))
})
