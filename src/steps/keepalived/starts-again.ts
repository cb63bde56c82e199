import { tryKeepalivedConfig } from '../../daemons/keepalived/trial.ts'
import { parseUnit, showUnit } from '../../daemons/systemd/unit.ts'
import { NoUseWaiting } from '../../engine/step-kind.ts'
import { trialTale } from '../config/trial-tale.ts'
import { defineGuard } from '../define.ts'

type Input = { readonly unit: string }

/**
 * Tries what a restart would run: the program and the configuration that lie there now, whatever runs. A Keepalived that does
 * not come back leaves its VIP without a second node; with its file gone, Debian's unit is not even started (TRAPS, case 20).
 * One that does not run has nothing to lose.
 */
export const startsAgain = defineGuard<Input>({
  kind: 'keepalived.starts-again',
  describe: ({ unit }, host) => ({
    title: `${unit} would start again on ${host}`,
    commands: ['keepalived --config-test'],
  }),
  check: async ({ unit }, on) => {
    const { stdout } = await on.host.run(showUnit(unit), { signal: on.signal })
    if (parseUnit(stdout.toString()).mainPid === null) return
    const trial = await tryKeepalivedConfig(on.host, { unit, files: [] }, { signal: on.signal })
    const tale = trialTale(trial)
    if (tale === undefined) return
    const cannot = trial.outcome === 'cannot-be-tried'
    throw new NoUseWaiting(`Keepalived ${tale.what}`, {
      host: on.host.name,
      ...(tale.said !== '' && { said: tale.said }),
      suggestions: cannot ? ['the same with --without-trial'] : tale.suggestions(on.host.name),
    })
  },
})
