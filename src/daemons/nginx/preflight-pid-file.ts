import { pidFileOf } from './phase.ts'
import type { NginxMaster, NginxPicture } from './picture.ts'
import { mendable, refuse, type Mend, type Refusal, type RefusalCode } from './refusal.ts'

/**
 * A missing or wrong pid file poisons the master at USR2, and then every HUP adds workers (TRAPS, case 11). One that names an nginx
 * of another unit is that one's as well: nothing of it may be mended.
 */
export function refuseByPidFile(picture: NginxPicture, master: NginxMaster): Refusal[] {
  const { path, pid } = pidFileOf(picture, master)
  const refusals: Refusal[] = []
  const unlessOf = (named: string | undefined, mend: Mend, code: RefusalCode, message: string, byHand: string) => {
    const neighbour = picture.neighbours.find((other) => other.split(' ')[0] === named)
    if (neighbour === undefined) return mendable(mend, code, message, byHand)
    return refuse(code, `${message}; that is another nginx: ${neighbour}`, 'give each nginx a pid file of its own')
  }
  if (pid !== master.pid) {
    const content = picture.pidFiles[path]
    const how = content === undefined ? 'is missing' : `is empty or no pid: "${content}"`
    const [code, message]: [RefusalCode, string] =
      pid === null
        ? ['pid-file-missing', `the pid file ${path} ${how}: USR2 would break the master`]
        : ['pid-file-other', `the pid file ${path} names ${pid}, but the master is ${master.pid}`]
    const byHand = `echo ${master.pid} > ${path}   # the pid of the running master`
    refusals.push(unlessOf(content, { mend: 'write-pid-file', path }, code, message, byHand))
  }
  const oldbin = `${path}.oldbin`
  const named = picture.pidFiles[oldbin]
  if (named !== undefined) {
    const message = `${oldbin} is left of an upgrade that did not end in order (it names ${named || 'nobody'})`
    const byHand = `rm ${oldbin}   # no such master runs any more`
    refusals.push(unlessOf(named, { mend: 'remove-oldbin', path: oldbin }, 'oldbin-left', message, byHand))
  }
  return refusals
}
