import { describe, expect, test } from 'vitest'
import { acceptingWorkers, leavingWorkers, nginxPhase, orphans } from '../../../../src/daemons/nginx/phase.ts'
import { parsePicture } from '../../../../src/daemons/nginx/parse-picture.ts'
import { picture, recorded, severalMasters } from './fixture.ts'

describe('the phase of a live upgrade, told by the processes', () => {
  test('before', () => expect(nginxPhase(picture('single'))).toMatchObject({ phase: 'single', master: { pid: 10092 } }))
  test('with the binary replaced on disk', () =>
    expect(nginxPhase(picture('replaced'))).toMatchObject({ phase: 'single', master: { exeDeleted: true } }))
  test('1: after USR2 both accept', () =>
    expect(nginxPhase(picture('both-accept'))).toMatchObject({
      phase: 'both-accept',
      old: { pid: 10092, version: { text: '1.22.1' } },
      fresh: { pid: 10372, version: { text: '1.26.3' } },
    }))
  test('2: after WINCH the old master still holds its sockets', () =>
    expect(nginxPhase(picture('winched'))).toMatchObject({ phase: 'winched', old: { pid: 10092 } }))
  test('3: after QUIT the old master has closed them and lingers', () =>
    expect(nginxPhase(picture('old-lingers'))).toMatchObject({
      phase: 'old-lingers',
      old: { pid: 10092, listeners: [] },
    }))
  test('4: the old one is gone', () =>
    expect(nginxPhase(picture('upgraded'))).toMatchObject({ phase: 'single', master: { pid: 10372, ppid: 1 } }))
})

test('workers are counted by their master and by what they still do', () => {
  const winched = picture('winched')
  expect(acceptingWorkers(winched, { pid: 10372 })).toHaveLength(2)
  expect(acceptingWorkers(winched, { pid: 10092 })).toHaveLength(0)
  expect(leavingWorkers(winched, { pid: 10092 })).toHaveLength(1)
})

test('in an orderly upgrade there are no orphans', () => {
  for (const name of ['single', 'both-accept', 'winched', 'old-lingers', 'upgraded'])
    expect(orphans(picture(name))).toEqual([])
})

test('while the new program waits for an address it is starting, not serving', () =>
  expect(nginxPhase(picture('starting'))).toMatchObject({
    phase: 'starting',
    old: { pid: 14966 },
    young: { pid: 14972 },
  }))

test('a worker that bears its master’s title for a moment after fork is no second master', () => {
  const forked = recorded('single').replace(' arg nginx: worker process', ' arg nginx: master process /usr/sbin/nginx')
  expect(nginxPhase(parsePicture(forked) ?? picture('none'))).toMatchObject({ phase: 'starting', old: { pid: 10092 } })
})

test('two masters that are not parent and child are several', () =>
  expect(nginxPhase(severalMasters()).phase).toBe('several'))

test('kill -9 of a new master leaves its workers as orphans that accept', () => {
  expect(orphans(picture('orphans')).map(({ role, ppid }) => [role, ppid])).toEqual([
    ['worker', 1],
    ['worker', 1],
  ])
  expect(nginxPhase(picture('orphans'))).toMatchObject({ phase: 'single', master: { version: { text: '1.22.1' } } })
})

test('HUP to the old master in phase 1 doubles its workers', () =>
  expect(acceptingWorkers(picture('doubled-in-phase-1'), { pid: 11202 })).toHaveLength(4))
