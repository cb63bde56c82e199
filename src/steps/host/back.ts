import { hostState, notUp } from '../../daemons/linux/host-state.ts'
import type { Awaited, On } from '../../engine/step-kind.ts'
import type { Millis } from '../../lib/types.ts'
import { defineWait } from '../define.ts'
import { lookAgain } from '../haproxy/look-again.ts'

type Input = {
  /** Those that ran before. */
  readonly services: readonly string[]
  /** The boot in which it was when the plan was made. */
  readonly boot: string
  readonly timeout: Millis
}

/** Waits until a host is up, with the services that ran before the work on it, booted anew or not. */
export const hostIsBack = defineWait<Input>({
  kind: 'host.back',
  describe: ({ services }, host) => ({
    title: `${host} is up, and so are its services`,
    commands: ['systemctl is-system-running', `systemctl is-active ${services.join(' ')}`],
  }),
  look: ({ services, boot }, on) => lookWhetherUp(services, on, boot),
  timeout: ({ timeout }) => timeout,
  // A shutdown that was asked for may take a moment to begin.
  inARow: () => 4,
  away: ({ timeout }) => timeout,
})

/** Of a host that goes down or comes up: for a while it lets nobody in (pam_nologin(8)). */
export const whileBooting = ['login-refused'] as const

/** Is the host up with these services? One that does not answer is awaited. Another boot than `boot` is told. */
export function lookWhetherUp(services: readonly string[], on: On, boot?: string): Promise<Awaited> {
  return lookAgain(
    on,
    async (on) => {
      const state = await hostState(on.host, on.run, services, on.signal)
      const reasons = notUp(state)
      const awaiting = reasons.map((reason) => `${on.host.name}  ${reason}`)
      const anew = boot !== undefined && state.boot !== boot && `${on.host.name} was booted anew: boot ${state.boot}`
      return { done: reasons.length === 0, awaiting, ...(anew && { came: anew }) }
    },
    whileBooting,
  )
}
