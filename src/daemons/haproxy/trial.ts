import type { Host } from '../../hosts/host.ts'
import { addressConflicts } from '../conflicts.ts'
import type { Listener } from '../listeners.ts'
import type { Staged } from '../staged.ts'
import { familyIn, judgeFamily } from '../trial/family.ts'
import { readTrial, type ConfigTrial, type TrialFrames } from '../trial/report.ts'
import { trialCommand, type TrialOptions } from '../trial/words.ts'
import { haproxyInside } from './trial-script.ts'
import { unsetVariables } from './unset-variables.ts'

/** `[WARNING]  (12) : config : missing timeouts…` without its beginning; 2.6 and 3.0 say the same. */
function said(text: string, level: 'WARNING' | 'ALERT'): string[] {
  return text.split('\n').flatMap((line) => new RegExp(`^\\[${level}\\]\\s+\\(\\d+\\) : (.*)$`).exec(line)?.[1] ?? [])
}

/** HAProxy binds a unix socket as `PATH.PID.tmp` and renames it; the kernel keeps the first name. */
function renamed(listeners: readonly Listener[]): Listener[] {
  return listeners.map((one) =>
    one.kind === 'unix' ? { ...one, address: one.address.replace(/\.\d+\.tmp$/, '') } : one,
  )
}

function unsetIn({ all, frame }: TrialFrames): string[] {
  const texts = all('config').map(({ argument, body }) => ({ path: argument, text: body.join('\n') }))
  return unsetVariables(texts, frame('environment')?.body ?? []).map(
    ({ name, path, line }) =>
      `${path}:${line}: \${${name}} is not set in the environment of the running HAProxy, which a reload keeps: it would be empty`,
  )
}

/** Reads the answer of HAProxy's trial. */
export function parseHaproxyTrial(answer: string): ConfigTrial {
  const frames = readTrial(answer)
  const { ended, all, text, host } = frames
  const unset = unsetIn(frames)
  const report = (outcome: ConfigTrial['outcome'], words: string): ConfigTrial => ({
    outcome,
    said: words,
    warnings: said(text('check'), 'WARNING'),
    workers: 0,
    listeners: [],
    conflicts: [],
  })
  if (ended !== undefined) {
    const alerts = said(ended.said, 'ALERT')
    return report(ended.outcome, [...unset, ...(alerts.length > 0 ? alerts : [ended.said])].join('\n').trim())
  }
  if (unset.length > 0) return report('invalid', unset.join('\n'))
  const looks = all('look').map(({ body }) => familyIn(body))
  const outcome = judgeFamily(looks)
  // Nobody answers in there, and every backend is down before long.
  const alerts = said(text('start'), 'ALERT').filter((line) => !/ has no server available!$|^sendmsg/.test(line))
  if (outcome !== 'lives') return report(outcome, alerts.length > 0 ? alerts.join('\n') : text('start'))
  const listeners = renamed(frames.listeners)
  // An empty file: with the master's own socket there is something to listen on, and -c is content (2.6, 3.0).
  if (listeners.every(({ kind }) => kind === 'unix')) return report('invalid', 'it would listen on no address at all')
  const conflicts = addressConflicts(listeners, { handedOver: renamed(host.own), taken: renamed(host.others) })
  return {
    ...report(conflicts.length > 0 ? 'address-taken' : 'lives', ''),
    workers: looks.at(-1)?.workers.length ?? 0,
    listeners,
    conflicts,
  }
}

/**
 * Tries a configuration, `files` staged on the host, as the running master of `unit` would reload it: its binary, or another
 * one in its place, its words and its environment, in private namespaces with the files in their places. First `-c`, then
 * variables that would be empty, then a start that must live (`-c` passes a missing chroot, which on a reload takes master and
 * worker down: TRAPS, case 2), then addresses that others on the host have (case 9). Nothing of it is seen outside. Takes
 * `watch` and about 0.3 s. Throws what Host throws.
 */
export async function tryHaproxyConfig(
  host: Host,
  { unit, files = [], binary }: { readonly unit: string; readonly files?: readonly Staged[]; readonly binary?: string },
  { watch, limit = 20_000, packages, ...rest }: TrialOptions = {},
): Promise<ConfigTrial> {
  const times = { limit, ...(watch !== undefined && { watch }), ...(packages !== undefined && { packages }) }
  const words = binary === undefined ? [] : [binary]
  const argv = trialCommand({ inside: haproxyInside, master: { unit }, files, words, ...times })
  const { stdout } = await host.run(argv, { ...rest, as: 'root', timeout: limit + 10_000 })
  return parseHaproxyTrial(stdout.toString())
}
