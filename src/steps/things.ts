import type { HostName } from '../lib/types.ts'

/*
 * The names of what steps change (`about`) and of what guards and waits are for (`protects`): two steps that change the
 * same thing must say the same name.
 */

/** A file on a host, links followed. */
export function fileThing(host: HostName, path: string): string {
  return `file ${host} ${path}`
}

/** The processes of a host's nginx. */
export function nginxThing(host: HostName, unit: string): string {
  return `nginx ${host} ${unit} processes`
}

/** What a host's daemon runs with. */
export function daemonThing(host: HostName, unit: string): string {
  return `daemon ${host} ${unit} configuration`
}

/** One of the settings that a load balancer keeps of a server, each by itself. */
export function seatThing(
  host: HostName,
  { socket, backend, server }: { readonly socket: string; readonly backend: string; readonly server: string },
  setting: 'state' | 'weight' | 'agent' | 'address',
): string {
  return `haproxy ${host} ${socket} ${backend}/${server} ${setting}`
}

/** A map in a load balancer's memory. */
export function mapThing(host: HostName, socket: string, file: string): string {
  return `haproxy ${host} ${socket} map ${file}`
}

/** An application: `shop/app2`. */
export function appThing(host: HostName, name: string): string {
  return `app ${host} ${name}`
}

/** What a hand-off of a VIP sets up on a host: that it passes on, and that it keeps open. */
export function handOffThing(host: HostName, address: string, what: 'pass-on' | 'keep-open'): string {
  return `vip ${host} ${address} ${what}`
}

/** Keepalived's process on a host. */
export function keepalivedThing(host: HostName, unit: string): string {
  return `keepalived ${host} ${unit} process`
}
