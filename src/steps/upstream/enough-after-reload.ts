import { illnessOf } from '../../daemons/app/look.ts'
import { readUpstreams } from '../../daemons/nginx/upstream/read.ts'
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
export type UpstreamsAfterReload = {
  readonly unit: string
  readonly config: string
  readonly pools: readonly {
    readonly pool: string
    /** That lists the upstream's servers. */
    readonly file: string
    readonly wanted: number
    /** The pool's, by zdt.yaml. */
    readonly servers: readonly Named[]
    /** Whom it sends to afterwards. */
    readonly next: readonly Named[]
    /** nginx itself does not check: zdt asks the servers, from the same host. */
    readonly health: Health
  }[]
  /**
   * `running`: what lies there is what nginx has read. `unread`: it is what nginx is to read; who was sent to until then, all of the
   * pool may have been. `maybe`: nginx is looked at; what it has not read, or a dead one, sends nobody anywhere.
   */
  readonly lies: 'running' | 'unread' | 'maybe'
  /** The command that does it all the same; none is there for a way back. */
  readonly anyway?: string
}

/**
 * Throws TooFewAnswer where a pool would fall below what it wants: fewer answer of those that it sends to afterwards than of
 * those of before, and fewer than are wanted.
 */
export async function refuseTooFewAnswerAfter(
  host: Host,
  { unit, config, pools, lies, anyway }: UpstreamsAfterReload,
  signal?: AbortSignal,
): Promise<void> {
  const files = pools.map(({ file }) => file)
  const read = lies === 'maybe' ? await readUpstreams(host, { unit, config }, files) : undefined
  if (read && read.files === undefined) return
  for (const { pool, file, wanted, servers, next, health } of pools) {
    if (read?.changed.includes(file)) continue
    const now = lies === 'unread' ? servers : sentTo((await textAt(host, file, signal)) ?? '', servers)
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
    const outFirst = `${leaving.map((server) => `zdt drain ${pool}/${server} --allow-empty`).join(', ')}, and this again`
    throw new TooFewAnswer(host.name, [...gone, ...stay], { pool, leaving, wanted, doing, anyway: anyway ?? outFirst })
  }
}

function answering(all: readonly Standing[]): number {
  return all.filter(({ out }) => out === null).length
}

/** Whom a file sends to: neither `down` nor a backup. One that is none of `servers` has no other name than its address. Pure. */
export function sentTo(text: string, servers: readonly Named[]): Named[] {
  return parseServersFile(text)
    .filter(({ down, backup }) => !down && !backup)
    .map(({ address, port }) => serverAt(servers, { address, port }) ?? { name: `${address}:${port}`, address, port })
}

/** Right before it is read. */
export const enoughAnswerAfter = defineGuard<UpstreamsAfterReload>({
  kind: 'upstream.enough-after-reload',
  describe: ({ pools }) => ({
    title: `${pools.map(({ pool }) => pool).join(', ')} ${pools.length === 1 ? 'keeps' : 'keep'} enough servers`,
    commands: [],
  }),
  check: (question, on) => refuseTooFewAnswerAfter(on.host, question, on.signal),
  protects: ({ pools }, host) => pools.map(({ file }) => fileThing(host, file)),
})
