// Asks a URL over TLS until its input ends, each time on a connection of its own, one after the other. Then it says what it
// was shown and answered, as JSON: { asked, failed: [reasons], shown: [SHA-256 of certificates, in order] }.
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import type { TLSSocket } from 'node:tls'

const [url = ''] = process.argv.slice(2)
const shown: string[] = []
const failed: string[] = []
let asked = 0
process.stdin.resume()

while (!process.stdin.readableEnded) {
  asked++
  try {
    const asking = request(url, { agent: false, rejectUnauthorized: false, timeout: 5000 })
    asking.on('timeout', () => asking.destroy(new Error('no answer within 5 s'))).end()
    const [answer] = (await once(asking, 'response')) as [IncomingMessage]
    const digest = (answer.socket as TLSSocket).getPeerX509Certificate()?.fingerprint256.replaceAll(':', '') ?? 'none'
    if (shown.at(-1) !== digest) shown.push(digest)
    if (answer.statusCode !== 200) failed.push(`status ${answer.statusCode}`)
    await once(answer.resume(), 'end')
  } catch (error) {
    failed.push(String(error))
  }
  if (asked === 1) process.stdout.write('asking\n')
}
process.stdout.write(`${JSON.stringify({ asked, failed, shown })}\n`)
