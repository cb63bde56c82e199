import type { Millis } from '../../lib/types.ts'
import type { Instance } from './parse-dump.ts'

/** Skew time (RFC 9568 §6.1; RFC 3768 for version 2): how long a BACKUP waits when the master says that it leaves. */
export function skewMs({ version, effective, advertMs }: Instance): Millis {
  return Math.round(version === 2 ? ((256 - effective) / 256) * 1000 : ((256 - effective) * advertMs) / 256)
}

/** How long a BACKUP hears no advert, or lower ones, before it takes over. */
export function downMs(instance: Instance): Millis {
  return instance.downAdverts * instance.advertMs + skewMs(instance) + instance.preemptDelayMs
}
