import type { On } from '../../engine/step-kind.ts'
import { defineChange, notYet } from '../define.ts'
import { asRoot } from '../vip/as-root.ts'

type Input = { readonly unit: string; readonly wanted: 'held off' | 'free' }

const verb = (masked: boolean) => (masked ? 'mask' : 'unmask')

/**
 * Keeps Keepalived from starting, at boot or by a package's hand: it would take a VIP back, and cut its connections
 * (systemctl(1), mask); or lets it again. What runs goes on.
 */
export const holdOffKeepalived = defineChange<Input, { readonly masked: boolean }>({
  kind: 'keepalived.hold-off',
  describe: ({ unit, wanted }) => ({
    title: wanted === 'held off' ? `nothing starts ${unit}, not even a boot` : `${unit} may be started again`,
    commands: [`sudo systemctl ${verb(wanted === 'held off')} ${unit}`],
  }),
  describeUndo: ({ unit }, { masked }) => [`sudo systemctl ${verb(masked)} ${unit}`],
  observe: async ({ unit }, on) => ({ masked: await isMasked(on, unit) }),
  isDone: ({ wanted }, { masked }) => masked === (wanted === 'held off'),
  apply: ({ unit, wanted }, _found, on) => to(on, unit, wanted === 'held off'),
  verify: ({ unit, wanted }, _found, on) => maskedSo(on, unit, wanted === 'held off'),
  undo: ({ unit }, { masked }, on) => to(on, unit, masked),
  undone: ({ unit }, { masked }, on) => maskedSo(on, unit, masked),
  about: ({ unit }, host) => [`keepalived ${host} ${unit} start`],
})

async function to(on: On, unit: string, masked: boolean): Promise<void> {
  await asRoot(on, ['systemctl', verb(masked), '--', unit], `systemd did not ${verb(masked)} ${unit}`)
}

async function isMasked(on: On, unit: string): Promise<boolean> {
  const argv = ['systemctl', 'show', '-p', 'LoadState', '--value', '--', unit]
  return (await on.host.run(argv, { signal: on.signal })).stdout.toString().trim() === 'masked'
}

async function maskedSo(on: On, unit: string, wanted: boolean) {
  const now = await isMasked(on, unit)
  return notYet(now !== wanted && `${unit} is ${now ? 'still' : 'not'} masked on ${on.host.name}`)
}
