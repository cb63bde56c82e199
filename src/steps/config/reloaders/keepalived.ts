import {
  keepalivedReloadTook,
  orderKeepalivedReload,
  refuseKeepalivedReload,
} from '../../../daemons/keepalived/reload.ts'
import { tryKeepalivedConfig } from '../../../daemons/keepalived/trial.ts'
import { unitFamily, type UnitFamily } from '../../../daemons/systemd/family.ts'
import { signalled } from './signalled.ts'
import type { Reloader } from './reloader.ts'

/** Keepalived: HUP, and never a restart, which would move its VIPs. */
export const keepalivedReloader: Reloader<UnitFamily> = {
  running: (on, { unit }, since) => unitFamily(on.host, unit, { since, signal: on.signal }),
  refusals: refuseKeepalivedReload,
  tried: (on, { unit }, files) => tryKeepalivedConfig(on.host, { unit, files }, { signal: on.signal }),
  reload: (on, _which, before) => orderKeepalivedReload(on.host, before, { signal: on.signal }),
  byHand: (unit) => signalled('HUP', unit),
  took: keepalivedReloadTook,
  isGone: ({ master }) => master === null,
  isUntouched: (before, now) =>
    now.master?.pid === before.master?.pid &&
    now.master?.startTicks === before.master?.startTicks &&
    !now.journal.some(({ text }) => text.startsWith('Reloading')),
}
