import type { NginxMaster, NginxPicture } from '../../../daemons/nginx/picture.ts'
import { NoUseWaiting, type On } from '../../../engine/step-kind.ts'
import { look } from '../look.ts'

/** The one master that a mend is for. Throws NoUseWaiting where there is none, or an upgrade is under way. */
export async function onlyMaster(on: On, unit: string): Promise<{ picture: NginxPicture; master: NginxMaster }> {
  const { picture, phase } = await look(on, unit)
  if (phase.phase === 'single') return { picture, master: phase.master }
  throw new NoUseWaiting(`one master of nginx is wanted, but it is in phase ${phase.phase}`, { host: on.host.name })
}
