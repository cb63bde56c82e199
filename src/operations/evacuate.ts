import { interfacesOf } from '../daemons/linux/interfaces.ts'
import { plan, stage, type StageDraft } from '../engine/plan.ts'
import type { Fleet, Seat } from '../fleet/fleet.ts'
import { hostNamed, poolsServing } from '../fleet/selectors.ts'
import type { Hosts } from '../hosts/host.ts'
import { quote } from '../lib/quote.ts'
import type { HostName, Millis, RunId } from '../lib/types.ts'
import { hostIsBack } from '../steps/host/back.ts'
import { hostIsQuiet } from '../steps/host/quiet.ts'
import { hostWork } from '../steps/host/work.ts'
import { setAgain } from '../steps/haproxy/set-again.ts'
import { judgeCapacity } from './capacity.ts'
import { claimsOf } from './claims.ts'
import { factsOf } from './evacuate/facts.ts'
import { lookAtHome, unitName } from './evacuate/home.ts'
import { planVips, type HowToMove, type VipMoves } from './evacuate/moves.ts'
import { lookAtSeats, type SeenSeat } from './look-at-seats.ts'
import type { Operation, World } from './operation.ts'
import type { Proposal } from './proposal.ts'
import { intoRotation, namesOf, outOfRotation, untilDrained } from './rotation.ts'
import { seatRow } from './seat-row.ts'

export interface EvacuateOptions extends HowToMove {
  readonly host: string
  /** What is to be run there; empty: the operator works himself, and says when he is done. */
  readonly argv: readonly string[]
  /** How long the command may take, and how long the host may be away. */
  readonly maxCommand: Millis
  readonly maxReboot: Millis
  readonly allowEmpty: boolean
}

/**
 * Takes a whole host out: every VIP that it holds moves away, every pool drains it; then work is done on it, a boot
 * included; and all comes back as it was. Throws TooFewLeft, UnfitToTake, NoWayToMove, and what fleet and hosts throw.
 */
export const evacuate: Operation<EvacuateOptions> = {
  title: ({ host }) => `evacuate ${host}`,
  claims: (fleet, { host }) => {
    const { name } = hostNamed(fleet, host)
    const seats = poolsServing(fleet, name)
    return claimsOf(fleet, seats, [...new Set([name, ...peersOf(fleet, name, seats)])])
  },
  propose,
}

/** Who must stay while it is away: the members of its VIPs; and its group, where no pool would keep enough of it. */
function peersOf(fleet: Fleet, name: HostName, seats: readonly Seat[]): HostName[] {
  const groups = seats.length > 0 ? [] : [...fleet.haproxy.values(), ...fleet.nginx.values()]
  return [...fleet.keepalived.values(), ...groups].flatMap(({ hosts }) => (hosts.includes(name) ? hosts : []))
}

async function propose(world: World, options: EvacuateOptions): Promise<Proposal> {
  const { fleet, hosts, id } = world
  const { name } = hostNamed(fleet, options.host)
  const [seen, home, vips] = await Promise.all([
    lookAtSeats(hosts, poolsServing(fleet, name)),
    lookAtHome(fleet, hosts, name),
    planVips(world, name, options),
  ])
  const judged = await judgeCapacity(fleet, seen, {
    doing: `draining ${name}`,
    anyway: `zdt evacuate ${name} --allow-empty${options.argv.length > 0 ? ` -- ${quote(options.argv)}` : ''}`,
    allowEmpty: options.allowEmpty,
  })
  // What somebody has taken out stays out.
  const ready = seen.filter(({ view }) => view.admin === 'ready')
  const { argv, timeout, maxCommand, maxReboot } = options
  const heldOff = vips.heldOff.map((unit) => unitName(unit))
  const services = home.services.map((one) => one.id).filter((id) => !heldOff.includes(id))
  const work = {
    ...(argv.length > 0 && { argv }),
    longest: maxCommand,
    away: maxReboot,
    services,
    kept: home.kept,
    returns: vips.returns,
  }
  const ports = [...new Set([...home.ports, ...seen.map(({ seat }) => seat.port)])]
  const stages: StageDraft[] = [
    ...vips.away,
    ...outOfRotation(ready, 'drain', judged),
    untilDrained(seen, timeout),
    stage(
      `wait until nobody is connected to ${name}`,
      ports.length > 0 ? [hostIsQuiet.at(name, { ports, except: await addressesOf(hosts, seen), timeout })] : [],
    ),
    stage(argv.length > 0 ? `run on ${name}: ${quote(argv)}` : `${name} is yours to work on`, [
      hostWork.at(name, work),
    ]),
    {
      ...stage(`wait until ${name} is up, with the services that ran before`, [
        hostIsBack.at(name, { services, boot: home.boot, timeout: maxReboot }),
      ]),
      ...(argv.length === 0 && { asks: `Is the work on ${name} done?` }),
    },
    stage(
      `set again in HAProxy what was set by hand`,
      home.kept.map((one) => setAgain.at(name, one)),
    ),
    ...vips.home,
    ...intoRotation(fleet, ready, timeout, ({ view }) => view.agent?.enabled === true),
  ]
  return {
    situation: {
      fleet: fleet.name,
      seats: seen.map(({ seat, view, old }) => seatRow(seat.host, view, old)),
      capacity: judged.capacity,
      facts: factsOf(name, { seen, vips, home, options }),
    },
    plan: plan(`evacuate ${name}`, fleet.digest, stages, id),
    ...said(name, id, vips, ready),
    onTimeout: 'leave',
  }
}

/** The addresses of the load balancers that the host is drained from: they go on checking it. */
async function addressesOf(hosts: Hosts, seen: readonly SeenSeat[]): Promise<string[]> {
  const balancers = [...new Set(seen.map(({ seat }) => seat.host))]
  const interfaces = await Promise.all(balancers.map(async (one) => interfacesOf(await hosts.on(one))))
  return interfaces.flat().flatMap(({ addresses }) => addresses.map(({ address }) => address))
}

/** What is said at its end. */
function said(name: HostName, id: RunId, { held }: VipMoves, ready: readonly SeenSeat[]) {
  const back = [
    ...(held.length > 0 ? [`it holds ${held.join(', ')} again`] : []),
    ...(ready.length > 0 ? [`serves ${namesOf(ready.map(({ seat }) => seat))} again`] : []),
    'its services run',
  ]
  return {
    done: `${name} is back: ${back.join(', ')}`,
    already: `${name} is back`,
    halfWay: { goOnWith: `zdt resume ${id}`, putBackWith: `zdt rollback ${id}` },
  }
}
