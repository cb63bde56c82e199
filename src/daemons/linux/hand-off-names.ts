/** What the names of all tables of hand-offs begin with. */
export const tablePrefix = 'zdt_vip_'

/** What a hand-off of an address leaves on a host while it lasts, by name. All of it is gone after a reboot. */
export function handOffNames(address: string) {
  return {
    /** The nftables table, family netdev. */
    table: `${tablePrefix}${address.replaceAll(/[.:]/g, '_')}`,
    /** Transient systemd units that take the table, and the address on `lo`, away when nobody else does. */
    passOnTimer: `zdt-pass-on-${address.replaceAll(':', '_')}`,
    keepOpenTimer: `zdt-keep-open-${address.replaceAll(':', '_')}`,
  }
}
