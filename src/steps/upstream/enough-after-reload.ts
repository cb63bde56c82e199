import { illnessOf } from '../../daemons/app/look.ts'
import { parseServersFile, serverAt } from '../../daemons/nginx/upstream/servers-file.ts'
import type { Host } from '../../hosts/host.ts'
import { textAt } from '../../hosts/text-at.ts'
import type { Health } from '../../lib/app-questions.ts'
import { defineGuard } from '../define.ts'
import { fileThing } from '../things.ts'
import { TooFewAnswer, type Standing } from './enough-answer.ts'

/** A server as it is named, and where it is. */
type Named = { readonly name: string; readonly address: string; readonly port: number }

/** What is asked of one nginx: does each pool keep enough when it reads other files? */
export type AfterReload = {
  readonly pools: readonly {
    readonly pool: string
    /** That lists the upstream's servers. */
    readonly file: string
    readonly wanted: number
    /** The pool's servers, for their names. */
    readonly servers: readonly Named[]
    /** Whom it sends to afterwards. */
    readonly next: readonly Named[]
    /** What it says is what is to be read: those that are `down` there may have served until then. */
    readonly unread?: true
    /** nginx itself does not check: zdt asks the servers, from the same host. */
    readonly health: Health
  }[]
  /** The command that does it all the same. */
  readonly anyway: string
}

/**
 * Throws TooFewAnswer where a pool would fall below what it wants: fewer answer of those that the next file sends to than of
 * those that the one does which lies there, and fewer than are wanted.
 */
export async function refuseTooFewAfter(host: Host, { pools, anyway }: AfterReload, signal?: AbortSignal) {
  for (const { pool, file, wanted, servers, next, unread = false, health } of pools) {
    const now = sentTo((await textAt(host, file, signal)) ?? '', servers, unread)
    const goes = now.filter((one) => !serverAt(next, one))
    if (goes.length === 0) continue
    const stand = async (one: Named): Promise<Standing> => ({
      name: one.name,
      out: await illnessOf(host, { ...one, health }, signal),
    })
    const [gone, stay] = await Promise.all([Promise.all(goes.map(stand)), Promise.all(next.map(stand))])
    const isNow = (_one: Standing, index: number) =>
      serverAt(now, next[index] ?? { address: '', port: 0 }) !== undefined
    const before = answering([...gone, ...stay.filter(isNow)])
    if (answering(stay) >= Math.min(wanted, before)) continue
    const leaving = goes.map(({ name }) => name)
    const doing = `a reload without ${leaving.join(', ')}`
    throw new TooFewAnswer(host.name, [...gone, ...stay], { pool, leaving, wanted, doing, anyway })
  }
}

function answering(all: readonly Standing[]): number {
  return all.filter(({ out }) => out === null).length
}

/** Whom a file sends to: neither `down` nor a backup; `downToo`: the former too. One that is no pool's has no other name than its address. Pure. */
export function sentTo(text: string, servers: readonly Named[], downToo = false): Named[] {
  return parseServersFile(text)
    .filter(({ down, backup }) => (downToo || !down) && !backup)
    .map(
      (one) => serverAt(servers, one) ?? { name: `${one.address}:${one.port}`, address: one.address, port: one.port },
    )
}

/** Right before it is read. */
export const enoughAnswerAfter = defineGuard<AfterReload>({
  kind: 'upstream.enough-after-reload',
  describe: ({ pools }) => ({
    title: `${pools.map(({ pool }) => pool).join(', ')} keep enough servers`,
    commands: [],
  }),
  check: (question, on) => refuseTooFewAfter(on.host, question, on.signal),
  protects: ({ pools }, host) => pools.map(({ file }) => fileThing(host, file)),
})
