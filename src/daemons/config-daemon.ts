import type { Host, RunOptions } from '../hosts/host.ts'
import type { Json } from '../lib/types.ts'
import { tryHaproxyConfig } from './haproxy/trial.ts'
import { haproxyPicture, type HaproxyPicture } from './haproxy/picture.ts'
import { haproxyReloadTook, orderHaproxyReload, refuseHaproxyReload } from './haproxy/reload.ts'
import { keepalivedReloadTook, orderKeepalivedReload, refuseKeepalivedReload } from './keepalived/reload.ts'
import { tryKeepalivedConfig } from './keepalived/trial.ts'
import { tryNginxConfig } from './nginx/config-trial.ts'
import {
  nginxReloadTook,
  nginxRunning,
  orderNginxReload,
  refuseNginxReload,
  type NginxRunning,
} from './nginx/reload.ts'
import type { Reloaded, ReloadRefusal } from './reload.ts'
import type { Staged } from './staged.ts'
import { unitFamily, type UnitFamily } from './systemd/family.ts'
import type { ConfigTrial } from './trial/report.ts'
import type { TrialTimes } from './trial/words.ts'

type Options = Omit<RunOptions, 'as' | 'input' | 'timeout'>

/** What a change of a daemon's configuration needs of it. `Seen` is plain data: what is seen before may be journaled. */
export interface ConfigDaemon<Seen extends Json> {
  /** Tries a configuration where it will run, without a trace: see ConfigTrial. */
  tryConfig(
    host: Host,
    what: { readonly unit: string; readonly files: readonly Staged[] },
    options?: Options & TrialTimes,
  ): Promise<ConfigTrial>
  /** Looks at it; `since` an earlier look, its log from there on too. */
  running(host: Host, unit: string, options?: Options & { readonly since?: Seen | undefined }): Promise<Seen>
  /** Why it must not be reloaded as it runs now; none means go. Pure. */
  refuseReload(seen: Seen): readonly ReloadRefusal[]
  /** Orders a reload of the very process that was seen. Throws ReloadNotSent. */
  orderReload(host: Host, seen: Seen, options?: Options): Promise<void>
  /** The command of it, as a person would type it. */
  byHand(unit: string): string
  /** Has the reload ordered after `before` taken? `now` is seen `since: before`. Pure. */
  reloadTook(before: Seen, now: Seen): Reloaded
}

export const haproxyConfig: ConfigDaemon<HaproxyPicture> = {
  tryConfig: tryHaproxyConfig,
  running: haproxyPicture,
  refuseReload: refuseHaproxyReload,
  orderReload: orderHaproxyReload,
  byHand: (unit) => `kill -USR2 $(systemctl show -p MainPID --value ${unit})`,
  reloadTook: haproxyReloadTook,
}

export const nginxConfig: ConfigDaemon<NginxRunning> = {
  tryConfig: tryNginxConfig,
  running: nginxRunning,
  refuseReload: refuseNginxReload,
  orderReload: orderNginxReload,
  byHand: (unit) => `kill -HUP $(systemctl show -p MainPID --value ${unit})`,
  reloadTook: nginxReloadTook,
}

export const keepalivedConfig: ConfigDaemon<UnitFamily> = {
  tryConfig: tryKeepalivedConfig,
  running: unitFamily,
  refuseReload: refuseKeepalivedReload,
  orderReload: orderKeepalivedReload,
  byHand: (unit) => `kill -HUP $(systemctl show -p MainPID --value ${unit})`,
  reloadTook: keepalivedReloadTook,
}
