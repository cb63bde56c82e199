import type { HostName, Millis } from '../../lib/types.ts'

/** A lease as the host has it. What could not be read is left out: then nobody knows who holds it. */
export interface Lease {
  readonly host: HostName
  readonly scope: string
  /** `busy`: a command of its last holder is still under way there. */
  readonly state: 'held' | 'expired' | 'busy' | 'free'
  /** Until it ends by itself, by the host's own time; 0 when it has. */
  readonly left: Millis
  readonly run?: string
  /** `oncall@ops2` */
  readonly holder?: string
  /** `drain app2` */
  readonly title?: string
  /** The process that holds it; see own-process.ts. */
  readonly process?: string
  /** Made anew for each process that takes leases; what `over` names. */
  readonly token?: string
  readonly fence?: number
  /** By the host's clock, in seconds since 1970. */
  readonly since?: number
  readonly until?: number
}

/** How long it has been held, by the host's own time. */
export function ageOf({ since = 0, until = 0, left }: Lease): Millis {
  return Math.max(0, (until - since) * 1000 - left)
}

/** Reads the `lease SCOPE STATE LEFT` lines of an answer, each followed by its file, one space before each line. */
export function parseLeases(host: HostName, text: string): Lease[] {
  return text.split(/^(?=lease )/m).flatMap((block) => {
    const [head = '', ...lines] = block.split('\n')
    const [, scope, state, left] = /^lease (\S+) (held|expired|busy|free) (-?\d+)$/.exec(head) ?? []
    if (scope === undefined) return []
    const file = lines.filter((line) => line.startsWith(' ')).map((line) => line.slice(1))
    const whole = file.includes('end') && file[0] === 'zdt-lease 1'
    const known = whole ? contentOf(file) : {}
    return [{ host, scope, state: state as Lease['state'], left: Math.max(0, Number(left) * 10), ...known }]
  })
}

function contentOf(file: readonly string[]): Partial<Lease> {
  const all = new Map(file.map((line) => [line.split(' ', 1)[0] ?? '', line.replace(/^\S+ */, '')]))
  const text = (key: string): string => all.get(key) ?? ''
  const number = (key: string): number => Number(text(key))
  return {
    run: text('run'),
    holder: text('holder'),
    title: text('title'),
    process: text('process'),
    token: text('token'),
    fence: number('fence'),
    since: number('since'),
    until: number('until'),
  }
}
