import { candidateOn, movedPaths } from '../../daemons/nginx/candidate.ts'
import { NoUseWaiting } from '../../engine/step-kind.ts'
import { quote } from '../../lib/quote.ts'
import { defineGuard } from '../define.ts'
import { fileThing } from '../things.ts'

type Input = {
  readonly staged: string
  /** Where the running binary lies, whose build the new one is compared with. */
  readonly target: string
  /** What the new binary must say it is. */
  readonly version: string
}

/** Does the new binary run on this host at all, is it the version that was announced, and does it look for its files where the old one does? */
export const candidateRuns = defineGuard<Input>({
  kind: 'nginx.candidate-runs',
  describe: ({ staged, version }) => ({
    title: `${staged} runs there and is nginx ${version}`,
    commands: [quote([staged, '-V'])],
  }),
  check: async ({ staged, target, version }, on) => {
    const host = on.host.name
    const [candidate, running] = await Promise.all([
      candidateOn(on.host, staged, { signal: on.signal }),
      candidateOn(on.host, target, { signal: on.signal }),
    ])
    if (candidate.problem)
      throw new NoUseWaiting(`the new binary cannot run on ${host}: ${candidate.problem}`, { host })
    const says = candidate.version?.text ?? 'nothing'
    if (says !== version) throw new NoUseWaiting(`the new binary says it is ${says}, not ${version}`, { host })
    // A module that it lacks and the configuration needs is seen by the trial start; a path that moved is seen by nobody.
    const moved = movedPaths(running.built, candidate)
    if (moved.length > 0) {
      const message = 'the new binary looks for its files elsewhere than the running one'
      throw new NoUseWaiting(message, { host, said: moved.join('\n') })
    }
  },
  protects: ({ staged }, host) => [fileThing(host, staged)],
})
