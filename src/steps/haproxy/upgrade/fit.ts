import { haproxyPicture, type HaproxyPicture } from '../../../daemons/haproxy/picture.ts'
import { refuseHaproxyReload } from '../../../daemons/haproxy/reload.ts'
import type { ReloadRefusal } from '../../../daemons/reload.ts'
import type { HostName } from '../../../lib/types.ts'
import { refuseIfUnfit } from '../../config/fit.ts'
import { defineGuard } from '../../define.ts'
import { fileThing } from '../../things.ts'
import { refuseHolder } from '../../vip/refuse-holder.ts'

type Input = {
  readonly unit: string
  readonly target: string
  /** VIPs that the host must not hold; none with --in-place. */
  readonly vips: readonly { readonly name: string; readonly address: string }[]
  /** What lies on disk is meant to be other code than what runs. */
  readonly lies?: true
}

/** Every reason why the binary of this HAProxy must not be exchanged while it runs, worst first; `lies`: see Input. Pure. */
export function refuseUpgrade(picture: HaproxyPicture, lies = false): ReloadRefusal[] {
  const { binary, unit } = picture
  const elsewhere = binary !== null && unit.execPath !== null && unit.execPath !== binary.path
  return [
    ...refuseHaproxyReload(picture).filter(({ code }) => !lies || code !== 'binary-replaced'),
    ...(elsewhere
      ? [
          {
            code: 'exec-path',
            message: `the master executes ${binary.path}, but ${unit.id} would start ${unit.execPath ?? ''}`,
            suggestions: [`systemctl cat ${unit.id}`, 'make both the same file first'],
          },
        ]
      : []),
  ]
}

/** May the binary be exchanged? Checked again right before it is: what the plan was made on may have changed. */
export const fitForExchange = defineGuard<Input>({
  kind: 'haproxy.fit-for-upgrade',
  describe: ({ unit, vips }) => ({
    title: `${unit} can be upgraded while it runs`,
    commands: [`systemctl status ${unit}`, ...vips.map(({ address }) => `ip address show to ${address}`)],
  }),
  check: async ({ unit, vips, lies }, on) => {
    const { host, signal } = on
    const picture = await haproxyPicture(host, unit, { signal })
    refuseIfUnfit(host.name, [
      ...refuseUpgrade(picture, lies),
      ...(await refuseHolder(host, 'HAProxy', vips, { signal })),
    ])
  },
  // Once the file is replaced it is unfit, and right so: the upgrade is under way.
  protects: ({ target }, host: HostName) => [fileThing(host, target)],
})
