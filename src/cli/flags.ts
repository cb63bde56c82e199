import * as Flags from '@oclif/core/flags'
import { parseShares } from '../lib/shares.ts'
import { parseBatches, type BatchSize } from '../lib/batches.ts'
import { longestWait, parseDuration } from '../lib/durations.ts'
import { WrongUsage } from './wrong-usage.ts'

/** A duration such as `500ms`, `30s`, `5m` or `1h30m`; `by default` is written the same way. */
export function durationFlag({ summary, default: byDefault }: { readonly summary: string; readonly default: string }) {
  return Flags.custom<number>({
    summary,
    helpValue: 'DURATION',
    default: () => Promise.resolve(parseDuration(byDefault) ?? 0),
    defaultHelp: () => Promise.resolve(byDefault),
    parse: readDuration,
  })()
}

/** How many of something; `min` at the least, a million at the most, as in zdt.yaml. */
export const countFlag = (min: number, summary: string) =>
  Flags.integer({ min, max: 1_000_000, helpValue: 'N', summary })

/** A duration that zdt.yaml says too. */
export function optionalDurationFlag(summary: string) {
  return Flags.custom<number>({ summary, helpValue: 'DURATION', parse: readDuration })()
}

function readDuration(input: string): Promise<number> {
  const duration = parseDuration(input)
  if (duration === undefined)
    return Promise.reject(new WrongUsage(`${input} is no duration: write it like 500ms, 30s, 5m or 1h30m`))
  if (duration > longestWait)
    return Promise.reject(new WrongUsage(`${input} is longer than 7d, the longest that zdt waits`))
  return Promise.resolve(duration)
}

/** How many at once: `1,50%`. */
export const batchesFlag = Flags.custom<readonly BatchSize[]>({
  helpValue: 'SIZES',
  parse: (input) => {
    const sizes = parseBatches(input)
    if (sizes) return Promise.resolve(sizes)
    return Promise.reject(new WrongUsage(`${input} is no list of batches: write it like 1, 1,50% or 25%`))
  },
})

/** What a canary gets, one share after the other. */
export const sharesFlag = Flags.custom<readonly number[]>({
  helpValue: 'SHARES',
  parse: (input) => {
    const shares = parseShares(input)
    if (shares) return Promise.resolve(shares)
    return Promise.reject(new WrongUsage(`${input} is no list of rising shares below 100%: write it like 1%,5%,25%`))
  },
})

/** Hosts, in the order in which they are worked on. */
export const hostsFlag = Flags.custom<readonly string[]>({
  helpValue: 'NAMES',
  parse: (input) => {
    const names = input.split(',').map((name) => name.trim())
    if (names.every((name) => name !== '')) return Promise.resolve(names)
    return Promise.reject(new WrongUsage(`"${input}" is no list of names: write it like web1 or web1,web2`))
  },
})

/** How many hosts of a service at once. */
export const batchFlag = batchesFlag({
  summary: 'How many hosts of a service at once: numbers and shares, the last of them again and again.',
  default: () => Promise.resolve([{ count: 1 }]),
  defaultHelp: () => Promise.resolve('1'),
})

/** For a hold that watches what is answered. */
export const max5xxFlag = Flags.integer({
  default: 1,
  min: 0,
  max: 100,
  helpValue: 'PERCENT',
  summary: 'How much more of all answers may be 5xx meanwhile than were before.',
})

/** What every command that reads the fleet takes. */
export const fleetFlags = {
  fleet: Flags.file({
    summary: 'The fleet file; else ZDT_FLEET, else zdt.yaml found upward from here.',
    helpValue: 'FILE',
  }),
  json: Flags.boolean({ summary: 'Print one JSON document on stdout.' }),
}

/** For what prints configurations. */
export const showSecretsFlag = Flags.boolean({ summary: 'Print secrets too, instead of blotting them out.' })

/** No default of oclif's: `byDefault` is the operation's own, and of a run that is resumed the journal's. */
export function onTimeoutFlag(byDefault: string) {
  return Flags.option({ options: ['wait', 'force', 'leave', 'rollback'] as const })({
    summary: `What an unattended run does when the time of a wait is over. Default: ${byDefault}.`,
  })
}

/** What every command that changes something takes; they mean the same everywhere. */
export const runFlags = {
  ...fleetFlags,
  yes: Flags.boolean({ char: 'y', summary: 'Ask nothing: run unattended.' }),
  'dry-run': Flags.boolean({ summary: 'Show every command that the run would give, and touch nothing.' }),
  events: Flags.boolean({ summary: 'Stream the run as NDJSON on stdout.', exclusive: ['json'] }),
  probe: Flags.string({
    summary: 'Send traffic to this URL through the whole run and count what is lost; `fleet` takes it from zdt.yaml.',
    helpValue: 'URL',
  }),
  'max-lost': Flags.integer({
    // oclif would ask for --probe because of a default alone.
    summary: 'With --probe: exit 7 when more requests than this were lost. Default: 0.',
    min: 0,
    dependsOn: ['probe'],
    helpValue: 'N',
  }),
  'wait-for-lock': durationFlag({
    default: '0',
    summary: 'Queue this long while somebody else works on one of these hosts, instead of ending with exit 6.',
  }),
  'on-failure': Flags.option({ options: ['rollback', 'pause'] as const })({
    summary:
      'What an unattended run does when a step fails. Default: rollback; pause where the command of evacuate fails.',
  }),
  'on-timeout': onTimeoutFlag('rollback'),
}

/** For runs that ask what only a person may say yes to. */
export const waitForApprovalFlag = optionalDurationFlag(
  'Unattended, wait this long at each approval for `zdt promote RUN`, and only then pause.',
)

/** For operations that may ask so. */
export const approvalFlags = {
  approve: Flags.boolean({ summary: 'Ask before each further share of a canary; unattended, pause there.' }),
  'wait-for-approval': waitForApprovalFlag,
}

/** For what reloads nginx, which leaves HAProxy's pools meanwhile. */
export const inPlaceFlag = Flags.boolean({
  summary:
    'Where HAProxy’s pools cannot do without an nginx that is reloaded, it stays in them: clients of its idle connections may lose a request.',
})

/** What every command that puts a configuration live takes. */
export const liveFlags = {
  timeout: durationFlag({
    default: '5m',
    summary: 'How long each wait may take: connections to end, checks to pass, old workers to go.',
  }),
  'allow-empty': Flags.boolean({
    summary: 'Go on where a pool would have too few servers, or none, afterwards.',
  }),
  'in-place': inPlaceFlag,
  'wait-old-workers': Flags.boolean({
    summary: 'Wait at the end until HAProxy’s workers of before have served their last session.',
  }),
  'accept-drift': Flags.boolean({
    summary: 'Overwrite files that somebody else has written; the host keeps them as a version.',
  }),
}

/** What is taken by the verbs that take a run up again: what the run itself said holds where they say nothing else. */
export const takenUpFlags = {
  ...runFlags,
  probe: Flags.string({
    summary: 'Send traffic to this URL meanwhile. Default: as the run was begun, with its --max-lost.',
    helpValue: 'URL',
  }),
  'on-timeout': onTimeoutFlag('what the run itself does'),
}

/** The flags of a run, parsed. */
export interface RunFlags {
  readonly fleet: string | undefined
  readonly json: boolean
  readonly yes: boolean
  readonly 'dry-run': boolean
  readonly events: boolean
  readonly probe: string | undefined
  readonly 'max-lost': number | undefined
  readonly 'wait-for-lock': number
  readonly 'wait-for-approval'?: number | undefined
  readonly 'on-failure': 'rollback' | 'pause' | undefined
  readonly 'on-timeout': 'wait' | 'force' | 'leave' | 'rollback' | undefined
}
