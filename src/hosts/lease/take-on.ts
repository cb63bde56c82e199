import type { Hosts } from '../host.ts'
import { askLeases } from './ask.ts'
import { LeaseRefused } from './errors.ts'
import type { Taken, Terms, Wanted } from './leases.ts'
import { oneLine } from './one-line.ts'
import { moment } from './our-clock.ts'
import { ownProcess } from './own-process.ts'
import { stateDirectory } from './script.ts'

/** Who takes leases, as others will read it. */
export interface Holder {
  readonly run: string
  /** `oncall@ops2` */
  readonly holder: string
  /** `drain app2` */
  readonly title: string
}

/** What a take needs, on whichever host. */
export interface Attempt {
  readonly hosts: Hosts
  readonly who: Holder
  readonly terms: Terms
  readonly token: string
  readonly signal?: AbortSignal | undefined
  /** The tokens of leases that may be taken though they are held. */
  readonly over: ReadonlySet<string>
}

/** Takes all that is wanted on one host, or nothing of it. Throws Held, LeaseRefused. */
export async function takeOn(attempt: Attempt, { host: name, scopes }: Wanted): Promise<Taken> {
  const { hosts, who, terms, token, over, signal } = attempt
  const { base } = terms
  const host = await hosts.on(name)
  const words = [...[who.holder, who.title].map(oneLine), await ownProcess(), [...over].join(' ')]
  const order = ['take', oneLine(who.run), token, String(Math.ceil(terms.term / 1000)), ...words, ...scopes] as const
  const asked = moment()
  const said = await askLeases(host, order, { base, signal })
  const [, fence] = /^fence (\d+)$/m.exec(said) ?? []
  if (fence === undefined) throw new LeaseRefused(name, said.trim(), `${base ?? stateDirectory}/locks`)
  return { host: name, scopes, fence: Number(fence), asked }
}
