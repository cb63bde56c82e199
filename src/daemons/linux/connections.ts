import type { Host } from '../../hosts/host.ts'
import { bracketed } from './ip.ts'
import { saidBy } from './look-failed.ts'

/** Asks for the TCP connections that end at an address of this host; those that only wait for stray packets are left out. */
export function connectionsAt(address: string): readonly string[] {
  return ['ss', '-HOtn', 'state', 'connected', 'exclude', 'time-wait', 'src', bracketed(address)]
}

/** Resets them, which the kernel lets root alone do. Throws LookFailed. */
export async function cutAt(host: Host, address: string, signal: AbortSignal): Promise<void> {
  await saidBy(host, ['ss', '-K', '-Htn', 'src', bracketed(address)], { as: 'root', signal })
}

/** The peers in the answer of `connectionsAt`: `10.77.0.1:53044`, IPv6 in brackets. Mapped IPv4 reads as IPv4. */
export function peersIn(stdout: string): string[] {
  return stdout.split('\n').flatMap((line) => {
    const peer = line.trim().split(/\s+/)[4]
    return peer === undefined ? [] : [peer.replace(/^\[::ffff:([\d.]+)\]/, '$1')]
  })
}

/** Who is connected to an address of a host, as its kernel knows it. Throws LookFailed, and what Host.run throws. */
export async function whoIsAt(host: Host, address: string, signal?: AbortSignal): Promise<string[]> {
  return peersIn(await saidBy(host, connectionsAt(address), signal && { signal }))
}
