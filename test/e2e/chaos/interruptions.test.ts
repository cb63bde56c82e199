import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { command } from '../../../src/lab/command.ts'
import { labPaths } from '../../../src/lab/paths.ts'
import { describeOnLab } from '../support/lab.ts'
import { isFull } from './form.ts'
import type { Halt } from './halt-at.ts'
import { halted, prepare, runOf, useLane, type Lane } from './lane.ts'
import { operationNamed } from './operations.ts'
import type { World } from './world.ts'

const page = 4096

/** A test of the full form alone. */
const deep = test.runIf(isFull)

/** Just before the state of the first seat is set: it is in the journal that it will be, and nothing is sent yet. */
const aboutToSet = { event: 'applying', steps: ['haproxy.set-server-state'], after: 0 } as const

/** One load balancer has done so, and its journal is on the hosts. */
const halfDrained = { ...aboutToSet, event: 'verified' } as const

describeOnLab('a run that is interrupted', () => {
  const drain = operationNamed('drain')
  const ready = operationNamed('ready')
  const laneNow = useLane('interrupted')
  let lane: Lane
  let before: World
  let after: World
  let otherMachine: { readonly env: { readonly XDG_STATE_HOME: string } }
  const tmpfs: string[] = []

  beforeEach(async () => {
    lane = laneNow()
    before = await prepare(lane, drain)
    after = await drain.after(before, lane.lab)
    otherMachine = { env: { XDG_STATE_HOME: await mkdtemp(join(lane.home, 'other-')) } }
  }, 60_000)
  afterEach(async () => {
    for (const dir of tmpfs.splice(0)) {
      await command(['umount', '--lazy', dir])
      await rm(dir, { recursive: true })
    }
  })

  const drainStopped = async (halt: Omit<Halt, 'signal'> = aboutToSet, signal: Halt['signal'] = 'SIGSTOP') => {
    const zdt = await lane.start(['drain', 'app2'], { ...halt, signal })
    await (signal === 'SIGSTOP' ? halted(zdt) : zdt.said(/^halted$/m))
    return { zdt, run: runOf(zdt) }
  }
  const elsewhere = (...argv: string[]) => lane.zdt([...argv, '--yes'], otherMachine)
  const isAsBefore = async () => expect(await lane.unlike(before)).toEqual([])
  const isDrained = async () => expect(await lane.unlike(after)).toEqual([])

  test('killed, adopted on another machine: from there it is resumed, and then rolled back', async () => {
    const { zdt, run } = await drainStopped(halfDrained)
    zdt.signal('SIGKILL')
    await zdt.ended
    expect(await elsewhere('resume', run)).toMatchObject({ code: 2, stderr: expect.stringContaining('zdt adopt') })
    expect(await elsewhere('adopt', run)).toMatchObject({ code: 0 })
    for (const machine of [{}, otherMachine]) {
      const { stdout } = await lane.zdt(['runs', '--json'], machine)
      expect(JSON.parse(stdout)).toContainEqual(expect.objectContaining({ run, ended: 'paused' }))
    }
    expect(await lane.root('lb1', 'journalctl -q -t zdt -o cat')).toContain(`run ${run} adopted: drain app2, by `)
    for (const way of ['resume', 'rollback']) {
      expect(await lane.zdt([way, run, '--yes'])).toMatchObject({
        code: 3,
        stderr: expect.stringContaining('was adopted'),
      })
    }
    expect(await elsewhere('resume', run)).toMatchObject({ code: 0 })
    await isDrained()
    expect(await elsewhere('rollback', run)).toMatchObject({ code: 0 })
    await isAsBefore()
  })

  deep(
    'asleep for longer than its leases, and taken back from a second terminal: awake again it says so, and no more',
    async () => {
      const { zdt, run } = await drainStopped(halfDrained)
      const told = async (verb: string) => (await lane.zdt([verb])).stdout
      await expect.poll(async () => told('lock'), { timeout: 60_000, interval: 1000 }).toContain('nobody holds a lock')
      expect(await told('runs')).toMatch(new RegExp(`${run} .*lost its locks`))
      expect(await told('status')).toContain(`run ${run} (drain app2) is half done`)
      expect(await lane.zdt(['rollback', run, '--yes'])).toMatchObject({ code: 0 })
      await isAsBefore()
      zdt.signal('SIGCONT')
      const { code, stdout } = await zdt.ended
      expect(code).toBe(5)
      expect(stdout.trim().split('\n').at(-1)).toMatch(/"event":"end".*"exit":5/)
      expect(await told('runs')).toMatch(new RegExp(`${run} .*put-back`))
      expect(await told('status')).not.toContain(run)
      await isAsBefore()
    },
  )

  deep.each(['', '{"at":1,"event":"stage","number":1}'])(
    'killed, and its journal here damaged (%j): the hosts have it, and it is rolled back by that',
    async (rest) => {
      const { zdt, run } = await drainStopped(halfDrained)
      zdt.signal('SIGKILL')
      await zdt.ended
      await writeFile(join(lane.home, 'zdt/runs', `${run}.ndjson`), `${rest}\n`)
      expect((await lane.zdt(['runs', 'show', run])).stdout).toContain('drain app2')
      expect(await lane.zdt(['rollback', run, '--yes'])).toMatchObject({ code: 0 })
      await isAsBefore()
    },
  )

  deep('killed, and its hosts have other addresses in zdt.yaml now: neither way goes on there', async () => {
    const { zdt, run } = await drainStopped(halfDrained)
    zdt.signal('SIGKILL')
    await zdt.ended
    const half = await lane.unlike(before, 0)
    const yaml = await readFile(labPaths(lane.lab.name).fleet, 'utf8')
    const [, one = '', two = ''] = /lb1: \{ address: (\S+) \}[^]*?lb2: \{ address: (\S+) \}/.exec(yaml) ?? []
    const swapped = yaml.replace(one, 'X').replace(two, one).replace('X', two)
    const fleet = join(lane.home, 'swapped.yaml')
    await writeFile(fleet, swapped)
    for (const way of ['resume', 'rollback']) {
      const refused = await lane.zdt([way, run, '--yes', '--fleet', fleet])
      expect(refused).toMatchObject({ code: 3, stderr: expect.stringMatching(/lb1 was \S+\s+then/) })
    }
    expect(await lane.unlike(before, 0)).toEqual(half)
    expect(await lane.zdt(['rollback', run, '--yes'])).toMatchObject({ code: 0 })
    await isAsBefore()
  })

  deep(
    'a ready that sleeps while another machine adopts and undoes it: awake again it changes nothing, and exits 5',
    async () => {
      const drained = await prepare(lane, ready)
      // What asked for the fresh check has carried the journal to the hosts.
      const zdt = await lane.start(['ready', 'app2'], { ...aboutToSet, signal: 'SIGSTOP' })
      await halted(zdt)
      expect(await elsewhere('rollback', runOf(zdt))).toMatchObject({ code: 2 })
      expect(await elsewhere('adopt', runOf(zdt))).toMatchObject({ code: 0 })
      expect(await elsewhere('rollback', runOf(zdt))).toMatchObject({ code: 0 })
      // All but its own connections: it lives.
      expect((await lane.unlike(drained, 0)).filter((fact) => !fact.includes(' session '))).toEqual([])
      zdt.signal('SIGCONT')
      expect(await zdt.ended).toMatchObject({ code: 5, stdout: expect.stringContaining('lease-lost') })
      expect(await lane.unlike(drained)).toEqual([])
      // It wrote down how it ended where the other one wrote nothing: both are told in one journal, and it is over.
      const resumed = await lane.zdt(['resume', runOf(zdt), '--yes'])
      expect(resumed).toMatchObject({ code: 3, stderr: expect.stringContaining('was put back') })
    },
  )

  deep(
    'asleep until its lease has ended and another run has it: awake again it changes nothing, and exits 5',
    async () => {
      const { zdt } = await drainStopped()
      expect(await lane.zdt(['weight', 'app3', '50%', '--yes', '--wait-for-lock', '60s'])).toMatchObject({ code: 0 })
      zdt.signal('SIGCONT')
      expect(await zdt.ended).toMatchObject({ code: 5 })
      expect(await lane.zdt(['weight', 'app3', '100%', '--yes'])).toMatchObject({ code: 0 })
      await isAsBefore()
    },
  )

  test('two in the same millisecond: one does it, the other exits 6 and names it', async () => {
    for (let round = 0; round < (isFull ? 3 : 1); round++) {
      const both = await Promise.all([0, 1].map(() => lane.start(['drain', 'app2'])))
      const ended = await Promise.all(both.map((one) => one.ended))
      const won = ended.findIndex(({ code }) => code === 0)
      expect(ended.map(({ code }) => code).toSorted((a, b) => a - b)).toEqual([0, 6])
      expect(ended[1 - won]?.stderr).toContain(runOf(both[won]))
      await isDrained()
      await prepare(lane, drain)
    }
  })

  deep.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    '%s: it finishes the step in hand and exits 130; resumed it is done, rolled back it is as it was',
    async (signal) => {
      const { zdt, run } = await drainStopped(aboutToSet, signal)
      expect(await zdt.ended).toMatchObject({ code: 130 })
      expect(await lane.unlike(after)).toEqual([])
      expect(await lane.zdt(['resume', run, '--yes'])).toMatchObject({ code: 0 })
      await isDrained()
      expect(await lane.zdt(['rollback', run, '--yes'])).toMatchObject({ code: 0 })
      await isAsBefore()
    },
  )

  deep('SIGTERM twice: it stops at once; rolled back, it is as it was', async () => {
    const { zdt, run } = await drainStopped({ ...aboutToSet, event: 'waiting', steps: ['haproxy.await-drained'] })
    zdt.signal('SIGTERM')
    zdt.signal('SIGCONT')
    zdt.signal('SIGTERM')
    expect(await zdt.ended).toMatchObject({ code: 130 })
    expect(await lane.zdt(['rollback', run, '--yes'])).toMatchObject({ code: 0 })
    await isAsBefore()
  })

  const deaf = [
    ['2>&1 | head -n 3', 'a reader that goes away'],
    ['>&- 2>&-', 'stdout and stderr closed'],
    ['>/dev/full', 'stdout on a disk that is full'],
  ]
  test.each(isFull ? deaf : deaf.slice(2))('%s (%s): it is done all the same', async (redirected) => {
    const line = `zdt drain app2 --yes --events ${redirected}; exit \${PIPESTATUS[0]}`
    const { code } = await lane.lab.inLab(['bash', '-c', line], { env: { XDG_STATE_HOME: lane.home } })
    expect(code).toBe(0)
    await isDrained()
  })

  test('no room for a journal: refused with exit 3, nothing is touched', async () => {
    const full = await roomOf('512k')
    const { code, stderr } = await lane.zdt(['drain', 'app2', '--yes'], full)
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining('no journal can be kept') })
    await isAsBefore()
  })

  deep(
    'the disk fills up under the journal: it pauses with exit 5; with room again it is resumed, and rolled back',
    async () => {
      const small = await roomOf('3m')
      const zdt = await lane.start(['drain', 'app2'], { ...aboutToSet, signal: 'SIGSTOP' }, small)
      await halted(zdt)
      const filler = join(small.env.XDG_STATE_HOME, 'filler')
      await writeFile(filler, Buffer.alloc(4 * 1024 * 1024)).catch(() => undefined)
      // What a file has of its last page it keeps: that is filled too, until no more will go in, with lines that say nothing.
      const journal = join(small.env.XDG_STATE_HOME, 'zdt/runs', `${runOf(zdt)}.ndjson`)
      await expect(appendFile(journal, '\n'.repeat(page + 1))).rejects.toThrow('ENOSPC')
      zdt.signal('SIGCONT')
      expect(await zdt.ended).toMatchObject({ code: 5 })
      await rm(filler)
      expect(await lane.zdt(['resume', runOf(zdt), '--yes'], small)).toMatchObject({ code: 0 })
      await isDrained()
      expect(await lane.zdt(['rollback', runOf(zdt), '--yes'], small)).toMatchObject({ code: 0 })
      await isAsBefore()
    },
  )

  async function roomOf(size: string) {
    const dir = await mkdtemp(join(tmpdir(), 'zdt-chaos-full-'))
    await command(['mount', '-t', 'tmpfs', '-o', `size=${size}`, 'zdt-chaos', dir])
    tmpfs.push(dir)
    return { env: { XDG_STATE_HOME: dir } } as const
  }
})
