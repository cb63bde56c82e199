import { appProcess } from '../../../daemons/app/process.ts'
import type { Millis } from '../../../lib/types.ts'
import { defineWait, notYet } from '../../define.ts'

type Input = {
  readonly unit: string
  readonly target: string
  /** `DEVICE:INODE` of the old code. */
  readonly old: string
  readonly timeout: Millis
}

/** Waits until no process of the unit executes the old code any more: each ends with its last connection. */
export const oldAppGone = defineWait<Input>({
  kind: 'app.old-gone',
  describe: ({ unit }) => ({
    title: `wait until the old processes of ${unit} have gone`,
    commands: [`systemctl status ${unit}`],
  }),
  look: async ({ unit, target, old }, on) => {
    const { others } = await appProcess(on.host, unit, target, { signal: on.signal })
    const left = others.filter(({ exeInode }) => exeInode === old)
    return notYet(...left.map(({ pid }) => `${on.host.name}  old process ${pid} ends with its last connection`))
  },
  timeout: ({ timeout }) => timeout,
})
