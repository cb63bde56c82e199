import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { listenAgent } from './agent.ts'
import { listenHttp } from './server.ts'

/*
 * The shop: what the lab's load balancers balance. It has no dependency, and ends at once on SIGTERM, so that a restart
 * of a server that was not drained is seen to lose requests.
 */

const version = readFileSync('/etc/shop/version', 'utf8').trim()
process.on('SIGTERM', () => process.exit(0))
listenHttp(8080, { host: hostname(), version, unhealthyFile: '/run/shop/unhealthy' })
listenAgent(9001, '/run/shop/agent')
