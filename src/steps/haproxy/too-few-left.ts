import { isServing } from '../../daemons/haproxy/is-serving.ts'
import type { ServerView } from '../../daemons/haproxy/server-view.ts'
import { ZdtError } from '../../lib/errors.ts'
import type { Short } from './capacity.ts'

/** What is known beside what the load balancers say. */
interface Known {
  /** Others that would be short as well. */
  readonly more?: readonly Short[]
  /** Who took a server out, and since when: `since 14:02, by run 5F1A, oncall@ops2`. */
  readonly takenOut?: (host: string, server: ServerView) => string | undefined
}

/** Too few servers would be left. Says what every load balancer sees of the others, and who took them out. */
export class TooFewLeft extends ZdtError {
  constructor(short: Short, { more = [], takenOut = () => undefined }: Known = {}) {
    const { question, after, host } = short
    const left =
      after === 0
        ? 'without a server'
        : `with ${after} ${after === 1 ? 'server' : 'servers'}, where at least ${question.wanted} are wanted`
    const seen = [short, ...more.filter(({ question: other }) => other.pool === question.pool)].map((one) => ({
      host: one.host,
      sight: sightOf(one, takenOut),
    }))
    super(`${question.doing} would leave ${question.pool} ${left}\n${together(seen).join('\n')}`, {
      code: 'capacity',
      exit: 'refused',
      host,
      suggestions: [...backAgain(short.others), `or, if you mean it: ${question.anyway}`],
    })
  }
}

/** `lb1 and lb2 see …` for those that see the same. */
function together(seen: readonly { host: string; sight: string }[]): string[] {
  return [...new Set(seen.map(({ sight }) => sight))].map((sight) => {
    const hosts = seen.filter((one) => one.sight === sight).map(({ host }) => host)
    return `${list(hosts)} ${hosts.length === 1 ? 'sees' : 'see'} ${sight}`
  })
}

function sightOf({ host, others, question, coming = [] }: Short, takenOut: NonNullable<Known['takenOut']>): string {
  if (others.length + coming.length === 0) return `no other server of ${question.pool}`
  const come = coming.map(({ server, ill }) => `${server} ${ill === null ? 'answers' : `(${ill})`}, which comes`)
  return list([
    ...others.map((view) => {
      const [state, why] = stateOf(view)
      const because = [why ?? (view.admin === 'ready' ? undefined : takenOut(host, view))].filter(
        (text) => text !== undefined && text !== '',
      )
      return `${view.server} ${state}${because.length > 0 ? ` (${because.join(', ')})` : ''}`
    }),
    ...come,
  ])
}

/** A server's state in words, and where a check says so, why. */
function stateOf(view: ServerView): [state: string, why?: string] {
  if (isServing(view)) return ['up']
  if (view.admin === 'maint') return ['in maintenance']
  if (view.op !== 'running') return ['down', [saidOf(view), `${view.address}:${view.port}`].filter(Boolean).join(', ')]
  if (view.admin === 'drain') return ['draining']
  return view.weight === 0 ? ['at weight 0'] : [view.status]
}

/** `Layer4 connection problem: Connection refused` → `connection refused`; `Layer7 wrong status` → `wrong status 503`. */
function saidOf({ check, status }: ServerView): string {
  const words = check?.description.replace(/^Layer\d (?:[^:]*: )?/, '') ?? ''
  if (words === '') return status
  const code = check?.code === undefined || words.includes(String(check.code)) ? '' : ` ${check.code}`
  return `${words.charAt(0).toLowerCase()}${words.slice(1)}${code}`
}

/** What would bring back one that is out by hand. */
function backAgain(others: readonly ServerView[]): string[] {
  const out = others.find((view) => view.admin !== 'ready')
  if (out) return [`zdt ready ${out.server}`]
  const weightless = others.find((view) => view.weight === 0 && view.op === 'running')
  return weightless ? [`zdt weight ${weightless.server} 100%`] : ['zdt status']
}

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}
