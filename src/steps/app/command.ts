import { heardFrom, hostState } from '../../daemons/linux/host-state.ts'
import { beginWork, workLog, workUnit } from '../../daemons/linux/work-script.ts'
import { NoUseWaiting, type On, type Tell } from '../../engine/step-kind.ts'
import { sleep } from '../../lib/clock.ts'
import { quote } from '../../lib/quote.ts'
import type { Millis } from '../../lib/types.ts'
import { asRoot } from '../vip/as-root.ts'

const tellEvery: Millis = 500

/** The command with its version filled in: words stay words, no shell reads them here. */
export function withVersion(argv: readonly string[], version: string): string[] {
  return argv.map((word) => word.replaceAll('{version}', () => version))
}

/** One server's deployment, under its run's name. */
export function workName({ run }: On, server: string): string {
  return `${run}-${server}`
}

/** Begins a command on the host; one that runs there still, of an earlier try, is waited for. */
export async function begin(on: On, work: string, argv: readonly string[], failed: string): Promise<void> {
  if ((await hostState(on.host, work, [], on.signal)).running) return
  await asRoot(on, beginWork(work, argv), failed)
}

/** What runs of a command, or of its way back: what the application says meanwhile is on its way to something else. */
export async function underWay(on: On, work: string): Promise<string | undefined> {
  const names = [work, `${work}-back`]
  const states = await Promise.all(names.map((name) => hostState(on.host, name, [], on.signal)))
  const running = names.find((_, index) => states[index]?.running)
  return running && `${workUnit(running)} runs`
}

/**
 * Runs what takes a command back, to its end; the command itself is ended first, should it run still. A way back that runs there
 * still, of an earlier try, is waited for.
 */
export async function takeBack(
  on: On,
  work: string,
  argv: readonly string[],
  { longest, tell }: { readonly longest: Millis; readonly tell: Tell | undefined },
): Promise<void> {
  const { running } = await hostState(on.host, work, [], on.signal)
  if (running) await asRoot(on, ['systemctl', 'stop', workUnit(work)], `${workUnit(work)} could not be ended`)
  const undoing = `${work}-back`
  await begin(on, undoing, argv, 'the way back could not be begun')
  await until(on, tell, longest, async () => ended({ ...on, host: await on.other(on.host.name) }, undoing, argv))
}

/** What is awaited of a command; undefined when it has ended well. Throws NoUseWaiting when it ended otherwise. */
export async function ended(on: On, work: string, argv: readonly string[]): Promise<string | undefined> {
  const { begun, running, exit } = await hostState(on.host, work, [], on.signal)
  if (running) return `${quote(argv)} runs`
  if (begun === null) return 'it has not begun'
  if (exit === 0) return undefined
  const how = exit === null ? 'was ended before it had exited' : `exited with ${exit}`
  const { lines } = await heardFrom(on.host, work, 0, on.signal).catch(() => ({ lines: [] }))
  throw new NoUseWaiting(`${quote(argv)} ${how}`, {
    host: on.host.name,
    said: lines.slice(-5).join('\n') || `it said nothing; see ${workLog(work)} on ${on.host.name}`,
  })
}

async function until(on: On, tell: Tell | undefined, longest: Millis, look: () => Promise<string | undefined>) {
  const deadline = Date.now() + longest
  let told = Date.now()
  for (;;) {
    const awaited = await look()
    if (awaited === undefined) return
    if (Date.now() > deadline) throw new NoUseWaiting(awaited, { host: on.host.name })
    if (Date.now() - told >= tellEvery) {
      told = Date.now()
      await tell?.([`${on.host.name}  ${awaited}`], longest)
    }
    await sleep(300, on.signal)
  }
}
