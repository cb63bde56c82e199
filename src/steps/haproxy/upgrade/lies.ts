import { haproxyPicture, type HaproxyPicture } from '../../../daemons/haproxy/picture.ts'
import type { On } from '../../../engine/step-kind.ts'
import { fileDigest } from '../../file-digest.ts'

/*
 * Where the new code lies in its place already: what lies there does not tell how far an exchange has come, what runs does.
 */

interface Unit {
  readonly unit: string
}

/** Master and worker are those of before, of code that lay there already: it was not executed. */
export async function neverTook(
  { unit }: Unit,
  { running: was }: { readonly running: HaproxyPicture },
  on: On,
): Promise<boolean> {
  const { master, worker, family } = await haproxyPicture(on.host, unit, { signal: on.signal })
  const code = was.master?.exeInode
  return master?.exeInode === code && family !== null && worker?.pid === was.worker?.pid
}

/** Why the code of before does not serve, whatever lies at its path; nothing where it does. */
export async function oldRuns(
  { unit }: Unit,
  { sha256 }: { readonly sha256: string | null },
  on: On,
): Promise<string[]> {
  const { master, family, worker } = await haproxyPicture(on.host, unit, { signal: on.signal })
  if (master === null || family === null || worker === null) return ['HAProxy to serve']
  const processes = [master.pid, worker.pid]
  const digests = await Promise.all(processes.map((pid) => fileDigest(on, `/proc/${pid}/exe`)))
  return digests.every((digest) => digest === sha256) ? [] : ['HAProxy runs other code than before']
}
