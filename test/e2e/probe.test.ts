import { execFile, execFileSync } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test, vi } from 'vitest'
import { startProbe } from '../../src/probe/probe.ts'
import { FaultyServer, type Fault } from '../unit/probe/faulty-server.ts'

const hasWrk = (() => {
  try {
    // wrk has no --help that exits 0; being there is enough.
    execFileSync('sh', ['-c', 'command -v wrk'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

const connections = 4

/** Two seconds of wrk: how many answers it had, and how many socket errors it saw. */
async function wrk(url: string): Promise<{ answers: number; errors: number }> {
  const argv = ['--threads', '1', '--connections', String(connections), '--duration', '2s', url]
  const { stdout } = await promisify(execFile)('wrk', argv, { timeout: 90_000 })
  const number = (pattern: RegExp) => Number(pattern.exec(stdout)?.[1] ?? 0)
  const errors = [/connect (\d+)/, /read (\d+)/, /write (\d+)/, /timeout (\d+)/].map(number)
  return { answers: number(/(\d+) requests in/), errors: errors.reduce((sum, count) => sum + count, 0) }
}

/** wrk and a thousand requests of the probe, at 500 a second, at the same time and from the same server. */
async function bothAgainst(fault?: Fault) {
  await using server = await new FaultyServer(fault).listen()
  const probe = await startProbe({ url: server.url, rate: 500, maxDuration: 2000 })
  const load = await wrk(server.url)
  const ended = async () => expect((await probe.snapshot()).state).toBe('max-duration')
  await vi.waitFor(ended, { timeout: 90_000 })
  const ledger = await probe.stop()
  const ofProbe = server.arrivals.filter(({ asked }) => asked !== '')
  return { load, ledger, ofProbe, ofWrk: server.arrivals.length - ofProbe.length }
}

test.skipIf(!hasWrk)('against a good server the probe, wrk and the server agree that nothing is lost', async () => {
  const { load, ledger, ofProbe, ofWrk } = await bothAgainst()
  expect(load.errors).toBe(0)
  expect(ledger.total).toMatchObject({ answered: ledger.total.sent, lost: 0, retried: 0 })
  expect(ledger.total.sent + ledger.total.skipped).toBe(1000)
  expect(ofProbe).toHaveLength(ledger.total.sent)
  // What wrk had in flight at its end it does not count.
  expect(ofWrk - load.answers).toBeGreaterThanOrEqual(0)
  expect(ofWrk - load.answers).toBeLessThanOrEqual(connections)
})

test.skipIf(!hasWrk)(
  'against a server that resets every 50th request, each sees it, and the ledger is what the server did',
  async () => {
    const reset = new Set<number>()
    const { load, ledger, ofProbe } = await bothAgainst((response, { number, socket }) => {
      if (number % 50 !== 0) return response.end('fine')
      reset.add(number)
      return socket.resetAndDestroy()
    })
    expect(load.errors).toBeGreaterThan(0)

    // By the server's own record: whose last try was reset is lost; who needed a second is healed.
    const last = new Map(ofProbe.map((arrival) => [arrival.asked, arrival]))
    const lost = [...last.values()].filter(({ number }) => reset.has(number)).length
    const again = ofProbe.length - last.size
    expect(last.size).toBe(ledger.total.sent)
    expect(ledger.total.lost).toBe(lost)
    expect(ledger.total.lost + ledger.total.retried).toBeGreaterThan(0)
    expect(ledger.total.retried).toBeLessThanOrEqual(again)
    expect(ledger.total.answered + ledger.total.lost).toBe(ledger.total.sent)
    expect(ledger.total.byCause).toEqual(lost === 0 ? {} : { reset: lost })
  },
)
