import { nodeOf } from '../../daemons/keepalived/node.ts'
import { parseUnit, showUnit } from '../../daemons/systemd/unit.ts'
import type { On } from '../../engine/step-kind.ts'
import type { Host } from '../../hosts/host.ts'
import { ZdtError } from '../../lib/errors.ts'
import { defineChange, defineGuard, notYet } from '../define.ts'
import { keepalivedThing } from '../things.ts'
import { asRoot } from '../vip/as-root.ts'

/** A VIP, and Keepalived's unit. */
export type Vip = { readonly name: string; readonly address: string; readonly unit: string }

/** Keepalived holds an address there: a restart would take it away from every client (TRAPS: Keepalived). */
export class HoldsVip extends ZdtError {
  constructor(host: string, { name, address }: Vip, state: string) {
    super(`${host} ${state} ${address}: Keepalived is restarted on a BACKUP alone`, {
      code: 'holds-vip',
      exit: 'refused',
      host,
      suggestions: [`zdt failover ${name}`],
    })
  }
}

/** Throws HoldsVip where the host holds one of these, by its addresses. */
export async function refuseHolding(host: Host, vips: readonly Vip[], signal?: AbortSignal): Promise<void> {
  for (const vip of vips) {
    const { heldBy } = await nodeOf(host, vip, signal)
    if (heldBy !== null) throw new HoldsVip(host.name, vip, 'holds')
  }
}

/** Why Keepalived is not BACKUP for these, by its own word. */
export async function notBackup(vips: readonly Vip[], on: On): Promise<string[]> {
  const nodes = await Promise.all(vips.map((vip) => nodeOf(on.host, vip, on.signal)))
  return nodes.flatMap(({ instance }) =>
    instance?.state === 'BACKUP' ? [] : [`Keepalived says ${instance?.state ?? 'nothing'}`],
  )
}

/** This host is BACKUP for a VIP, by its addresses and by Keepalived's own word. Throws HoldsVip. */
export const isBackup = defineGuard<Vip>({
  kind: 'keepalived.is-backup',
  describe: ({ name, address }, host) => ({ title: `${host} is BACKUP for ${address}`, commands: [`zdt vip ${name}`] }),
  check: async (vip, on) => {
    const { heldBy, instance } = await nodeOf(on.host, vip, on.signal)
    if (heldBy !== null) throw new HoldsVip(on.host.name, vip, 'holds')
    if (instance && instance.state !== 'BACKUP') throw new HoldsVip(on.host.name, vip, `is ${instance.state} for`)
  },
  protects: ({ unit }, host) => [keepalivedThing(host, unit)],
})

type Restart = {
  readonly unit: string
  /** It must be BACKUP for these again. */
  readonly vips: readonly Vip[]
}

/** Restarts Keepalived; systemd waits for the old process, or nothing would run (TRAPS: Keepalived). */
export const restartKeepalived = defineChange<Restart, { readonly pid: number | null }>({
  kind: 'keepalived.restart',
  describe: ({ unit }) => ({ title: `restart ${unit}`, commands: [`sudo systemctl restart ${unit}`] }),
  describeUndo: ({ unit }, { pid }) => (pid === null ? [] : [`sudo systemctl start ${unit}`]),
  observe: async ({ unit }, on) => ({ pid: await pidOf(on, unit) }),
  isDone: () => false,
  apply: ({ unit }, _found, on) => asRoot(on, ['systemctl', 'restart', '--', unit], `${unit} did not restart`),
  verify: async ({ unit, vips }, { pid }, on) => {
    const now = await pidOf(on, unit)
    return notYet((now === null || now === pid) && `${unit} has no new process yet`, ...(await notBackup(vips, on)))
  },
  // What ran before was the same: there is nothing to put back, but that it runs.
  undo: async ({ unit }, { pid }, on) => {
    if (pid === null || (await pidOf(on, unit)) !== null) return
    await asRoot(on, ['systemctl', 'start', '--', unit], `${unit} did not start`)
  },
  undone: async ({ unit }, { pid }, on) =>
    notYet(pid !== null && (await pidOf(on, unit)) === null && `${unit} does not run on ${on.host.name}`),
  about: ({ unit }, host) => [keepalivedThing(host, unit)],
  traceless: true,
  undoLooks: true,
})

async function pidOf(on: On, unit: string): Promise<number | null> {
  const { stdout } = await on.host.run(showUnit(unit), { signal: on.signal })
  return parseUnit(stdout.toString('utf8')).mainPid
}
