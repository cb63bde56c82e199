import type { Host } from '../../hosts/host.ts'

/** Asks for the TCP connections that end at an address of this host; those that only wait for stray packets are left out. */
export function connectionsAt(address: string): readonly string[] {
  return ['ss', '-HOtn', 'state', 'connected', 'exclude', 'time-wait', 'src', address]
}

/** The peers in the answer of `connectionsAt`: `10.77.0.1:53044`, IPv6 in brackets. Mapped IPv4 reads as IPv4. */
export function peersIn(stdout: string): string[] {
  return stdout.split('\n').flatMap((line) => {
    const peer = line.trim().split(/\s+/)[4]
    return peer === undefined ? [] : [peer.replace(/^\[::ffff:([\d.]+)\]/, '$1')]
  })
}

/** Who is connected to an address of a host, as its kernel knows it. Throws what Host.run throws. */
export async function whoIsAt(host: Host, address: string, signal?: AbortSignal): Promise<string[]> {
  const { stdout } = await host.run(connectionsAt(address), signal && { signal })
  return peersIn(stdout.toString('utf8'))
}
