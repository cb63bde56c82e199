import { preflight } from '../../daemons/nginx/preflight.ts'
import type { NginxPicture } from '../../daemons/nginx/picture.ts'
import { unmended, type MendName, type Refusal } from '../../daemons/nginx/refusal.ts'
import { ZdtError } from '../../lib/errors.ts'
import { refuseIfUnfit as refuseFor } from '../config/fit.ts'
import { defineGuard } from '../define.ts'
import { fileThing, nginxThing } from '../things.ts'
import { refuseHolder } from '../vip/refuse-holder.ts'
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
        ...refusals.flatMap(({ suggestions }) => suggestions).map((next) => onHost(next, host)),
      ],
    })
  }
}

/** What is typed elsewhere than here says so: the pids are that host's. */
function onHost(next: string, host: string): string {
  const named = next.replace(' HOST ', ` ${host} `)
  if (!/\bkill -/.test(named)) return named
  const [command = '', why] = named.split(/ +# /)
  return `${command}   # on ${host}${why === undefined ? '' : `: ${why}`}`
}

/** What is no reason. */
type But = {
  /** What is to be mended yet: a later check wants it done. */
  readonly mended?: readonly MendName[]
  /** What lies on disk is meant to be other code than what runs. */
  readonly lies?: boolean
}

/** Throws UnfitForUpgrade when there is any other reason not to. */
export function refuseIfUnfit(host: string, picture: NginxPicture, { mended = [], lies = false }: But = {}): void {
  const refusals = unmended(preflight(picture), mended).filter(({ code }) => !lies || code !== 'binary-replaced')
  if (refusals.length > 0) throw new UnfitForUpgrade(host, refusals)
}

type Input = But & {
  readonly unit: string
  readonly target: string
  readonly lies?: true
  /** VIPs that the host must not hold; none with --in-place. */
  readonly vips?: readonly { readonly name: string; readonly address: string }[]
}

/** Checked again right before the binary is touched: what the plan was made on may have changed. */
export const fitForUpgrade = defineGuard<Input>({
  kind: 'nginx.fit-for-upgrade',
  describe: ({ unit }) => ({
    title: `${unit} can be upgraded while it runs`,
    commands: [`systemctl show -p Type -p PIDFile -p MainPID ${unit}`, 'ps -o pid,ppid,args -C nginx'],
  }),
  check: async ({ unit, vips = [], ...but }, on) => {
    const { host, signal } = on
    refuseFor(host.name, await refuseHolder(host, 'nginx', vips, { signal }))
    refuseIfUnfit(host.name, (await look(on, unit)).picture, but)
  },
  // Once the file is replaced it is unfit, and right so: the upgrade is under way.
  // Of code that lies there already no file is replaced: then it is USR2 that it is checked for.
  protects: ({ unit, target, lies }, host) => [lies ? nginxThing(host, unit) : fileThing(host, target)],
})
