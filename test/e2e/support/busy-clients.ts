// Keep-alive clients that never rest: `busy-clients.ts URL COUNT`. Each asks again as soon as it is answered, over the one connection that it
// keeps, and heals a stale one as the probe does. When its input ends it says the probe's tally of all of them, as JSON.
import { ask, keepAliveAgent } from '../../../src/probe/ask.ts'
import { book, emptyAccount, tallyOf } from '../../../src/probe/ledger.ts'

const [target = '', count = '20'] = process.argv.slice(2)
const url = new URL(target)
const account = emptyAccount()
process.stdin.resume()

async function askOn(): Promise<void> {
  const connection = keepAliveAgent(url)
  while (!process.stdin.readableEnded) {
    account.sent++
    book(account, await ask({ url, number: account.sent, connection, timeout: 10_000 }))
    if (account.sent === 100) process.stdout.write('asking\n')
  }
  connection.destroy()
}

await Promise.all(Array.from({ length: Number(count) }, askOn))
process.stdout.write(`${JSON.stringify(tallyOf(account))}\n`)
