import { appProcess } from '../../../daemons/app/process.ts'
import { NoUseWaiting } from '../../../engine/step-kind.ts'
import { formatDuration } from '../../../lib/durations.ts'
import type { Millis } from '../../../lib/types.ts'
import { defineWait, notYet } from '../../define.ts'
import { refuseLost } from '../../probe-lost.ts'
import { daemonThing } from '../../things.ts'

type Input = { readonly unit: string; readonly target: string; readonly hold: Millis }

/** Lets the new program live for a while, and fails as soon as it is gone, was started again, or the probe loses something. */
export const holdApp = defineWait<Input>({
  kind: 'app.hold',
  describe: ({ hold }) => ({ title: `hold ${formatDuration(hold)}: the new program lives`, commands: [] }),
  look: async ({ unit, target, hold }, on, waited) => {
    const { name } = on.host
    const { main, inode, unit: facts } = await appProcess(on.host, unit, target, { signal: on.signal })
    if (main === null || facts.activeState !== 'active')
      throw new NoUseWaiting(`${unit} is ${facts.activeState}: the new program did not last`, { host: name })
    if (main.exeInode !== inode)
      throw new NoUseWaiting(`${unit} runs ${main.exe}, not what lies at ${target}`, { host: name })
    refuseLost(on)
    return notYet(waited < hold && `${name}  process ${main.pid} lives since ${formatDuration(waited)}`)
  },
  protects: ({ unit }, host) => [daemonThing(host, unit)],
  timeout: ({ hold }) => hold + 15_000,
  interval: ({ hold }) => Math.min(500, Math.max(100, hold / 4)),
})
