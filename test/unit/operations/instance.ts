import type { Instance } from '../../../src/daemons/keepalived/parse-dump.ts'

/** An instance as Keepalived tells of it: BACKUP for one VIP by multicast, adverts once a second, preempting. */
export function anInstance(more: Partial<Instance> = {}): Instance {
  return {
    name: 'public',
    state: 'BACKUP',
    version: 3,
    device: 'eth0',
    routerId: 51,
    base: 100,
    effective: 100,
    total: 100,
    advertMs: 1000,
    downAdverts: 3,
    preempt: true,
    preemptDelayMs: 0,
    unicast: false,
    vmac: false,
    addresses: ['10.0.0.100'],
    devices: { '10.0.0.100': 'eth0' },
    trackFiles: [],
    ...more,
  }
}
