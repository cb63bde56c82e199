import type { Host } from '../../hosts/host.ts'

const asked = ['systemctl', 'show', '--no-pager', '-p', 'Id,UnitFileState,ActiveState,SubState', '--', '*.service']

/** A service that runs now, and whether systemd starts it at boot. */
export type Running = { readonly id: string; readonly atBoot: boolean }

/** Reads `systemctl show` of many services, one block each: those with a process that runs. */
export function runningServices(answer: string): Running[] {
  return answer.split(/\n\n+/).flatMap((block) => {
    const found = new Map(block.split('\n').map((line) => [line.replace(/=.*/, ''), line.replace(/^[^=]*=/, '')]))
    const id = found.get('Id') ?? ''
    const runs = found.get('ActiveState') === 'active' && found.get('SubState') === 'running'
    // `generated`: from an init script that is linked into the runlevels.
    const atBoot = ['enabled', 'generated'].includes(found.get('UnitFileState') ?? '')
    return runs && id !== '' ? [{ id, atBoot }] : []
  })
}

/** The services that run on a host. Throws what Host.run throws. */
export async function servicesOn(host: Host): Promise<Running[]> {
  return runningServices((await host.run(asked)).stdout.toString('utf8'))
}
