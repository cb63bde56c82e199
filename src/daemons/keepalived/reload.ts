import type { Host, RunOptions } from '../../hosts/host.ts'
import { failed, orderBySignal, pending, took, type Reloaded, type ReloadRefusal } from '../reload.ts'
import type { UnitFamily } from '../systemd/family.ts'
import { complaintsIn } from './trial.ts'

/** Every reason why Keepalived must not be reloaded as it runs now; none means go. Pure. */
export function refuseKeepalivedReload({ unit, master, children }: UnitFamily): ReloadRefusal[] {
  if (master === null) {
    const message = `${unit.id} is not running (${unit.activeState})`
    return [{ code: 'not-running', message, suggestions: [`systemctl start ${unit.id}`] }]
  }
  const frozen = [master, ...children].find((one) => one.frozen)
  if (frozen !== undefined) {
    const message = `process ${frozen.pid} of Keepalived is stopped: it would not hear of it, and sends no adverts`
    return [{ code: 'frozen', message, suggestions: [`kill -CONT ${frozen.pid}`] }]
  }
  return []
}

/** Orders a reload: HUP to the parent (keepalived(8), SIGNALS). Keepalived is never restarted: that moves the VIP. */
export async function orderKeepalivedReload(
  host: Host,
  { master, unit }: Pick<UnitFamily, 'master' | 'unit'>,
  options?: Omit<RunOptions, 'as' | 'input'>,
): Promise<void> {
  await orderBySignal(host, 'HUP', master ?? { pid: unit.mainPid ?? 0, startTicks: 0 }, options)
}

/**
 * Has the reload ordered after `before` taken? By its own journal (2.2, 2.3): the parent says "Reload complete", each child
 * that was there "Reloading", and none of them complains; all of them are still there. What Keepalived does not understand it
 * leaves out, and says so in the journal alone. `now` is a look `since: before`. Pure.
 */
export function keepalivedReloadTook(before: UnitFamily, now: UnitFamily): Reloaded {
  const { master, unit } = now
  const complaints = complaintsIn(now.journal.map(({ text }) => text)).filter((line) => !/deprecated/.test(line))
  const status = `journalctl -u ${unit.id} -n 50`
  if (master === null) {
    const left = `${unit.id} is ${unit.activeState}, and the VIPs that it held may still be on the host (ip addr)`
    return failed(`Keepalived is gone: ${left}`, complaints, status, `systemctl start ${unit.id}`)
  }
  if (master.pid !== before.master?.pid || master.startTicks !== before.master.startTicks)
    return failed(
      `Keepalived was restarted: process ${master.pid}, was ${before.master?.pid ?? 'none'}`,
      complaints,
      status,
    )
  const said = (pid: number, words: string) =>
    now.journal.some((line) => line.pid === pid && line.text.startsWith(words))
  const deaf = before.children.find(({ pid }) => !said(pid, 'Reloading'))
  if (deaf !== undefined) return pending(`process ${deaf.pid} to read its configuration`)
  if (!said(master.pid, 'Reload complete')) return pending('the reload to be complete')
  if (complaints.length > 0) return failed('Keepalived left out what it did not understand', complaints)
  const gone = before.children.find((one) => !now.children.some(({ pid }) => pid === one.pid))
  if (gone !== undefined) return failed(`process ${gone.pid} of Keepalived has ended`, complaints, status)
  const faulty = now.journal.find(({ text }) => text.endsWith('Entering FAULT STATE'))
  return faulty === undefined ? took : failed('Keepalived went into the state FAULT', [faulty.text], status)
}
