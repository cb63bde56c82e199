import { tryNginxConfig } from '../../../daemons/nginx/config-trial.ts'
import {
  nginxReloadTook,
  nginxRunning,
  orderNginxReload,
  refuseNginxReload,
  type NginxRunning,
} from '../../../daemons/nginx/reload.ts'
import { readUpstreams } from '../../../daemons/nginx/upstream/read.ts'
import { signalled } from './signalled.ts'
import type { Reloader } from './reloader.ts'

/** nginx: HUP to its master. */
export const nginxReloader: Reloader<NginxRunning> = {
  running: (on, { unit }, since) => nginxRunning(on.host, unit, { since, signal: on.signal }),
  refusals: refuseNginxReload,
  tried: (on, { unit }, files) => tryNginxConfig(on.host, { unit, files }, { signal: on.signal }),
  reload: (on, _which, before) => orderNginxReload(on.host, before, { signal: on.signal }),
  byHand: (unit) => signalled('HUP', unit),
  took: nginxReloadTook,
  isGone: ({ picture }) => picture.masters.length === 0,
  isUntouched: ({ picture: before }, { picture: now }) => processesOf(before) === processesOf(now),
  hasRead: async (on, which, paths) => {
    const { files, changed } = await readUpstreams(on.host, which, [])
    return paths.every((path) => files?.includes(path) === true && !changed.includes(path))
  },
  goesByTimes: true,
}

function processesOf({ masters, others }: NginxRunning['picture']): string {
  const all = [...masters, ...others].map(({ pid, startTicks }) => `${pid} ${startTicks}`)
  return all.toSorted().join()
}
