import { illnessOf } from '../../daemons/app/look.ts'
import { parseServersFile, serverAt } from '../../daemons/nginx/upstream/servers-file.ts'
import type { Host } from '../../hosts/host.ts'
import type { Health } from '../../lib/app-questions.ts'
import { ZdtError } from '../../lib/errors.ts'
import type { HostName } from '../../lib/types.ts'
import { defineGuard } from '../define.ts'
import { fileThing } from '../things.ts'

/** What is asked of one nginx: may these servers of that pool leave? */
export type CapacityQuestion = {
  /** That lists the upstream's servers. */
  readonly file: string
  readonly pool: string
  readonly servers: readonly { readonly name: string; readonly address: string; readonly port: number }[]
  /** nginx itself does not check: zdt asks the servers, from the same host. */
  readonly health: Health
  /** Those that are about to go, by name. */
  readonly leaving: readonly string[]
  /** How many must serve afterwards. */
  readonly wanted: number
  /** What would take them out: `draining app3`. */
  readonly doing: string
  /** The command that does it all the same. */
  readonly anyway: string
}

/** The question before an undo, which knows only then what it would go back to. */
export type UndoQuestion = Omit<CapacityQuestion, 'anyway'>

/** A server of a pool as one nginx and its host see it. Why it does not serve, null when it does. */
export type Standing = { readonly name: string; readonly out: string | null }

/** How the servers of a pool stand on one host, by the text of its file and their own answers. Throws what Host.run throws. */
export async function standings(
  host: Host,
  text: string,
  { servers, health }: Pick<CapacityQuestion, 'servers' | 'health'>,
  signal?: AbortSignal,
): Promise<Standing[]> {
  const lines = parseServersFile(text)
  return await Promise.all(
    servers.map(async ({ name, address, port }): Promise<Standing> => {
      const line = serverAt(lines, { address, port })
      if (!line) return { name, out: 'not in its file' }
      if (line.down) return { name, out: 'drained' }
      if (line.backup) return { name, out: 'a backup' }
      return { name, out: await illnessOf(host, { address, port, health }, signal) }
    }),
  )
}

/** Are there enough servers when some leave? Throws TooFewAnswer. One that is out already takes nothing away. */
export function refuseTooFew(host: HostName, seen: readonly Standing[], question: CapacityQuestion): void {
  const { leaving, wanted } = question
  const serving = seen.filter(({ out }) => out === null)
  const after = serving.filter(({ name }) => !leaving.includes(name))
  if (after.length < wanted && after.length < serving.length) throw new TooFewAnswer(host, seen, question)
}

/** Too few servers would be left behind this nginx. */
export class TooFewAnswer extends ZdtError {
  constructor(
    host: HostName,
    seen: readonly Standing[],
    {
      pool,
      leaving,
      wanted,
      doing,
      anyway,
    }: Pick<CapacityQuestion, 'pool' | 'leaving' | 'wanted' | 'doing' | 'anyway'>,
  ) {
    const others = seen.filter(({ name }) => !leaving.includes(name))
    const after = others.filter(({ out }) => out === null).length
    const left =
      after === 0
        ? 'without a server'
        : `with ${after} ${after === 1 ? 'server' : 'servers'}, where at least ${wanted} are wanted`
    const sight = others.map(({ name, out }) => `${name} ${out === null ? 'up' : out}`).join(', ')
    const back = others.find(({ out }) => out === 'drained')
    super(`${doing} would leave ${pool} ${left}\n${host} sees ${sight || `no other server of ${pool}`}`, {
      code: 'capacity',
      exit: 'refused',
      host,
      suggestions: [back ? `zdt ready ${back.name}` : 'zdt status', `or, if you mean it: ${anyway}`],
    })
  }
}

/** Do enough servers answer this nginx's host when some leave? Asked again right before they go. */
export const enoughAnswer = defineGuard<CapacityQuestion>({
  kind: 'upstream.enough-answer',
  describe: ({ pool, wanted, leaving }) => ({
    title: `at least ${wanted} of ${pool} answer without ${leaving.join(', ')}`,
    commands: [],
  }),
  check: async (question, on) => {
    const text = (await on.host.read(question.file, { as: 'root', signal: on.signal })).toString()
    refuseTooFew(on.host.name, await standings(on.host, text, question, on.signal), question)
  },
  protects: ({ file }, host) => [fileThing(host, file)],
})
