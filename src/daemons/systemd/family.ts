import type { Host, RunOptions } from '../../hosts/host.ts'
import { ZdtError } from '../../lib/errors.ts'
import { parseFrames } from '../frames.ts'
import type { ProcessId } from '../signal-process.ts'
import { familyScript } from './family-script.ts'
import { parseUnit, type UnitFacts } from './unit.ts'

/** One process of a unit. */
export type UnitProcess = ProcessId & {
  readonly argv: readonly string[]
  /** Stopped by a signal or a debugger: it answers nobody. */
  readonly frozen: boolean
  /** `DEVICE:INODE` of the code that runs. */
  readonly exeInode: string
  /** Its file is no longer at its path: replaced or removed. */
  readonly exeDeleted: boolean
}

/** The file at argv[0] of a main process, which it would execute anew. */
export type UnitBinary = {
  readonly path: string
  /** Empty when there is no such file. */
  readonly inode: string
  readonly executable: boolean
  /** `3.0.11-1+deb13u3`, the first word of that kind that `-v` says; null when it says none. */
  readonly version: string | null
}

/** One line of the journal. */
export type JournalLine = { readonly pid: number; readonly text: string }

/** A unit's main process with its children at one moment. Plain data: it may be journaled and shown. */
export type UnitFamily = {
  /** The host's clock, milliseconds since 1970. */
  readonly at: number
  readonly unit: UnitFacts
  /** Null when the unit has no main process. */
  readonly master: UnitProcess | null
  readonly children: readonly UnitProcess[]
  /** Null when argv[0] is no absolute path. */
  readonly binary: UnitBinary | null
  /** What the unit's journal has since the other look. */
  readonly journal: readonly JournalLine[]
  /** The host's own, without `lo`: `10.77.0.100/16`. */
  readonly addresses: readonly string[]
}

/** The script's answer was cut short or is none: no shell, no /proc, or something else answered. */
export class UnitUnreadable extends ZdtError {
  constructor(host: string, unit: string, said: string) {
    super(`${host}: cannot tell what ${unit} does there`, {
      code: 'unit-unreadable',
      exit: 'refused',
      host,
      said,
      suggestions: [`ssh ${host} ps -ef   # is /proc mounted, and may root look into it?`],
    })
  }
}

function parseProcess(pid: number, body: readonly string[]): UnitProcess | undefined {
  const value = (key: string) => body.find((line) => line.startsWith(`${key} `))?.slice(key.length + 1) ?? ''
  // The second field is a name in brackets which may hold blanks and brackets: count from the last one.
  const fields = value('stat')
    .slice(value('stat').lastIndexOf(')') + 2)
    .split(' ')
  const [state = ''] = fields
  const exe = value('exe')
  if (exe === '' || state === 'Z') return undefined
  return {
    pid,
    startTicks: Number(fields[19]),
    argv: body.filter((line) => line.startsWith('arg ')).map((line) => line.slice(4)),
    frozen: state === 'T' || state === 't',
    exeInode: value('inode'),
    exeDeleted: exe.endsWith(' (deleted)'),
  }
}

/** `1795265846.479331 lb1 Keepalived_vrrp[65]: Reloading`; lines without a process are systemd's or journald's own. */
function parseJournal(line: string): JournalLine[] {
  const [, pid, text = ''] = /^[\d.]+ \S+ \S+\[(\d+)\]: (.*)$/.exec(line) ?? []
  return pid === undefined ? [] : [{ pid: Number(pid), text }]
}

/** Reads the answer of the script. Undefined when it is cut short or none. */
export function parseFamily(answer: string): UnitFamily | undefined {
  const frames = parseFrames(answer, 'unit-family 1')
  if (frames === undefined) return undefined
  const frame = (name: string) => frames.find((one) => one.name === name)
  const lines = (name: string) => frame(name)?.body ?? []
  const unit = parseUnit(lines('unit').join('\n'))
  const all = frames
    .filter(({ name }) => name === 'process')
    .flatMap(({ argument, body }) => parseProcess(Number(argument), body) ?? [])
  const master = all.find(({ pid }) => pid === unit.mainPid) ?? null
  const binary = frame('binary')
  const said = binary?.body.find((line) => line.startsWith('said ')) ?? ''
  return {
    at: Number(frame('clock')?.argument),
    unit,
    master,
    children: all.filter((one) => one !== master),
    binary:
      binary === undefined
        ? null
        : {
            path: binary.argument,
            inode: binary.body.find((line) => line.startsWith('inode '))?.slice(6) ?? '',
            executable: binary.body.includes('executable'),
            version: / v?(\d+\.\d+\S*)/.exec(said)?.[1] ?? null,
          },
    journal: lines('journal').flatMap(parseJournal),
    addresses: lines('addresses').flatMap((line) => {
      const [link, address] = line.split(' ')
      return link === 'lo' || address === undefined ? [] : [address]
    }),
  }
}

export interface FamilyOptions extends Omit<RunOptions, 'as' | 'input'> {
  /** An earlier look: what the journal has since then is read. */
  readonly since?: { readonly at: number } | undefined
}

/**
 * Looks at a unit's main process and its children, as root, without changing anything, in one round trip. Throws
 * UnitUnreadable, and what Host throws.
 */
export async function unitFamily(
  host: Host,
  unit: string,
  { since, ...options }: FamilyOptions = {},
): Promise<UnitFamily> {
  const from = since === undefined ? '' : (since.at / 1000).toFixed(3)
  const argv = ['sh', '-c', familyScript, 'zdt-unit-family', unit, from]
  const { stdout, stderr } = await host.run(argv, { ...options, as: 'root' })
  const seen = parseFamily(stdout.toString())
  if (seen === undefined) throw new UnitUnreadable(host.name, unit, stderr.toString().trim())
  return seen
}
