import { plan, stage, type StageDraft, type StepDraft } from '../engine/plan.ts'
import type { Fleet, KeepalivedSpec } from '../fleet/fleet.ts'
import { hostNamed, vipsOf } from '../fleet/selectors.ts'
import { ZdtError } from '../lib/errors.ts'
import type { HostName } from '../lib/types.ts'
import { isBackup, refuseHolding, restartKeepalived } from '../steps/keepalived/restart.ts'
import { startsAgain } from '../steps/keepalived/starts-again.ts'
import { claimsOf } from './claims.ts'
import { askedOfWhatLies } from './before-reading/what-lies.ts'
import type { Operation, World } from './operation.ts'

interface RestartOptions {
  readonly host: string
  /** Leave the trial start out, where the host does not allow it. */
  readonly withoutTrial: boolean
}

/** Restarts Keepalived on a host that is BACKUP for all of its VIPs. Throws HoldsVip where it is not. */
export const keepalivedRestart: Operation<RestartOptions> = {
  title: ({ host }) => `keepalived restart ${host}`,
  claims: (fleet, { host }) => claimsOf(fleet, [], [hostNamed(fleet, host).name]),
  propose: async ({ fleet, hosts, id }, { host: wanted, withoutTrial }) => {
    const { name } = hostNamed(fleet, wanted)
    const vips = vipsOn(fleet, name)
    const host = await hosts.on(name)
    await refuseHolding(host, vips)
    const asks = await keepalivedAsks({ fleet, hosts }, name)
    const addresses = vips.map(({ address }) => address).join(', ')
    return {
      situation: { fleet: fleet.name, seats: [], capacity: [], facts: [`${name} is BACKUP for ${addresses}`] },
      plan: plan(`keepalived restart ${name}`, fleet.digest, restarted(name, vips, { withoutTrial, asks }), id),
      done: `Keepalived on ${name} was restarted, and is BACKUP for ${addresses} again`,
      already: `Keepalived on ${name} needs no restart`,
      onTimeout: 'leave',
    }
  },
}

/** Restarted where it is BACKUP for all of these. */
export function restarted(
  name: HostName,
  specs: readonly KeepalivedSpec[],
  { withoutTrial, asks }: { readonly withoutTrial: boolean; readonly asks: readonly StepDraft[] },
): StageDraft[] {
  const vips = specs.map(({ name: vip, address, unit }) => ({ name: vip, address, unit }))
  const units = [...new Set(vips.map(({ unit }) => unit))]
  return [
    stage(
      'trial start with the configuration that lies there',
      withoutTrial ? [] : units.map((unit) => startsAgain.at(name, { unit })),
    ),
    stage(`${name} is BACKUP`, [...vips.map((vip) => isBackup.at(name, vip)), ...asks]),
    stage(
      `restart Keepalived on ${name}`,
      units.map((unit) => restartKeepalived.at(name, { unit, vips })),
    ),
  ]
}

/** What is asked before Keepalived is started with what lies there: no VIP moves by it. Throws VipWouldMove and NodesDiffer. */
export async function keepalivedAsks(world: Pick<World, 'fleet' | 'hosts'>, name: HostName): Promise<StepDraft[]> {
  const [first, ...more] = vipsOn(world.fleet, name)
  if (!first) return []
  const configuration = { host: name, daemon: 'keepalived' as const, groups: [first, ...more] as const }
  const { asked } = await askedOfWhatLies(world, configuration, { anyway: '', allowEmpty: false })
  return asked.map(({ guard }) => guard)
}

/** The VIPs of a host. Throws, exit `usage`, where it has none. */
export function vipsOn(fleet: Fleet, name: HostName): KeepalivedSpec[] {
  const vips = vipsOf(fleet, name)
  if (vips.length > 0) return vips
  throw new ZdtError(`${fleet.file} has no Keepalived on ${name}`, { code: 'no-keepalived', exit: 'usage' })
}
