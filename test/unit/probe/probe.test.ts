import { setTimeout as pause } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import type { Ledger } from '../../../src/probe/ledger.ts'
import { startProbe, type Probe } from '../../../src/probe/probe.ts'
import { FaultyServer, type Fault } from './faulty-server.ts'

/** For a machine that is too busy for anything else: nothing here is about how fast it is. */
const patience = 30_000
vi.setConfig({ testTimeout: 2 * patience })

/** Waits until a condition holds. */
const until = (condition: () => boolean) =>
  vi.waitFor(() => expect(condition()).toBe(true), { timeout: patience, interval: 5 })

/** Waits until the probe has ended by itself, and stops it. What was due was sent, or skipped by a machine that is too busy. */
async function whole(probe: Probe, count: number): Promise<Ledger> {
  const state = async () => expect((await probe.snapshot()).state).toBe('max-duration')
  await vi.waitFor(state, { timeout: patience })
  const ledger = await probe.stop()
  expect(ledger.total.sent + ledger.total.skipped).toBe(count)
  return ledger
}

/** Sends `count` requests at 200 a second to a server with that fault. `sent` is how many it came to. */
async function ledgerAgainst(fault: Fault | undefined, count = 40) {
  await using server = await new FaultyServer(fault).listen()
  const probe = await startProbe({ url: server.url, rate: 200, maxDuration: count * 5, timeout: patience })
  const ledger = await whole(probe, count)
  return { ledger, server, sent: ledger.total.sent }
}

const reused = ({ arrivals }: FaultyServer) => arrivals.filter(({ onConnection }) => onConnection > 1).length

/** The same, until the server has seen ten requests on connections that were used before. */
async function ledgerWithReuse(fault?: Fault) {
  await using server = await new FaultyServer(fault).listen()
  const probe = await startProbe({ url: server.url, rate: 200, maxDuration: patience, timeout: patience })
  await until(() => reused(server) >= 10)
  const ledger = await probe.stop()
  return { ledger, server, sent: ledger.total.sent, stale: reused(server) }
}

/** Waits until the probe has seen the listener gone: what was answered before has been booked by then. */
const untilRefused = (probe: Probe) =>
  vi.waitFor(async () => expect((await probe.snapshot()).total.byCause['refused']).toBeGreaterThan(0), {
    timeout: patience,
  })

const settled = ({ answered, lost }: Ledger['total']) => answered + lost

test('against a good server every request is answered, half of them on connections of their own', async () => {
  const { ledger, server, sent } = await ledgerWithReuse()
  expect(ledger).toMatchObject({ rate: 200, losses: [], steps: [] })
  expect(ledger.total).toMatchObject({ answered: sent, lost: 0, retried: 0, byCause: {} })
  expect(ledger.baseline).toEqual(ledger.total)
  expect(server.arrivals).toHaveLength(sent)
  expect(server.arrivals.filter(({ asked }) => Number(asked) % 2 === 0).every(({ fresh }) => fresh)).toBe(true)
  expect(server.arrivals.filter(({ asked }) => Number(asked) % 2 === 1).some(({ fresh }) => fresh)).toBe(false)
  // Eight keep-alive connections take turns; one more opens only where an answer is still awaited.
  const kept = new Set(server.arrivals.filter(({ fresh }) => !fresh).map(({ socket }) => socket))
  expect(kept.size).toBeGreaterThanOrEqual(8)
})

test('every request has a number of its own, which the server can log', async () => {
  const { server, sent } = await ledgerAgainst(undefined)
  expect(new Set(server.arrivals.map(({ asked }) => asked)).size).toBe(sent)
})

test.each<[string, Fault]>([
  [
    'closes in good order',
    (response, { onConnection, socket }) => (onConnection > 1 ? socket.end() : response.end('x')),
  ],
  ['resets', (response, { onConnection, socket }) => (onConnection > 1 ? socket.resetAndDestroy() : response.end('x'))],
])('a server that %s when a connection is used again loses nothing: one retry heals', async (_name, fault) => {
  const { ledger, server, sent, stale } = await ledgerWithReuse(fault)
  expect(ledger.total).toMatchObject({ answered: sent, lost: 0, retried: stale })
  expect(server.arrivals).toHaveLength(sent + stale)
})

test('a retry is made once: when it fails too, the request is lost', async () => {
  // Whoever comes a second time, on whatever connection, is refused an answer.
  const seen = new Set<string>()
  const { ledger, server, sent, stale } = await ledgerWithReuse((response, { onConnection, asked, socket }) => {
    if (onConnection > 1 || seen.has(asked)) socket.resetAndDestroy()
    else response.end('x')
    seen.add(asked)
  })
  expect(ledger.total).toMatchObject({
    answered: sent - stale,
    lost: stale,
    retried: 0,
    byCause: { reset: stale },
  })
  expect(server.arrivals).toHaveLength(sent + stale)
})

test.each<[string, Fault, string]>([
  ['resets every connection', (_response, { socket }) => socket.resetAndDestroy(), 'reset'],
  ['closes without an answer', (_response, { socket }) => socket.end(), 'closed-before-answer'],
  ['answers 503', (response) => response.writeHead(503).end('no'), 'status-503'],
  ['answers no HTTP', (_response, { socket }) => socket.end('220 smtp ready\r\n'), 'malformed-answer'],
  [
    'breaks off in the answer',
    (response, { socket }) => {
      response.writeHead(200, { 'content-length': 100 }).write('half')
      setImmediate(() => socket.end())
    },
    'closed-mid-answer',
  ],
])('a server that %s loses all', async (_name, fault, cause) => {
  const { ledger, sent } = await ledgerAgainst(fault)
  expect(ledger.total).toMatchObject({
    answered: 0,
    lost: sent,
    retried: 0,
    byCause: { [cause]: sent },
    p50: null,
  })
  expect(ledger.losses).toHaveLength(20)
  expect(ledger.losses[0]).toMatchObject({ step: '', cause })
})

test('nobody listens', async () => {
  const server = await new FaultyServer().listen()
  await server.close()
  const probe = await startProbe({ url: server.url, rate: 200, maxDuration: 100 })
  const { total } = await whole(probe, 20)
  expect(total).toMatchObject({ answered: 0, lost: total.sent, byCause: { refused: total.sent } })
})

test('an answer that never comes is lost when its time is up', async () => {
  await using server = await new FaultyServer(() => undefined).listen()
  const probe = await startProbe({ url: server.url, rate: 100, maxDuration: 50, timeout: 500 })
  const { total } = await whole(probe, 5)
  expect(total).toMatchObject({ answered: 0, lost: total.sent, byCause: { timeout: total.sent } })
})

test('a 4xx is answered, and told', async () => {
  const { ledger, sent } = await ledgerAgainst((response) => response.writeHead(404).end())
  expect(ledger.total).toMatchObject({ answered: sent, lost: 0, unexpected: { 'status-404': sent } })
})

test('slow answers delay nobody: the server has fifty open questions before it answers the first', async () => {
  const waiting: (() => void)[] = []
  let opened = false
  const fault: Fault = (response) => {
    waiting.push(() => response.end('at last'))
    opened ||= waiting.length === 50
    if (opened) for (const answer of waiting.splice(0)) answer()
  }
  await using server = await new FaultyServer(fault).listen()
  const probe = await startProbe({ url: server.url, rate: 200, maxDuration: patience, timeout: patience })
  await until(() => probe.glance().answered >= 60)
  const { total } = await probe.stop()
  expect(total).toMatchObject({ answered: total.sent, lost: 0 })
})

test('requests go on while every tenth answer takes 2 s, and the slow ones are waited for', async () => {
  const slow: { sentBefore: number; sentAfter: number }[] = []
  const fault: Fault = (response, { number }) => {
    if (number % 10 !== 1) return response.end('x')
    return setTimeout(() => {
      slow.push({ sentBefore: number, sentAfter: server.arrivals.length })
      response.end('slow')
    }, 2000)
  }
  await using server = await new FaultyServer(fault).listen()
  const probe = await startProbe({ url: server.url, rate: 100, maxDuration: 1000, timeout: patience })
  const { total, duration } = await whole(probe, 100)
  expect(slow).toHaveLength(Math.ceil(total.sent / 10))
  expect(slow[0]).toEqual({ sentBefore: 1, sentAfter: total.sent })
  expect(total).toMatchObject({ answered: total.sent, lost: 0 })
  expect(total.p50).toBeLessThan(1000)
  expect(total.max).toBeGreaterThanOrEqual(1990)
  // Nothing is sent while the slow ones are waited for at the end, so that is no gap.
  expect(total.longestGap).toBeLessThanOrEqual(duration + 1)
})

test('a listener that is gone for 300 ms is a gap, in the step in which it was', async () => {
  await using server = await new FaultyServer().listen()
  const probe = await startProbe({ url: server.url, rate: 200, maxDuration: patience })
  await until(() => probe.glance().answered >= 20)
  probe.mark('restart')
  await server.close()
  await untilRefused(probe)
  await pause(300)
  await server.listen()
  const answeredBefore = probe.glance().answered
  await until(() => probe.glance().answered >= answeredBefore + 20)
  probe.mark('after')
  await until(() => probe.glance().answered >= answeredBefore + 40)
  const { total, baseline, steps, losses } = await probe.stop()

  expect(steps.map(({ label }) => label)).toEqual(['restart', 'after'])
  const [restart, after] = steps.map(({ tally }) => tally)
  expect(after).toMatchObject({ lost: 0, byCause: {} })
  expect(restart?.byCause['refused']).toBeGreaterThan(0)
  // What was on its way when the listener went is lost too, and belongs to the step in which it was sent.
  expect(total.lost).toBe(baseline.lost + (restart?.lost ?? 0))
  expect(restart?.longestGap).toBeGreaterThanOrEqual(299)
  expect(total.longestGap).toBeGreaterThanOrEqual(restart?.longestGap ?? 0)
  // Only the first are kept: on a busy machine these may all have been on their way when the listener went.
  expect(losses.map(({ lostIn, step }) => lostIn ?? step)).toContain('restart')
  expect(total.sent).toBe(settled(total))
  expect(total.sent).toBe(baseline.sent + (restart?.sent ?? 0) + (after?.sent ?? 0))
})

test('a gap that begins in one step and ends in the next is told of both', async () => {
  await using server = await new FaultyServer().listen()
  const probe = await startProbe({ url: server.url, rate: 200, maxDuration: patience })
  probe.mark('stop')
  await until(() => probe.glance().answered >= 20)
  await server.close()
  await untilRefused(probe)
  await pause(150)
  probe.mark('start')
  await pause(150)
  await server.listen()
  const answeredBefore = probe.glance().answered
  await until(() => probe.glance().answered >= answeredBefore + 20)
  const { steps } = await probe.stop()
  for (const { tally } of steps) expect(tally.longestGap).toBeGreaterThanOrEqual(299)
  expect(steps.map(({ label }) => label)).toEqual(['stop', 'start'])
})

test('an outage that has not ended is a gap too', async () => {
  await using server = await new FaultyServer().listen()
  const probe = await startProbe({ url: server.url, rate: 200, maxDuration: patience })
  await until(() => probe.glance().answered >= 20)
  probe.mark('stop')
  await server.close()
  await untilRefused(probe)
  await pause(300)
  const snapshot = await probe.snapshot()
  expect(snapshot.steps[0]?.tally.longestGap).toBeGreaterThanOrEqual(299)
  await probe.stop()
})

test('a request belongs to the step in which it was sent, also when it is answered in the next', async () => {
  const held: (() => void)[] = []
  let holding = false
  const fault: Fault = (response) => {
    if (holding) held.push(() => response.end('x'))
    else response.end('x')
  }
  await using server = await new FaultyServer(fault).listen()
  const probe = await startProbe({ url: server.url, rate: 200, maxDuration: patience })
  await until(() => probe.glance().answered >= 10)
  probe.mark('hold')
  holding = true
  const marked = probe.glance().sent
  await until(() => held.length >= 10 && probe.glance().sent >= marked + 10)
  const before = probe.glance().sent
  probe.mark('')
  await until(() => probe.glance().sent >= before + 10)
  const open = await probe.snapshot()
  const [hold] = open.steps
  holding = false
  for (const answer of held) answer()
  const closed = await probe.stop()

  expect(open.state).toBe('running')
  expect(hold?.tally.sent).toBeGreaterThanOrEqual(10)
  expect(settled(open.total)).toBeLessThan(open.total.sent)
  // The step had ended, so nothing was sent in it any more; what it had sent is answered.
  expect(closed.steps[0]?.tally.sent).toBe(hold?.tally.sent)
  expect(closed.steps[0]?.tally.answered).toBe(hold?.tally.sent)
  expect(settled(closed.total)).toBe(closed.total.sent)
})

test('a step that comes again goes on where it was', async () => {
  await using server = await new FaultyServer().listen()
  const probe = await startProbe({ url: server.url, rate: 200, maxDuration: patience })
  const forTenMore = async () => {
    const before = probe.glance().sent
    await until(() => probe.glance().sent >= before + 10)
  }
  for (const label of ['a', 'b', 'a']) {
    probe.mark(label)
    await forTenMore()
  }
  const { steps } = await probe.stop()
  expect(steps.map(({ label }) => label)).toEqual(['a', 'b'])
  expect(steps[0]?.tally.sent).toBeGreaterThan(steps[1]?.tally.sent ?? 0)
})

test('the probe ends by itself, after exactly its number of requests, and says so', async () => {
  await using server = await new FaultyServer().listen()
  const probe = await startProbe({ url: server.url, rate: 100, maxDuration: 300 })
  const ledger = await whole(probe, 30)
  expect(ledger.state).toBe('max-duration')
  expect(server.arrivals).toHaveLength(ledger.total.sent)
  expect(ledger.duration).toBeGreaterThanOrEqual(290)
})

test('after stop, stop and snapshot tell the same again', async () => {
  await using server = await new FaultyServer().listen()
  const probe: Probe = await startProbe({ url: server.url, rate: 50, maxDuration: 5000 })
  await until(() => probe.glance().answered > 0)
  const [first, second] = await Promise.all([probe.stop(), probe.stop()])
  expect(second).toEqual(first)
  expect(await probe.snapshot()).toEqual(first)
  expect(first.state).toBe('stopped')
  expect(first.selfDelayMax).toBeGreaterThanOrEqual(0)
  expect(JSON.parse(JSON.stringify(first))).toEqual(first)
})

test.each([
  [{ url: 'ftp://10.0.0.1/', rate: 1 }, 'the probe needs an http or https URL, not ftp://10.0.0.1/'],
  [{ url: 'vip', rate: 1 }, 'the probe needs an http or https URL, not vip'],
  [{ url: 'http://10.0.0.1/', rate: 0 }, "the probe's rate is 0, expected 1 to 1000 requests a second"],
  [{ url: 'http://10.0.0.1/', rate: 1001 }, "the probe's rate is 1001, expected 1 to 1000 requests a second"],
  [{ url: 'http://10.0.0.1/', rate: Number.NaN }, "the probe's rate is NaN, expected 1 to 1000 requests a second"],
  [
    { url: 'http://10.0.0.1/', rate: 1, timeout: 90_000 },
    "the probe's timeout is 90000, expected 1 to 60000 milliseconds",
  ],
])('out of bounds: %j', async (options, message) => {
  await expect(startProbe(options)).rejects.toMatchObject({ message, code: 'probe-options', exit: 'usage' })
})
