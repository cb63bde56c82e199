import type { HaproxyPicture } from '../../../../src/daemons/haproxy/picture.ts'
import { parseInfo } from '../../../../src/daemons/haproxy/info.ts'
import { parseFamily } from '../../../../src/daemons/systemd/family.ts'
import { systemdFixture } from '../systemd/fixture.ts'

export const version = '3.0.11-1+deb13u3'
const parsed = parseFamily(systemdFixture('haproxy'))
if (parsed?.master == null || parsed.binary === null) throw new Error('the fixture has a master')
export const family = parsed
export const { master, binary } = parsed
const [first] = parsed.children
if (first === undefined) throw new Error('the fixture has a worker')
export const worker = first

/** The recorded HAProxy after some reloads, with the worker of this pid. */
export function seen(
  pid: number,
  reloads: number,
  more: Partial<HaproxyPicture> = {},
  failedReloads = 0,
): HaproxyPicture {
  const row = { uptimeSeconds: 1, version }
  return {
    ...family,
    children: [{ ...worker, pid }],
    masterSocket: '/run/haproxy-master.sock',
    family: {
      master: { ...row, pid: 60, reloads, failedReloads },
      workers: [{ ...row, pid, reloads: 0 }],
      leaving: [],
    },
    silent: null,
    worker: { ...parseInfo(''), pid, version },
    ...more,
  }
}

/** A master that does not answer. */
export const silent = { family: null, worker: null, silent: 'Connection refused' }
