import { expect, test } from 'vitest'
import { notUp, parseHostState } from '../../../../src/daemons/linux/host-state.ts'
import { beginWork, hearWork, lookAtWork } from '../../../../src/daemons/linux/work-script.ts'

const up = 'boot b2\nsystem running\n'

test('a host that is up, and on which no work was begun', () => {
  const state = parseHostState(`${up}service haproxy.service active\n`)
  expect(state).toEqual({
    boot: 'b2',
    system: 'running',
    leaving: false,
    silent: false,
    begun: null,
    running: false,
    exit: null,
    over: false,
    down: [],
  })
  expect(notUp(state)).toEqual([])
})

test.each([
  ['runs', 'running\nbegun b2\n', { begun: 'b2', running: true, exit: null }],
  ['has exited', 'begun b2\nexit 3\n', { begun: 'b2', running: false, exit: 3 }],
  ['was cut short by a boot', 'begun b1\n', { begun: 'b1', running: false, exit: null }],
  ['is nobody’s any more', 'begun b1\nexit 0\nover\n', { exit: 0, over: true }],
])('work that %s', (_what, marks, expected) => {
  expect(parseHostState(up + marks)).toMatchObject(expected)
})

test.each([
  ['boot b\nsystem stopping\nservice a.service active\n', ['it shuts down']],
  ['boot b\nsystem running\nleaving\n', ['it shuts down']],
  ['boot b\nsystem starting\nservice a.service inactive\n', ['it is starting', 'a.service is inactive']],
  ['boot b\nsystem degraded\nservice a.service failed\n', ['a.service is failed']],
  ['', ['it is silent']],
  ['boot b\nsystem unknown\nservice a.service \n', ['it is silent']],
])('why it is not up: %j', (answer, reasons) => {
  expect(notUp(parseHostState(answer))).toEqual(reasons)
})

test('a command goes as words, and no variable of systemd’s is read in it', () => {
  expect(beginWork('7K2Q9X', ['sh', '-c', 'echo $HOME'])).toEqual([
    'env',
    expect.stringMatching(/^WORK=/) as string,
    '/bin/sh',
    '-c',
    expect.stringContaining('systemd-run') as string,
    'zdt-work',
    '/var/lib/zdt/runs',
    '7K2Q9X',
    'sh',
    '-c',
    'echo $$HOME',
  ])
  expect(lookAtWork('7K2Q9X', ['haproxy.service']).slice(-2)).toEqual(['7K2Q9X', 'haproxy.service'])
  expect(hearWork('7K2Q9X', 12).slice(-2)).toEqual(['/var/lib/zdt/runs/7K2Q9X.log', '12'])
})
