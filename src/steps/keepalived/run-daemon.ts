import { parseUnit, showUnit } from '../../daemons/systemd/unit.ts'
import type { On } from '../../engine/step-kind.ts'
import { defineChange, notYet } from '../define.ts'
import { keepalivedThing } from '../things.ts'
import { asRoot } from '../vip/as-root.ts'
import { readyToTake, type Taking } from '../vip/ready-to-take.ts'
import { mayGoBack, type TakesBack } from '../vip/may-go-back.ts'

type Input = {
  readonly unit: string
  readonly wanted: 'stopped' | 'running'
  /** Who takes VIPs by it, and from whom. */
  readonly takes?: Taking
  /** Who takes them back when it is undone, where that is what a start does. */
  readonly takesBack?: TakesBack
}

type Found = { readonly running: boolean }

const verb = (running: boolean) => (running ? 'start' : 'stop')

/**
 * Stops Keepalived, or starts it: systemd waits for the old process, without which a start leaves nothing running
 * (TRAPS: Keepalived). A stop tells the others at once (priority 0), and they wait the skew time only.
 */
export const runKeepalived = defineChange<Input, Found>({
  kind: 'keepalived.run',
  describe: ({ unit, wanted }) => ({
    title: wanted === 'running' ? `start ${unit}` : `stop ${unit}: it gives its addresses away`,
    commands: [`sudo systemctl ${verb(wanted === 'running')} ${unit}`],
  }),
  describeUndo: ({ unit }, { running }) => [`sudo systemctl ${verb(running)} ${unit}`],
  observe: async ({ unit }, on) => ({ running: await runs(on, unit) }),
  isDone: ({ wanted }, { running }) => running === (wanted === 'running'),
  apply: ({ unit, wanted, takes }, _found, on) => to(on, unit, wanted === 'running', takes),
  verify: ({ unit, wanted }, _found, on) => runsSo(on, unit, wanted === 'running'),
  undo: ({ unit, takesBack }, { running }, on) => to(on, unit, running, takesBack),
  undone: ({ unit }, { running }, on) => runsSo(on, unit, running),
  undoGuards: ({ takesBack: back }) => (back ? [mayGoBack.at(back.host, back)] : []),
  about: ({ unit }, host) => [keepalivedThing(host, unit)],
})

async function to(on: On, unit: string, running: boolean, takes?: Taking): Promise<void> {
  if (takes) await readyToTake(takes, on)
  await asRoot(on, ['systemctl', verb(running), '--', unit], `${unit} did not ${verb(running)}`)
}

async function runs(on: On, unit: string): Promise<boolean> {
  const { stdout } = await on.host.run(showUnit(unit), { signal: on.signal })
  return parseUnit(stdout.toString('utf8')).mainPid !== null
}

async function runsSo(on: On, unit: string, wanted: boolean) {
  const now = await runs(on, unit)
  return notYet(now !== wanted && `${unit} ${now ? 'still runs' : 'does not run'} on ${on.host.name}`)
}
