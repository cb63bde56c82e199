import type { HostName } from '../lib/types.ts'
import type { Host } from './host.ts'

/** A host that cannot be reached at the moment, by name: whatever is asked of it is answered by why. */
export function absentHost(name: HostName, why: unknown): Host {
  const absent = () => Promise.reject(why)
  return { name, run: absent, read: absent, write: absent, connect: absent, close: () => Promise.resolve() }
}
