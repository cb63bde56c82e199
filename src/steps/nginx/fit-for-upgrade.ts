import { preflight } from '../../daemons/nginx/preflight.ts'
import type { NginxPicture } from '../../daemons/nginx/picture.ts'
import { unmended, type MendName, type Refusal } from '../../daemons/nginx/refusal.ts'
import { ZdtError } from '../../lib/errors.ts'
import { defineGuard } from '../define.ts'
import { fileThing } from '../things.ts'
import { look } from './look.ts'

const repairs = 'the same with --repair   # mends what can be mended first'

/** nginx on this host must not be upgraded while it runs; all reasons at once, the worst first. */
export class UnfitForUpgrade extends ZdtError {
  constructor(host: string, refusals: readonly Refusal[]) {
    const [first, ...more] = refusals
    super(first?.message ?? 'it may not be upgraded', {
      code: first?.code ?? 'unfit-for-upgrade',
      exit: 'refused',
      host,
      ...(more.length > 0 && { said: `also: ${more.map(({ message }) => message).join('\nalso: ')}` }),
      suggestions: [
        ...(refusals.some(({ mend }) => mend !== undefined) ? [repairs] : []),
        ...refusals.flatMap(({ suggestions }) => suggestions),
      ],
    })
  }
}

/** Throws UnfitForUpgrade when there is any reason not to, beside what will be `mended` before. */
export function refuseIfUnfit(host: string, picture: NginxPicture, mended: readonly MendName[] = []): void {
  const refusals = unmended(preflight(picture), mended)
  if (refusals.length > 0) throw new UnfitForUpgrade(host, refusals)
}

type Input = {
  readonly unit: string
  readonly target: string
  /** What is to be mended yet: a later check wants it done. */
  readonly mended?: readonly MendName[]
}

/** Checked again right before the binary is touched: what the plan was made on may have changed. */
export const fitForUpgrade = defineGuard<Input>({
  kind: 'nginx.fit-for-upgrade',
  describe: ({ unit }) => ({
    title: `${unit} can be upgraded while it runs`,
    commands: [`systemctl show -p Type -p PIDFile -p MainPID ${unit}`, 'ps -o pid,ppid,args -C nginx'],
  }),
  check: async ({ unit, mended }, on) => refuseIfUnfit(on.host.name, (await look(on, unit)).picture, mended),
  // Once the file is replaced it is unfit, and right so: the upgrade is under way.
  protects: ({ target }, host) => [fileThing(host, target)],
})
