import { describe, expect, test } from 'vitest'
import type { ChangeKind, On } from '../../../../src/engine/step-kind.ts'
import type { Json } from '../../../../src/lib/types.ts'
import { holdNew } from '../../../../src/steps/nginx/hold.ts'
import { quitOldMaster } from '../../../../src/steps/nginx/quit-old-master.ts'
import { retireOldWorkers } from '../../../../src/steps/nginx/retire-old-workers.ts'
import { startNewMaster } from '../../../../src/steps/nginx/start-new-master.ts'
import { picture } from '../../daemons/nginx/fixture.ts'
import { idIn, knownAs, showing } from './pictured.ts'

/*
 * How another process, that knows a step's input and what it found, judges what it sees of nginx. The recorded upgrade
 * goes from master 10092 (1.22.1) to 10372 (1.26.3).
 */

const place = { unit: 'nginx.service', target: '/usr/sbin/nginx', backup: '/usr/sbin/nginx.zdt-7K2Q9X' }
/** As `provenAfter` wants it: the recorded one was quicker than an upgrade is. */
const seconds = (text: string) => text.replace(/^@uptime .*$/m, '@uptime 1700.00')

type Stands = 'after' | 'before' | 'again' | 'halfway' | 'odd'

async function stands<Input extends Json, Found extends Json>(
  kind: ChangeKind<Input, Found>,
  input: Input,
  found: Found,
  on: On,
): Promise<Stands> {
  const asked = async (look: Promise<{ done: boolean }> | undefined) => (await look?.catch(() => undefined))?.done
  if (await asked(kind.verify(input, found, on))) return 'after'
  if (await asked(kind.undone(input, found, on))) return 'before'
  if (await asked(kind.untouched?.(input, found, on))) return 'again'
  return (await kind.halfway?.(input, found, on)) ? 'halfway' : 'odd'
}

describe('on the way there', () => {
  const old = knownAs('single', 10092)
  const fresh = idIn('upgraded', 10372)
  test.each<[name: string, start: Stands, retire: Stands, quit: Stands]>([
    ['single', 'before', 'before', 'before'],
    ['replaced', 'before', 'before', 'before'],
    ['both-accept', 'after', 'again', 'halfway'],
    ['winched', 'halfway', 'after', 'again'],
    ['old-lingers', 'halfway', 'after', 'after'],
    // Only the last step about nginx is asked: seen from the first, a stranger serves.
    ['upgraded', 'odd', 'after', 'after'],
    ['none', 'halfway', 'halfway', 'halfway'],
    // Another master than any that was seen: restarted by somebody.
    ['taken', 'odd', 'odd', 'odd'],
  ])('%s: USR2 %s, WINCH %s, QUIT %s', async (name, start, retire, quit) => {
    const on = showing(name, seconds)
    expect({
      start: await stands(startNewMaster, { ...place, version: '1.26.3' }, { old, log: null, runs: false }, on),
      retire: await stands(retireOldWorkers, place, { old, fresh, winched: false }, on),
      quit: await stands(quitOldMaster, place, { old, fresh, stale: null }, on),
    }).toEqual({ start, retire, quit })
  })

  test('restarted by somebody, and it runs the very file that the run has put there: as good as upgraded', async () => {
    const on = showing('taken', seconds)
    const [lies] = picture('taken').binaries
    const known = { ...place, fresh: lies?.sha256 ?? '' }
    expect(await stands(retireOldWorkers, known, { old, fresh, winched: false }, on)).toBe('after')
    expect(await stands(quitOldMaster, known, { old, fresh, stale: null }, on)).toBe('after')
    expect(await stands(quitOldMaster, { ...known, fresh: 'f00d' }, { old, fresh, stale: null }, on)).toBe('odd')
  })

  test('a new master that is younger than 3 s is not proven, and not undone: it is waited for', async () => {
    const on = showing('both-accept')
    expect(await stands(startNewMaster, { ...place, version: '1.26.3' }, { old, log: null, runs: false }, on)).toBe(
      'halfway',
    )
  })

  test('a new version that is not the one wanted is not it', async () => {
    const on = showing('both-accept', seconds)
    expect(await stands(startNewMaster, { ...place, version: '1.27.0' }, { old, log: null, runs: false }, on)).toBe(
      'halfway',
    )
  })
})

describe('on the way back, where the old code is the younger process', () => {
  // Upgraded from what 10372 runs to what 10092 runs; the first process of the old code has long gone.
  const old = { ...knownAs('upgraded', 10372), pid: 9000, startTicks: 90_000 }
  const fresh = idIn('single', 10092)
  test.each<[name: string, quit: Stands]>([
    // Nothing of the way back was begun, or the file alone was put back.
    ['single', 'after'],
    ['both-accept', 'halfway'],
    ['winched', 'halfway'],
    ['old-lingers', 'halfway'],
    ['upgraded', 'before'],
  ])('%s: QUIT %s', async (name, quit) => {
    expect(await stands(quitOldMaster, place, { old, fresh, stale: null }, showing(name, seconds))).toBe(quit)
  })
})

describe('after the host has booted anew', () => {
  const booted = (text: string) => seconds(text).replace(/^@uptime .*$/m, '$&\n@boot b2')
  const old = { ...knownAs('single', 10092), boot: 'b1' }
  // By chance a process of the new boot may have the name of one of before.
  const fresh = { pid: 4, startTicks: 2 }
  test.each<[name: string, stands: Stands]>([
    // systemd has started the new nginx: that is what each of them leaves.
    ['upgraded', 'after'],
    // The file was put back before, or never replaced: the old one.
    ['single', 'before'],
    // It did not come up.
    ['none', 'halfway'],
  ])('%s: %s', async (name, all) => {
    const on = showing(name, booted)
    expect({
      start: await stands(startNewMaster, { ...place, version: '1.26.3' }, { old, log: null, runs: false }, on),
      retire: await stands(retireOldWorkers, place, { old, fresh, winched: false }, on),
      quit: await stands(quitOldMaster, place, { old, fresh, stale: null }, on),
    }).toEqual({ start: all, retire: all, quit: all })
  })

  test('the new nginx runs before USR2: neither that nor WINCH is to be done', async () => {
    const on = showing('upgraded', booted)
    const started = await startNewMaster.observe({ ...place, version: '1.26.3' }, on)
    expect(startNewMaster.isDone({ ...place, version: '1.26.3' }, started)).toBe(true)
    const retired = await retireOldWorkers.observe(place, on)
    expect(retired).toEqual({ old: null, fresh: idIn('upgraded', 10372), winched: true })
    expect(retireOldWorkers.isDone(place, retired)).toBe(true)
  })
})

describe('where an update has replaced what lies on disk', () => {
  test('the very file that runs, with a library that is new: the master that is to be followed is not taken for the new one', async () => {
    const stale = idIn('single', 10092)
    const on = showing('single', seconds, { kept: '1:2' })
    const input = { ...place, version: '1.22.1', stale }
    const started = await startNewMaster.observe(input, on)
    expect(started).toMatchObject({ runs: false, old: { ...stale, kept: '1:2' } })
    expect(startNewMaster.isDone(input, started)).toBe(false)
    await expect(retireOldWorkers.observe({ ...place, stale }, on)).rejects.toThrow('did not last')
    await expect(quitOldMaster.observe({ ...place, stale }, on)).rejects.toThrow('did not last')
    await expect(holdNew.look({ unit: place.unit, hold: 0, stale }, on, 1)).rejects.toThrow('did not last')
  })

  test('what serves is a copy of the code of before: back is where it is', async () => {
    const kept = knownAs('single', 10092)
    const old = { ...kept, pid: 9000, startTicks: 90_000, inode: '8:1', kept: kept.inode }
    const found = { old, fresh: idIn('upgraded', 10372), stale: null }
    expect(await stands(quitOldMaster, place, found, showing('single', seconds))).toBe('before')
    expect(await stands(quitOldMaster, place, found, showing('upgraded', seconds))).toBe('after')
  })
})

test.each(['old-lingers', 'upgraded'])('QUIT by somebody else’s hand is found done: %s', async (name) => {
  const found = await quitOldMaster.observe(place, showing(name))
  expect(found).toEqual({ old: null, fresh: idIn('upgraded', 10372), stale: null })
  expect(quitOldMaster.isDone(place, found)).toBe(true)
  await expect(holdNew.look({ unit: place.unit, hold: 0 }, showing(name), 1)).resolves.toMatchObject({ done: true })
})

test('the old master alone is no successor: the new one did not last', async () => {
  await expect(quitOldMaster.observe(place, showing('replaced'))).rejects.toThrow('did not last')
  await expect(holdNew.look({ unit: place.unit, hold: 0 }, showing('replaced'), 1)).rejects.toThrow('did not last')
})

test('without its pid file a master is not sent USR2, which would poison it', async () => {
  const on = showing('pid-file-missing')
  await expect(startNewMaster.observe({ ...place, version: '1.26.3' }, on)).rejects.toThrow('does not name master')
})

test('a second USR2 is not sent in the middle of an upgrade', async () => {
  const on = showing('winched')
  await expect(startNewMaster.observe({ ...place, version: '1.26.3' }, on)).rejects.toThrow('under way there already')
})
