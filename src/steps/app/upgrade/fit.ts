import { appProcess, type AppPicture } from '../../../daemons/app/process.ts'
import { ZdtError } from '../../../lib/errors.ts'
import type { HostName } from '../../../lib/types.ts'
import { defineGuard } from '../../define.ts'
import { daemonThing } from '../../things.ts'

type Input = {
  readonly unit: string
  readonly binary: string
  /** What lies there is meant to be other code than what runs. */
  readonly lies?: true
}

/** An application must not be upgraded while it runs, and why. */
export class AppUnfit extends ZdtError {
  constructor(host: HostName, message: string, suggestions: readonly string[]) {
    super(message, { code: 'app-unfit', exit: 'refused', host, suggestions })
  }
}

/** Throws AppUnfit where there is a reason not to. */
export function refuseUnfitApp(
  host: HostName,
  { unit, main, inode }: AppPicture,
  { binary, lies }: Pick<Input, 'binary' | 'lies'>,
): void {
  const status = `ssh ${host} systemctl status ${unit.id}`
  if (!unit.loaded) throw new AppUnfit(host, `systemd has no unit ${unit.id}`, [status])
  if (unit.activeState !== 'active' || main === null)
    throw new AppUnfit(host, `${unit.id} is ${unit.activeState}, with no main process that could be upgraded`, [status])
  if (inode === '') throw new AppUnfit(host, `there is no ${binary}`, [`ssh ${host} ls -l ${binary}`])
  if (lies || main.exeInode === inode) return
  throw new AppUnfit(
    host,
    `main process ${main.pid} of ${unit.id} runs ${main.exe}, not the ${binary} that lies there`,
    [
      'the same without --binary   # it runs what lies there then',
      'a program that is read by another (a script) is upgraded by zdt rollout',
    ],
  )
}

/** Checked again right before the file is touched. */
export const fitAppForUpgrade = defineGuard<Input>({
  kind: 'app.fit-for-upgrade',
  describe: ({ unit }) => ({
    title: `${unit} can be upgraded while it runs`,
    commands: [`systemctl show -p ActiveState -p MainPID ${unit}`],
  }),
  check: async ({ unit, binary, lies }, { host, signal }) =>
    refuseUnfitApp(host.name, await appProcess(host, unit, binary, { signal }), { binary, ...(lies && { lies }) }),
  protects: ({ unit }, host) => [daemonThing(host, unit)],
})
