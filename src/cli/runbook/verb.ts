import type { Config } from '@oclif/core/config'
import { nearest } from '../../lib/nearest.ts'
import type { RunFlags } from '../flags.ts'
import { usageError } from '../usage-error.ts'
import { WrongUsage } from '../wrong-usage.ts'
import type { Carried, ZdtCommand } from '../zdt-command.ts'

interface VerbClass {
  readonly flags: Readonly<Record<string, unknown>>
  new (argv: string[], config: Config): ZdtCommand
}

/**
 * The verbs that change hosts by a plan with a way back, by their commands. Looked up before anything of a verb is run: one
 * that asks for nothing would be done by looking at it.
 */
const verbs: ReadonlySet<string> = new Set([
  'apply',
  'config:restore',
  'drain',
  'evacuate',
  'failback',
  'failover',
  'keepalived:restart',
  'keepalived:upgrade',
  'maint',
  'ready',
  'refresh',
  'reload',
  'rollout',
  'split:set',
  'upgrade',
  'upgrade-haproxy',
  'upgrade-nginx',
  'vip:heal',
  'weight',
])

/** What the runbook says for all of its steps, and a step may not say for itself. */
const forAll = ['yes', 'fleet', 'json', 'events', 'dry-run', 'wait-for-approval', 'probe', 'max-lost', 'wait-for-lock']

/**
 * What a verb with its words would carry out. `flags` are those that the whole runbook was given. Throws WrongUsage where it
 * is no verb, none that changes anything, or its words are wrong.
 */
export async function verbOf(config: Config, words: readonly string[], flags: Partial<RunFlags>): Promise<Carried> {
  const [id, rest] = commandIn(config, words)
  const typed = `zdt ${id.replaceAll(':', ' ')}`
  const all = [...verbs].map((one) => one.replaceAll(':', ' '))
  const none = new WrongUsage(`${typed} is no step of a runbook: it changes no host by a plan, or goes on with one`, [
    `the verbs are ${all.join(', ')}`,
  ])
  if (!verbs.has(id)) throw none
  const end = rest.indexOf('--')
  const own = rest.slice(0, end === -1 ? rest.length : end)
  const taken = forAll.find((name) => own.some((word) => word === `--${name}` || word.startsWith(`--${name}=`)))
  if (taken !== undefined || own.includes('-y')) {
    throw new WrongUsage(`--${taken ?? 'yes'} is said for the whole runbook, not in it`, [
      `zdt run FILE --${taken ?? 'yes'}`,
    ])
  }
  const Verb = (await config.findCommand(id, { must: true }).load()) as unknown as VerbClass
  let carried: Carried | undefined
  const verb = new Verb([...wordsFor(flags), ...rest], config)
  verb.carried = (what) => (carried = what)
  try {
    await verb.run()
  } catch (error) {
    const known = error instanceof Error ? error : new Error(String(error))
    throw usageError(known, { command: id.replaceAll(':', ' '), flags: Object.keys(Verb.flags) }) ?? known
  }
  if (carried) return carried
  throw none
}

/** Its name is one word or two. */
function commandIn(config: Config, words: readonly string[]): [id: string, rest: readonly string[]] {
  const [first = '', second = ''] = words
  const two = config.findCommand(`${first}:${second}`)
  if (two) return [two.id, words.slice(2)]
  const one = config.findCommand(first)
  if (one) return [one.id, words.slice(1)]
  const near = nearest(
    first,
    config.commandIDs.map((id) => id.replaceAll(':', ' ')),
  )
  throw new WrongUsage(
    `zdt has no verb ${first}`,
    near.length > 0 ? near.map((name) => `did you mean ${name}?`) : ['zdt --help'],
  )
}

function wordsFor(flags: Partial<RunFlags>): string[] {
  const { yes, fleet, probe, 'max-lost': maxLost } = flags
  return [
    ...(yes ? ['--yes'] : []),
    ...(flags['dry-run'] ? ['--dry-run'] : []),
    ...(fleet === undefined ? [] : ['--fleet', fleet]),
    ...(probe === undefined ? [] : ['--probe', probe]),
    ...(maxLost === undefined ? [] : ['--max-lost', String(maxLost)]),
    ...(flags['wait-for-lock'] ? ['--wait-for-lock', `${flags['wait-for-lock']}ms`] : []),
  ]
}
