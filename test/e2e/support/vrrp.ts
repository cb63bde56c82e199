/** The IPv6 address that `withIPv6` gives the lab, beside its VIP; and the port at which HAProxy takes it. */
export const six = { address: 'fd77::100', port: 8086, url: 'http://[fd77::100]:8086' } as const

/** keepalived.conf of the lab, with adverts once a second, as Keepalived has them by default. */
export function everySecond(conf: string): string {
  return conf.replaceAll('advert_int 0.1', 'advert_int 1')
}

/** With an instance of its own for an IPv6 address, which the same track file moves along. */
export function withIPv6(conf: string): string {
  const instance = /vrrp_instance public \{([^]*)\}\s*$/.exec(conf)?.[1] ?? ''
  const own = instance
    .replace('virtual_router_id 51', 'virtual_router_id 52')
    .replace(/10\.77\.0\.100\/\d+/, `${six.address}/64`)
  return `${conf}\nvrrp_instance public6 {\n${own}}\n`
}

/** With adverts from one to the other alone: of the instance 51 by IPv4, of the other by IPv6. */
export function unicast(conf: string, host: string): string {
  const [own, other] = host === 'lb1' ? [11, 12] : [12, 11]
  return conf.replaceAll(/virtual_router_id (\d+)/g, (line, id: string) => {
    const net = id === '51' ? '10.77.0.' : 'fe80::'
    return `${line}\n    unicast_src_ip ${net}${own}\n    unicast_peer { ${net}${other} }`
  })
}

/** haproxy.cfg of the lab, taking the IPv6 address too. */
export function takingIPv6(cfg: string): string {
  return cfg.replace('frontend public\n', `frontend public\n    bind [::]:${six.port} v6only\n`)
}

/** zdt.yaml of the lab, with the IPv6 address as a VIP called `six`. */
export function fleetWithIPv6(yaml: string): string {
  const line = `  six: { address: "${six.address}/64", hosts: [lb1, lb2], router_id: 52 }\n`
  return yaml.replace('keepalived:\n', `keepalived:\n${line}`)
}

/** Every way of its adverts, with both addresses. */
export const worlds = [
  ['multicast, adverts every 0.1 s', withIPv6],
  ['multicast, adverts every second', (conf: string) => everySecond(withIPv6(conf))],
  ['unicast, adverts every 0.1 s', (conf: string, host: string) => unicast(withIPv6(conf), host)],
  ['unicast, adverts every second', (conf: string, host: string) => everySecond(unicast(withIPv6(conf), host))],
] as const satisfies readonly (readonly [string, (conf: string, host: string) => string])[]
