import { describe, expect, test } from 'vitest'
import type { HostName } from '../../../../src/lib/types.ts'
import { fitForUpgrade } from '../../../../src/steps/nginx/fit-for-upgrade.ts'
import { healMaster } from '../../../../src/steps/nginx/repair/heal-master.ts'
import { orphansGone, quitOrphans } from '../../../../src/steps/nginx/repair/quit-orphans.ts'
import { removeOldbin } from '../../../../src/steps/nginx/repair/remove-oldbin.ts'
import { writePidFile } from '../../../../src/steps/nginx/repair/write-pid-file.ts'
import { knownAs, showing } from './pictured.ts'

const unit = 'nginx.service'
const target = '/usr/sbin/nginx'
const place = { unit, target, backup: '/usr/sbin/nginx.zdt-7K2Q9X' }
const web1 = 'web1' as HostName

describe('the pid file', () => {
  const input = { unit, path: '/run/nginx.pid' }
  test.each([
    ['pid-file-missing', false],
    ['pid-file-empty', false],
    ['pid-file-other', false],
    ['single', true],
  ])('%s: done %s', async (name, done) => {
    const found = await writePidFile.observe(input, showing(name))
    expect(writePidFile.isDone(input, found)).toBe(done)
    expect(await writePidFile.verify(input, found, showing(name))).toMatchObject({ done })
  })
  test('in the middle of an upgrade it is left alone', () =>
    expect(writePidFile.observe(input, showing('winched'))).rejects.toThrow('it is in phase winched'))
})

describe('.oldbin', () => {
  const input = { unit, path: '/run/nginx.pid.oldbin' }
  test.each([
    ['oldbin-left', false],
    ['single', true],
  ])('%s: done %s', async (name, done) => {
    const found = await removeOldbin.observe(input, showing(name))
    expect(removeOldbin.isDone(input, found)).toBe(done)
    expect(await removeOldbin.verify(input, found, showing(name))).toMatchObject({ done })
  })
  test('of an upgrade that is under way it is left alone', () =>
    expect(removeOldbin.observe(input, showing('both-accept'))).rejects.toThrow('it is in phase both-accept'))
})

describe('workers without a master', () => {
  const input = { unit, pids: [11671, 11672] }
  test('are told to end, and waited for until they have', async () => {
    const found = await quitOrphans.observe(input, showing('orphans'))
    expect(found).toEqual({ pids: [11671, 11672] })
    expect(quitOrphans.isDone(input, found)).toBe(false)
    expect(await quitOrphans.verify(input, found, showing('orphans'))).toEqual({
      done: false,
      awaiting: ['11671, 11672 without a master still accept'],
    })
  })
  test('one that still serves its last connection accepts no more, and is named', async () => {
    const leaving = (text: string) => text.replaceAll(/nginx: worker process$/gm, '$& is shutting down')
    const on = showing('orphans', leaving)
    expect(await quitOrphans.verify(input, { pids: [] }, on)).toMatchObject({ done: true })
    expect(await orphansGone.look({ unit, timeout: 1 }, on, 0)).toEqual({
      done: false,
      awaiting: [11671, 11672].map((pid) => `web1  worker ${pid} ends with its last connection`),
    })
    expect(await orphansGone.look({ unit, timeout: 1 }, showing('single'), 0)).toMatchObject({ done: true })
  })
})

describe('a master with too many workers', () => {
  const found = { old: knownAs('too-many-workers', 11202), wanted: 2 }
  /** As the recorded one, but for its binary, which was replaced. */
  const whole = (text: string) => text.replace(/^ stat \S+ (\d+ \d+ 0:0)$/m, ` stat ${found.old.inode} $1`)

  test('is to be healed; one with as many as are configured is not', async () => {
    const sick = await healMaster.observe(place, showing('too-many-workers', whole))
    expect(sick).toMatchObject({ old: { pid: 11202, workers: 4 }, wanted: 2 })
    expect(healMaster.isDone(place, sick)).toBe(false)
    expect(await healMaster.verify(place, sick, showing('too-many-workers'))).toEqual({
      done: false,
      awaiting: ['4 workers, 2 are configured'],
    })
    expect(healMaster.isDone(place, await healMaster.observe(place, showing('single')))).toBe(true)
  })
  test('whose binary was replaced is not sent USR2, nor one without its pid file', async () => {
    await expect(healMaster.observe(place, showing('too-many-workers'))).rejects.toThrow(
      'is no longer the file that runs',
    )
    await expect(healMaster.observe(place, showing('pid-file-missing'))).rejects.toThrow('USR2 would break the master')
  })
  test('with its second master still there it is neither done nor undone, and the way back is known', async () => {
    const halfWay = { old: knownAs('both-accept', 10092), wanted: 2 }
    const on = showing('both-accept')
    expect(await healMaster.verify(place, halfWay, on)).toMatchObject({ done: false })
    expect(await healMaster.undone(place, halfWay, on)).toMatchObject({ done: false })
    expect(await healMaster.halfway?.(place, halfWay, on)).toBe(true)
  })
})

test('a mend is kept when the run is put back, and leaves nothing to be done by hand', () => {
  for (const kind of [writePidFile, removeOldbin, quitOrphans, healMaster]) expect(kind.stays).toBe(true)
  expect(writePidFile.describeUndo({ unit, path: '/run/nginx.pid' }, { names: null, master: 1 }, web1)).toEqual([])
})

describe('fit for an upgrade', () => {
  test('what will be mended later is no reason yet; anything else is', async () => {
    const on = showing('orphans')
    const check = (mended: ('end-orphans' | 'heal-master')[]) => fitForUpgrade.check({ unit, target, mended }, on)
    await expect(check(['heal-master'])).rejects.toMatchObject({ code: 'orphan-workers' })
    await expect(check(['end-orphans'])).rejects.toMatchObject({ code: 'binary-replaced' })
  })
  test.each([
    ['oldbin-left', true],
    ['winched', false],
  ])('%s: --repair is named first: %s', async (name, named) => {
    const refused: unknown = await fitForUpgrade.check({ unit, target }, showing(name)).catch((error: unknown) => error)
    expect(refused).toMatchObject({ suggestions: expect.any(Array) as unknown })
    const { suggestions } = refused as { suggestions: string[] }
    expect(suggestions[0]?.startsWith('the same with --repair')).toBe(named)
  })
})
