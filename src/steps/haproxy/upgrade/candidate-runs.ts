import { answerOf } from '../../../daemons/candidate.ts'
import { asked } from '../../../daemons/haproxy/candidate.ts'
import { NoUseWaiting } from '../../../engine/step-kind.ts'
import { quote } from '../../../lib/quote.ts'
import { defineGuard } from '../../define.ts'
import { fileThing } from '../../things.ts'

type Input = {
  readonly staged: string
  /** What the new binary must say it is. */
  readonly version: string
}

/** Does the new HAProxy run on this host at all, and is it the version that was announced? */
export const haproxyCandidateRuns = defineGuard<Input>({
  kind: 'haproxy.candidate-runs',
  describe: ({ staged, version }) => ({
    title: `${staged} runs there and is HAProxy ${version}`,
    commands: [quote([staged, '-vv'])],
  }),
  check: async ({ staged, version }, on) => {
    const host = on.host.name
    const candidate = await answerOf(on.host, staged, asked, { signal: on.signal })
    if (candidate.problem)
      throw new NoUseWaiting(`the new binary cannot run on ${host}: ${candidate.problem}`, { host })
    const says = candidate.version ?? 'nothing'
    if (says !== version) throw new NoUseWaiting(`the new binary says it is ${says}, not ${version}`, { host })
  },
  protects: ({ staged }, host) => [fileThing(host, staged)],
})
