import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { listenAgent } from './agent.ts'
import { begin, flawOf } from './flaws.ts'
import { listenHttp } from './server.ts'

/*
 * The shop: what the lab's load balancers balance. It has no dependency, and ends at once on SIGTERM, so that a restart
 * of a server that was not drained is seen to lose requests.
 */

const version = readFileSync('/etc/shop/version', 'utf8').trim()
const flaw = flawOf(version)
process.on('SIGTERM', () => process.exit(0))
begin(flaw)
listenHttp(8080, {
  host: hostname(),
  version: flaw === 'liar' ? '0.0.0' : version,
  unhealthyFile: '/run/shop/unhealthy',
  ...(flaw && { flaw }),
})
listenAgent(9001, '/run/shop/agent')
