import type { Host } from '../../hosts/host.ts'
import { connectionsAt } from './connections.ts'
import { handOffNames } from './hand-off-names.ts'
import { alone, isIPv6 } from './ip.ts'
import { saidBy } from './look-failed.ts'
import { passOnRule, passOnTable, type PassOn } from './pass-on-table.ts'
import { quote } from '../../lib/quote.ts'

/** A script for `sh` on a host, as root, and what it reads. */
export type Script = { readonly argv: readonly string[] }

/*
 * Whoever sets something up sets the host's own timer first: should zdt die, the host cleans up by itself. Transient units
 * live in /run, so a reboot ends them together with what they would have cleaned up (systemd-run(1)).
 */
const timer = `set_timer() {
  systemctl stop "$1.timer" "$1.service" 2>/dev/null || true
  systemctl reset-failed "$1.timer" "$1.service" 2>/dev/null || true
  systemd-run --quiet --collect --unit="$1" --on-active="$2" --timer-property=AccuracySec=1s /bin/sh -c "$3"
}
`

const passOnScript = `set -e
${timer}
set_timer "$1" "$2" "$3"
nft -f - <<TABLE
$4
TABLE
eval "$5"
printf '%s\\n' "$6" | nft -f -`

/** Sets up passing on: the timer, the table that learns, those who are connected already, then the rule. */
export function startPassingOn(what: PassOn): readonly string[] {
  const { passOnTimer } = handOffNames(what.address)
  const words = [passOnTimer, String(what.seconds), endPassingOn(what.address), passOnTable(what), learn(what.address)]
  return ['sh', '-c', passOnScript, 'zdt-pass-on', ...words, passOnRule(what)]
}

/** The shell command by which the table learns of those who are connected already: they must never be passed on. */
export function learn(address: string): string {
  return `${connectedNow(address)} | ${asElements(address)} | nft -f -`
}

/**
 * The shell command by which it learns anew, in one transaction: what has ended is forgotten, for its port may belong to a
 * connection of the peer by now. It reads what the peer knows to be its own (`ownIn`): that is the peer's, whatever `ss`
 * says here. Nothing is done where there is no table, nor on a host that holds the VIP: who connects meanwhile would be lost.
 */
export function learnAnew(address: string): string {
  const { table } = handOffNames(address)
  const others = `{ cat; echo --; ${connectedNow(address)}; } | awk '${minusTheirs}'`
  const known = `{ echo 'flush set netdev ${table} mine'; ${others} | ${asElements(address)}; } | nft -f -`
  const takesPart = `nft list chain netdev ${table} arriving >/dev/null 2>&1`
  const holds = `ip -o address show to ${address} | grep -qv ' lo '`
  return `if ${takesPart} && ! ${holds}; then ${known}; fi`
}

/** Prints the lines after `--` that are not among those before it. */
const minusTheirs = 'own && !($0 in theirs); $0 == "--" { own = 1 } !own { theirs[$0] }'

/** Asks what a host knows to be its own; fails where it has no table. */
export function listOwn(address: string): readonly string[] {
  return ['nft', 'list', 'set', 'netdev', handOffNames(address).table, 'mine']
}

/** Reads the answer, one `ADDRESS . PORT` a line. */
export function ownIn(stdout: string): string {
  return [...stdout.matchAll(/([0-9a-f.:]+) \. (\d+)/g)].map(([, address, port]) => `${address} . ${port}\n`).join('')
}

/** Who is connected, one `ADDRESS . PORT` a line. A pipe tells of its last command alone: what is no element makes nft fail. */
function connectedNow(address: string): string {
  const bare = String.raw`s/^\[?(::ffff:)?([0-9a-fA-F.:]+)(%[^]]*)?\]?:([0-9]+)$/\2 . \4/`
  return `{ ${quote(connectionsAt(address))} || echo - - - - failed; } | awk '{ print $5 }' | sed -E '${bare}'`
}

function asElements(address: string): string {
  return `while read -r one; do echo "add element netdev ${handOffNames(address).table} mine { $one }"; done`
}

/** The shell command that ends it; harmless when nothing is there. */
export function endPassingOn(address: string): string {
  const { table } = handOffNames(address)
  return `nft delete table netdev ${table} 2>/dev/null; ! nft list chain netdev ${table} arriving >/dev/null 2>&1`
}

/** A VIP that stays a valid address of a host which does not hold it, so that its sockets live on. */
export type KeepOpen = {
  readonly address: string
  readonly device: string
  readonly seconds: number
  /** What the two settings were before, to be put back. IPv6 needs neither: nobody solicits an address on `lo`. */
  readonly arpIgnore: number
  readonly arpAnnounce: number
}

const keepOpenScript = `set -e
${timer}
set_timer "$1" "$2" "$3"
eval "$4"`

/** Puts the VIP on `lo`, where it answers no ARP (ip-sysctl: arp_ignore, arp_announce). */
export function startKeepingOpen(what: KeepOpen): readonly string[] {
  const { keepOpenTimer } = handOffNames(what.address)
  const words = [keepOpenTimer, String(what.seconds), endKeepingOpen(what), keepOpenCommands(what).join(' && ')]
  return ['sh', '-c', keepOpenScript, 'zdt-keep-open', ...words]
}

/** What it comes to, as a person would type it. */
export function keepOpenCommands({ address, device }: Pick<KeepOpen, 'address' | 'device'>): string[] {
  if (isIPv6(address)) return [`ip -6 address replace ${alone(address)} dev lo nodad preferred_lft 0`]
  return [
    `sysctl -qw ${sysctl(device, 'arp_ignore')}=1 ${sysctl(device, 'arp_announce')}=2`,
    `ip address replace ${alone(address)} dev lo`,
  ]
}

/** The shell command that ends it; harmless when nothing is there. */
export function endKeepingOpen({ address, device, arpIgnore, arpAnnounce }: KeepOpen): string {
  const away = `ip address del ${alone(address)} dev lo 2>/dev/null`
  const gone = `! ip address show dev lo to ${address} | grep -q inet`
  if (isIPv6(address)) return `${away}; ${gone}`
  const back = `sysctl -qw ${sysctl(device, 'arp_ignore')}=${arpIgnore} ${sysctl(device, 'arp_announce')}=${arpAnnounce}`
  return `${away}; ${back} && ${gone}`
}

/** Whether a host keeps an address open so. Throws LookFailed, and what Host.run throws. */
export async function isOnLo(host: Host, address: string, signal?: AbortSignal): Promise<boolean> {
  const argv = ['ip', 'address', 'show', 'dev', 'lo', 'to', address]
  return (await saidBy(host, argv, signal && { signal })).includes('inet')
}

/** The shell command that ends a timer with its work. */
export function stopTimer(unit: string): string {
  return `systemctl stop ${unit}.timer 2>/dev/null || true`
}

/**
 * The shell command by which the host's own timers begin anew, each with its whole time; harmless where they have ended. An
 * OnActiveSec= counts from the timer's own start (systemd.timer(5)).
 */
export function prolongTimers(address: string): string {
  const { passOnTimer, keepOpenTimer } = handOffNames(address)
  return (
    [passOnTimer, keepOpenTimer].map((unit) => `systemctl try-restart ${unit}.timer 2>/dev/null`).join('; ') + '; true'
  )
}

/** A device may have dots in its name, which sysctl takes for separators unless the rest is written with slashes. */
function sysctl(device: string, setting: string): string {
  return `net/ipv4/conf/${device}/${setting}`
}
