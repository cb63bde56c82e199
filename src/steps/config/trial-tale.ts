import { NoUseWaiting } from '../../engine/step-kind.ts'
import type { ConfigTrial } from '../../daemons/trial/report.ts'

const outcomes: { readonly [outcome in Exclude<ConfigTrial['outcome'], 'lives'>]: string } = {
  invalid: 'refuses this configuration',
  'does-not-start': 'does not start with this configuration, although its own check passes it',
  'no-workers': 'starts with this configuration, but has no workers: it would accept and never answer',
  unsteady: 'starts with this configuration, but its workers keep dying',
  hangs: 'neither starts nor ends with this configuration',
  'address-taken': 'could not listen where this configuration says',
  'cannot-be-tried': 'cannot be tried with this configuration on this host',
}

/** What went wrong in a trial, for the words `nginx …`. */
export interface TrialTale {
  readonly what: string
  readonly said: string
  suggestions(host: string): string[]
}

/** Undefined where it lives. Pure. */
export function trialTale({ outcome, said, conflicts }: ConfigTrial): TrialTale | undefined {
  if (outcome === 'lives') return undefined
  const taken = conflicts.map((one) => `${one.wanted}: ${one.taken} is taken`)
  return {
    what: outcomes[outcome],
    said: [...taken, said].filter((line) => line !== '').join('\n'),
    suggestions: (host) => (outcome === 'address-taken' ? [`ssh ${host} ss -ltnp   # who listens there?`] : []),
  }
}

/** What a trial of a new program throws where it did not live with the running configuration; undefined where it did. Pure. */
export function programFailed(program: string, host: string, trial: ConfigTrial): NoUseWaiting | undefined {
  const tale = trialTale(trial)
  if (tale === undefined) return undefined
  const skip = ['the same with --without-trial, if you trust the binary']
  return new NoUseWaiting(`the new ${program} ${tale.what}`, {
    host,
    ...(tale.said !== '' && { said: tale.said }),
    suggestions: trial.outcome === 'cannot-be-tried' ? skip : tale.suggestions(host),
  })
}
