import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { Held, LeaseLost, LeaseRefused } from '../../../../src/hosts/lease/errors.ts'
import { breakLeases, readLeases } from '../../../../src/hosts/lease/read-leases.ts'
import { cleanUp } from '../fleet-of-fakes.ts'
import { ownBase, worlds } from './own-base.ts'

cleanUp()

const short = { term: 2000, renewEvery: 60_000 }
const lasting = { term: 2000, renewEvery: 200 }

describe.each(worlds)('leases on %s', (_name, world) => {
  test('one run holds a host, and others are told who, what and since when', async () => {
    const on = await world()
    await on.take('AAAAAA')
    const refused = await on.take('BBBBBB').catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(Held)
    expect(refused).toMatchObject({
      code: 'locked',
      exit: 'locked',
      host: on.host.name,
      leases: [{ scope: 'host', state: 'held', run: 'AAAAAA', holder: 'aaaaaa@ops', title: 'drain AAAAAA' }],
    })
    expect((refused as Held).message).toMatch(/is locked by aaaaaa@ops \(drain AAAAAA, run AAAAAA\), for \d/)
    expect((refused as Held).suggestions).toEqual([
      'zdt runs show AAAAAA',
      'zdt lock      who holds what',
      '--wait-for-lock 10m',
    ])
  })

  test('what is released is free, and the fence grows with each holder', async () => {
    const on = await world()
    const first = await on.take('AAAAAA')
    await first.release()
    const second = await on.take('BBBBBB')
    expect([first.fence(on.host.name), second.fence(on.host.name)]).toEqual([1, 2])
    await first.release()
    expect(await readLeases(on.host, on)).toMatchObject([{ run: 'BBBBBB' }])
  })

  test('of a host that may be away it lasts as long as that, and afterwards as usual', async () => {
    const on = await world()
    const held = await on.take('AAAAAA', { terms: lasting })
    const left = async () => (await readLeases(on.host, on))[0]?.left ?? 0
    await held.lasting(on.host.name, 600_000)
    expect(await left()).toBeGreaterThan(590_000)
    await held.lasting(on.host.name, 0)
    await expect.poll(left, { timeout: 5000 }).toBeLessThanOrEqual(2000)
    expect(held.lost.aborted).toBe(false)
  })

  test('all scopes or none', async () => {
    const on = await world()
    await on.take('AAAAAA', { scopes: ['pool-shop'] })
    await expect(on.take('BBBBBB', { scopes: ['host', 'pool-shop', 'vip-public'] })).rejects.toThrow('pool shop on')
    expect((await readLeases(on.host, on)).map(({ scope }) => scope)).toEqual(['pool-shop'])
    expect(await on.sh('ls -A "$1/locks/.new"', on.base)).toBe('')
    await on.take('CCCCCC', { scopes: ['host', 'vip-public'] })
  })

  test('anybody may read who holds what; only root may write, or read journals', async () => {
    const on = await world()
    await on.take('AAAAAA')
    const modes = await on.sh('cd "$1"; stat -c "%a %n" . locks locks/host locks/.guard locks/.busy runs', on.base)
    expect(modes).toBe('755 .\n755 locks\n644 locks/host\n600 locks/.guard\n600 locks/.busy\n700 runs\n')
  })

  test('breaking it says what was there, and the one who held it learns of it', async () => {
    const on = await world()
    const held = await on.take('AAAAAA', { terms: lasting })
    expect(await breakLeases(on.host, await readLeases(on.host, on), on)).toMatchObject([
      { scope: 'host', run: 'AAAAAA' },
    ])
    await on.take('BBBBBB')
    await expect.poll(() => held.lost.aborted, { timeout: 5000 }).toBe(true)
    expect(held.lost.reason).toBeInstanceOf(LeaseLost)
    expect((held.lost.reason as LeaseLost).said).toMatch(/^the lease host is (held, by bbbbbb@ops, run BBBBBB|gone)$/)
    await held.release()
    expect(await readLeases(on.host, on)).toMatchObject([{ run: 'BBBBBB' }])
  })

  test('what has passed on to another run since it was shown is not broken; what nobody can read is', async () => {
    const on = await world()
    const first = await on.take('AAAAAA')
    const shown = await readLeases(on.host, on)
    await first.release()
    await on.take('BBBBBB')
    expect(await breakLeases(on.host, shown, on)).toEqual([])
    expect(await readLeases(on.host, on)).toMatchObject([{ run: 'BBBBBB' }])
    await on.sh('echo zdt-lease 1 >"$1/locks/host"', on.base)
    const torn = await readLeases(on.host, on)
    expect(await breakLeases(on.host, torn, on)).toMatchObject([{ scope: 'host' }])
    expect(await readLeases(on.host, on)).toEqual([])
  })

  test('ten at once: one holds it', async () => {
    const on = await world()
    const ends = await Promise.allSettled(Array.from({ length: 10 }, (_, index) => on.take(`RUN${index}`)))
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const end of ends) if (end.status === 'rejected') expect(end.reason).toBeInstanceOf(Held)
  })
})

test('after a boot the counter jumps over what a crash may have lost', async () => {
  const on = await ownBase()
  await (await on.take('AAAAAA')).release()
  await on.sh('echo 7 of-before >"$1/locks/.fence"', on.base)
  expect((await on.take('BBBBBB')).fence(on.host.name)).toBe(1007)
})

test('a lease that is not renewed ends by itself; one that is does not', async () => {
  const on = await ownBase()
  const alive = await on.take('AAAAAA', { terms: lasting, scopes: ['pool-a'] })
  const dead = await on.take('BBBBBB', { terms: short })
  await sleep(2100)
  await expect(on.take('CCCCCC', { scopes: ['pool-a'] })).rejects.toThrow(Held)
  expect(alive.lost.aborted).toBe(false)
  await on.take('CCCCCC')
  expect(() => dead.guard(on.host.name)).toThrow(LeaseLost)
  expect(dead.lost.aborted).toBe(true)
})

test('setting the clock moves no lease', async () => {
  const on = await ownBase()
  await on.take('AAAAAA')
  const years = 'sed -i -e "s/^since .*/since 1/" -e "s/^until .*/until 31/" "$1/locks/host"'
  await on.sh(years, on.base)
  await expect(on.take('BBBBBB')).rejects.toThrow(Held)
})

test('after a reboot the wall clock decides, and where that is wrong, a term after the boot', async () => {
  const on = await ownBase()
  const rewrite = (until: string) =>
    on.sh(`sed -i -e "s/^boot .*/boot of-before/" -e "s/^until .*/until ${until}/" "$1/locks/host"`, on.base)
  await on.take('AAAAAA')
  await rewrite('$(($(date +%s) + 20))')
  await expect(on.take('BBBBBB')).rejects.toThrow(Held)
  // This machine has been up for longer than a term: the clock was set back.
  await rewrite('$(($(date +%s) + 100000))')
  await on.take('CCCCCC')
  await rewrite('$(($(date +%s) - 1))')
  await on.take('DDDDDD')
})

test('a lease that cannot be read is held by nobody knows whom, for a term', async () => {
  const on = await ownBase()
  await on.sh('mkdir -p "$1/locks"; printf "zdt-lease 1\\nrun AAAA" >"$1/locks/host"', on.base)
  const refused = await on.take('BBBBBB').catch((error: unknown) => error)
  expect((refused as Held).message).toMatch(/locked by somebody unknown: its lease cannot be read; it ends in/)
  await on.sh('touch -d "31 seconds ago" "$1/locks/host"', on.base)
  await on.take('BBBBBB')
})

test.each(['torn', '0099 boot', '99999999999999999999 boot'])(
  'a counter that cannot be read begins anew, higher than it can have been: %s',
  async (text) => {
    const on = await ownBase()
    await (await on.take('AAAAAA')).release()
    await on.sh(`echo ${text} >"$1/locks/.fence"`, on.base)
    const leases = await on.take('BBBBBB')
    expect(leases.fence(on.host.name)).toBeGreaterThan(1_700_000_000)
  },
)

test('whoever waits is told who is in the way, and gets it when it is free', async () => {
  const on = await ownBase()
  const first = await on.take('AAAAAA')
  const told: string[] = []
  const waiting = on.take('BBBBBB', { wait: 30_000, onHeld: ({ leases }) => told.push(leases[0]?.run ?? '') })
  await expect.poll(() => told, { timeout: 10_000 }).toEqual(['AAAAAA'])
  await sleep(1500)
  await first.release()
  await waiting
  expect(told).toEqual(['AAAAAA'])
})

test('the time to wait can be over, and a wait can be ended', async () => {
  const on = await ownBase()
  await on.take('AAAAAA')
  await expect(on.take('BBBBBB', { wait: 300 })).rejects.toThrow(Held)
  const signal = AbortSignal.timeout(200)
  await expect(on.take('BBBBBB', { wait: 60_000, signal })).rejects.toThrow('aborted due to timeout')
})

test('a run that is resumed takes its leases over where that is allowed, and the one before can do nothing more', async () => {
  const on = await ownBase()
  const before = await on.take('AAAAAA', { terms: lasting })
  await expect(on.take('AAAAAA')).rejects.toThrow(Held)
  await expect(on.take('AAAAAA', { mayTakeOver: () => false })).rejects.toThrow(Held)
  const asked: (string | undefined)[] = []
  const after = await on.take('AAAAAA', {
    mayTakeOver: ({ run, holder }) => {
      asked.push(run, holder)
      return true
    },
  })
  expect(asked).toEqual(['AAAAAA', 'aaaaaa@ops'])
  expect(after.fence(on.host.name)).toBeGreaterThan(before.fence(on.host.name))
  await expect.poll(() => before.lost.aborted, { timeout: 5000 }).toBe(true)
})

test.each(['', 'a b', 'vip-', 'pool-../x', 'pool-a/b', 'hosts', 'vip-a\nb', '.guard'])(
  '%j is no scope',
  async (scope) => {
    const on = await ownBase()
    await expect(on.take('AAAAAA', { scopes: [scope as 'host'] })).rejects.toThrow(RangeError)
  },
)

test('a holder whose name has line ends stays one line', async () => {
  const on = await ownBase()
  await on.take('A\nrun B\nend\u001b[2J')
  expect(await readLeases(on.host, on)).toMatchObject([{ run: 'A run B end [2J' }])
})

test('where nothing can be written, it says so and leaves nothing behind', async () => {
  const on = await ownBase()
  await on.sh('mkdir "$1"; : >"$1/locks"', on.base)
  const refused = await on.take('AAAAAA').catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(LeaseRefused)
  expect(refused).toMatchObject({ exit: 'refused', code: 'lease-refused' })
  expect((refused as LeaseRefused).said).toContain('Not a directory')
  // And whoever only asks is not told that nobody holds anything.
  await expect(readLeases(on.host, on)).rejects.toBeInstanceOf(LeaseRefused)
})
