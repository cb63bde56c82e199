import type { Host } from '../../hosts/host.ts'
import type { Millis } from '../../lib/types.ts'
import { hearWork, lookAtWork } from './work-script.ts'

/** A host, and what has become of a run's work on it, as the host tells. A type, not an interface: it is journaled. */
export type HostState = {
  /** Another one after each boot. */
  readonly boot: string
  /** systemctl(1), is-system-running: `running`, `degraded`, `starting`, `stopping`… */
  readonly system: string
  /** It shuts down, or is about to. */
  readonly leaving: boolean
  /** Its systemd does not answer, which tells nothing of units either: so it is at the very end of a shutdown (tried). */
  readonly silent: boolean
  /** The boot in which the work began; null where it never did. */
  readonly begun: string | null
  /** Its command runs. */
  readonly running: boolean
  /** How its command has exited; null where it has not, and where the host went down first. */
  readonly exit: number | null
  /** Nobody waits for it any more. */
  readonly over: boolean
  /** Of the services that were asked for, those that do not run: `haproxy.service is failed`. */
  readonly down: readonly string[]
}

/** Short: a host that goes down may take a question and never answer it. */
const patience: Millis = 8000

/** Looks at a host, at a run's work there, and at some of its services. Throws what Host.run throws. */
export async function hostState(
  host: Host,
  run: string,
  services: readonly string[] = [],
  signal?: AbortSignal,
): Promise<HostState> {
  const asking = { as: 'root', timeout: patience, ...(signal && { signal }) } as const
  return parseHostState((await host.run(lookAtWork(run, services), asking)).stdout.toString())
}

/** Reads the answer of `lookAtWork`; of facts that are told twice the last counts. */
export function parseHostState(answer: string): HostState {
  const lines = answer.split('\n').map((line) => line.split(' '))
  const last = (fact: string) => lines.findLast(([word]) => word === fact)?.[1]
  const told = (fact: string) => lines.some(([word]) => word === fact)
  const system = last('system') ?? ''
  const exit = last('exit')
  return {
    boot: last('boot') ?? '',
    system,
    leaving: told('leaving') || system === 'stopping',
    silent: ['', 'offline', 'unknown'].includes(system),
    begun: last('begun') ?? null,
    running: told('running'),
    exit: exit === undefined ? null : Number(exit),
    over: told('over'),
    down: lines.flatMap(([word, name = '', state = '']) =>
      word === 'service' && state !== 'active' ? [`${name} is ${state || 'unknown'}`] : [],
    ),
  }
}

/** Why a host is not up, one short line each; nothing when it is, with all the services that were asked for. */
export function notUp({ system, leaving, silent, down }: HostState): string[] {
  if (leaving) return ['it shuts down']
  if (silent) return ['it is silent']
  return [...(system === 'running' || system === 'degraded' ? [] : [`it is ${system}`]), ...down]
}

/** What a run's command has said from a byte on, in whole lines. Throws what Host.run throws. */
export async function heardFrom(
  host: Host,
  run: string,
  from: number,
  signal?: AbortSignal,
): Promise<{ lines: string[]; next: number }> {
  const asking = { as: 'root', timeout: patience, ...(signal && { signal }) } as const
  const { stdout } = await host.run(hearWork(run, from), asking)
  const end = stdout.lastIndexOf('\n') + 1
  const whole = stdout.subarray(0, end).toString('utf8')
  return { lines: whole === '' ? [] : whole.slice(0, -1).split('\n'), next: from + end }
}
