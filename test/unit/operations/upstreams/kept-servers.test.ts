import { expect, test } from 'vitest'
import type { Pool } from '../../../../src/fleet/fleet.ts'
import { keptServers } from '../../../../src/operations/upstreams/kept-servers.ts'

const at = (number: number) => ({ name: `app${number}`, address: `10.0.0.2${number}`, port: 80 })
const colours = new Map([
  ['blue', ['app1']],
  ['green', ['app2', 'app3']],
])
const pool = { servers: [at(1), at(2), at(3)], rollout: { blueGreen: { colours } } } as unknown as Pool
const fresh = 'server 10.0.0.21:80;\nserver 10.0.0.22:80;\nserver 10.0.0.23:80 weight=5;\n'

test.each([
  [
    'servers of the colour that rests begin down, with the weight they are written with',
    'server 10.0.0.21:80;\n',
    'server 10.0.0.21:80;\nserver 10.0.0.22:80 down;\nserver 10.0.0.23:80 weight=5 down;\n',
  ],
  [
    'one that is drained already makes no difference',
    'server 10.0.0.21:80;\nserver 10.0.0.22:80 down;\n',
    'server 10.0.0.21:80;\nserver 10.0.0.22:80 down;\nserver 10.0.0.23:80 weight=5 down;\n',
  ],
  [
    'a colour that serves gets one more that does',
    'server 10.0.0.21:80 down;\nserver 10.0.0.22:80;\n',
    'server 10.0.0.21:80 down;\nserver 10.0.0.22:80;\nserver 10.0.0.23:80 weight=5;\n',
  ],
])('a file made anew: %s', (_what, live, text) => expect(keptServers(pool, fresh, live)).toBe(text))
