import { sha256 } from '../../../src/lib/digest.ts'
import type { Operation } from './operations.ts'
import { replaced } from './world.ts'

/** What is done about a VIP, its holder, and Keepalived. */
export const vips: readonly Operation[] = [
  {
    name: 'failover',
    argv: () => Promise.resolve(['failover', 'public', '--to', 'lb2', '--max-handoff', '60s']),
    path: '/shop/',
    after: (before) => {
      const lowered = replaced(before, /^(lb1 config )[0-9a-f]{64}( .*\/priority)$/, `$1${sha256('-60\n')}$2`)
      return Promise.resolve(replaced(lowered, /^lb1 (address 10\.77\.0\.100\/16 )/, 'lb2 $1').toSorted())
    },
    host: 'lb1',
    deep: true,
  },
  {
    name: 'keepalived restart',
    argv: () => Promise.resolve(['keepalived', 'restart', '--host', 'lb2']),
    path: '/shop/',
    after: (before) => Promise.resolve(before),
    host: 'lb2',
    deep: true,
  },
  {
    name: 'evacuate holder',
    argv: () => Promise.resolve(['evacuate', 'lb1', '--max-handoff', '60s', '--timeout', '30s', 'true']),
    path: '/shop/',
    after: (before) => Promise.resolve(before),
    host: 'lb1',
    deep: true,
  },
]
