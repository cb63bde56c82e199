import { afterEach, describe, expect, test } from 'vitest'
import * as say from '../../../../src/daemons/haproxy/commands.ts'
import { CommandRefused, NoSuchSeat } from '../../../../src/daemons/haproxy/errors.ts'
import { freshPass } from '../../../../src/daemons/haproxy/fresh-pass.ts'
import { info } from '../../../../src/daemons/haproxy/info.ts'
import { isServing } from '../../../../src/daemons/haproxy/is-serving.ts'
import { ask, tell } from '../../../../src/daemons/haproxy/runtime.ts'
import type { ServerView } from '../../../../src/daemons/haproxy/server-view.ts'
import { servers } from '../../../../src/daemons/haproxy/servers.ts'
import { processes } from '../../../../src/daemons/haproxy/workers.ts'
import type { Host } from '../../../../src/hosts/host.ts'

/** A HAProxy to hold to the contract: its seat has a passing check, `fall` above 1, a dynamic algorithm and no client. */
export interface Subject {
  readonly host: Host
  readonly seat: say.Place & { readonly socket: string; readonly masterSocket: string }
}

/** What zdt relies on, of the real HAProxy and of the fake alike. `subject` is called once a test has begun. */
export function runtimeContract(name: string, subject: () => Subject): void {
  const tellIt = async (...orders: string[]) => tell(subject().host, subject().seat.socket, orders)
  const view = async (): Promise<ServerView> => {
    const { host, seat } = subject()
    const found = (await servers(host, seat.socket)).servers.find(
      (each) => each.backend === seat.backend && each.server === seat.server,
    )
    if (found === undefined) throw new Error('the seat is gone')
    return found
  }
  const checked = { timeout: 15_000, interval: 20 }

  describe(`${name} keeps the runtime contract`, () => {
    afterEach(async () => {
      const { seat } = subject()
      await tellIt(say.setWeight(seat, '100%'), say.setState(seat, 'ready'))
      await expect.poll(async () => (await view()).check?.health, checked).toBeGreaterThan(1)
    })

    test('says who it is', async () => {
      const { host, seat } = subject()
      const found = await info(host, seat.socket)
      expect(found).toMatchObject({ stopping: false, version: expect.stringMatching(/^\d+\.\d+/) as string })
      expect(found.pid).toBeGreaterThan(1)
    })

    test('the master lists the worker that answers', async () => {
      const { host, seat } = subject()
      const found = await processes(host, seat.masterSocket)
      expect(found?.workers.map(({ pid }) => pid)).toContain((await info(host, seat.socket)).pid)
    })

    test('the master passes questions on, each by its own prefix', async () => {
      const { host, seat } = subject()
      const { pid } = await info(host, seat.socket)
      const questions = [say.toWorker(pid, say.showInfo()), say.toWorker(pid, say.showStat(seat.backend))]
      const [first, second] = await ask(host, seat.masterSocket, questions)
      expect(first).toContain(`Pid: ${pid}`)
      expect(second).toMatch(/^# pxname,/)
    })

    test('gives one answer a question', async () => {
      const { host, seat } = subject()
      const questions = [say.showServersState(), say.showSess(), say.showStat(), say.showServersConn(), say.showInfo()]
      expect(await ask(host, seat.socket, questions)).toHaveLength(5)
    })

    test('ready: it serves', async () => {
      const found = await view()
      expect(found).toMatchObject({ admin: 'ready', adminFlags: [], op: 'running' })
      expect(isServing(found)).toBe(true)
    })

    test('drain: it runs, and serves nobody new', async () => {
      await tellIt(say.setState(subject().seat, 'drain'))
      const found = await view()
      expect(found).toMatchObject({ admin: 'drain', op: 'running', status: expect.stringMatching(/^DRAIN/) as string })
      expect(isServing(found)).toBe(false)
    })

    test('maint: it is stopped, and its checks are paused', async () => {
      await tellIt(say.setState(subject().seat, 'maint'))
      expect(await view()).toMatchObject({
        admin: 'maint',
        op: 'stopped',
        status: 'MAINT',
        check: { paused: true, health: 0 },
      })
    })

    test('maint, then drain: up at once without a check, until one passes', async () => {
      const { seat } = subject()
      await tellIt(say.setState(seat, 'maint'))
      const before = await view()
      const [answer = ''] = (
        await ask(subject().host, seat.socket, [say.setState(seat, 'drain'), say.showServersState(seat.backend)])
      ).slice(1)
      const health = answer
        .split('\n')
        .find((line) => line.includes(` ${seat.server} `))
        ?.split(' ')[12]
      expect(health).toBe('2')
      await expect.poll(async () => freshPass(before, await view()), checked).toBe(true)
    })

    test('health down while it drains: only fresh checks bring it up', async () => {
      const { seat } = subject()
      await tellIt(say.setState(seat, 'drain'), say.setHealth(seat, 'down'))
      const before = await view()
      expect(before.op).toBe('stopped')
      await expect.poll(async () => freshPass(before, await view()), checked).toBe(true)
    })

    test('weights, absolute and of the configured one', async () => {
      const { seat } = subject()
      const { initialWeight } = await view()
      await tellIt(say.setWeight(seat, 0))
      expect(await view()).toMatchObject({ weight: 0, initialWeight })
      expect(isServing(await view())).toBe(false)
      await tellIt(say.setWeight(seat, 7))
      expect(await view()).toMatchObject({ weight: 7, initialWeight })
      await tellIt(say.setWeight(seat, '100%'))
      expect(await view()).toMatchObject({ weight: initialWeight })
    })

    test('an order it refuses, and the one after which it still takes', async () => {
      const { seat } = subject()
      const orders = [`set server ${say.seatName(seat)} state away`, say.setWeight(seat, 5)]
      await expect(tellIt(...orders)).rejects.toMatchObject({
        code: 'haproxy-refused',
        exit: 'refused',
        done: [say.setWeight(seat, 5)],
        said: "'set server <srv> state' expects 'ready', 'drain' and 'maint'.",
      })
      expect((await view()).weight).toBe(5)
    })

    test('a server it does not know', async () => {
      const { host, seat } = subject()
      await expect(tellIt(say.setState({ ...seat, server: 'nobody' }, 'drain'))).rejects.toThrow(NoSuchSeat)
      await expect(tellIt(say.setState({ ...seat, backend: 'nowhere' }, 'drain'))).rejects.toThrow(NoSuchSeat)
      await expect(servers(host, seat.socket, { backend: 'nowhere' })).rejects.toThrow(NoSuchSeat)
    })

    test('a command it does not know', async () => {
      const { host, seat } = subject()
      await expect(ask(host, seat.socket, ['bogus'])).rejects.toThrow(CommandRefused)
    })

    test('a worker the master does not know', async () => {
      const { host, seat } = subject()
      const questions = [say.toWorker(4_000_000, say.showInfo()), say.showProc()]
      await expect(ask(host, seat.masterSocket, questions)).rejects.toMatchObject({ code: 'haproxy-worker-gone' })
    })
  })
}
