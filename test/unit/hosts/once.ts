import { openHosts } from '../../../src/hosts/open-hosts.ts'
import { box, specFor } from './reach.ts'

// A process of its own for open-hosts.test.ts: reaches a host, and closes everything unless it is told to stay.
const transport = process.argv[2] as 'ssh' | 'openssh' | 'local'
const hosts = openHosts({ hosts: new Map([['box', specFor({ transport })]]) })
const host = await hosts.on(box)
await host.run(['true'])
await host.run(['sleep', '1000'], { timeout: 50 }).catch(() => {})
process.stdout.write('done\n')
if (process.argv[3] !== 'stay') await hosts.closeAll()
