import type { Host, RunOptions } from '../../hosts/host.ts'
import { ZdtError } from '../../lib/errors.ts'
import { parseFrames, type Frame } from '../frames.ts'
import type { ProcessId } from '../signal-process.ts'
import { parseUnit, type UnitFacts } from '../systemd/unit.ts'
import { processScript } from './process-script.ts'

/** A process of an application. */
export type AppProcess = ProcessId & {
  /** `DEVICE:INODE` of the code that runs. */
  readonly exeInode: string
  /** As /proc has it. */
  readonly exe: string
}

/** An application's processes, and the file that they are to execute, at one moment. Plain data: it is journaled. */
export type AppPicture = {
  readonly unit: UnitFacts
  /** Null where systemd knows of none. */
  readonly main: AppProcess | null
  /** All others in the unit's control group. */
  readonly others: readonly AppProcess[]
  /** `DEVICE:INODE` of the file; empty where there is none. */
  readonly inode: string
}

/** Looks at an application's processes, executing nothing of it. Throws, code `app-unreadable`, and what Host throws. */
export async function appProcess(
  host: Host,
  unit: string,
  file: string,
  options: Omit<RunOptions, 'as' | 'input'> = {},
): Promise<AppPicture> {
  const argv = ['sh', '-c', processScript, 'zdt-app-process', unit, file]
  const { stdout, stderr } = await host.run(argv, { ...options, as: 'root' })
  const picture = parseAppProcess(stdout.toString())
  if (picture) return picture
  throw new ZdtError(`${host.name}: cannot tell what ${unit} runs there`, {
    code: 'app-unreadable',
    exit: 'refused',
    host: host.name,
    said: stderr.toString().trim(),
    suggestions: [`ssh ${host.name} systemctl status ${unit}`],
  })
}

/** Reads the script's answer. Undefined when it is cut short or none. */
export function parseAppProcess(answer: string): AppPicture | undefined {
  const frames = parseFrames(answer, 'app-process 1')
  const facts = frames?.find(({ name }) => name === 'unit')
  if (!frames || !facts) return undefined
  const unit = parseUnit(facts.body.join('\n'))
  const all = frames.flatMap((frame) => (frame.name === 'process' ? processIn(frame) : []))
  return {
    unit,
    main: all.find(({ pid }) => pid === unit.mainPid) ?? null,
    others: all.filter(({ pid }) => pid !== unit.mainPid),
    inode: frames.find(({ name }) => name === 'file')?.argument.trim() ?? '',
  }
}

function processIn({ argument, body }: Frame): AppProcess[] {
  const value = (key: string) => body.find((line) => line.startsWith(`${key} `))?.slice(key.length + 1) ?? ''
  // The second field is a name in brackets which may hold blanks and brackets: count from the last one.
  const fields = value('stat')
    .slice(value('stat').lastIndexOf(')') + 2)
    .split(' ')
  if (fields[0] === 'Z' || fields.length < 20) return []
  return [{ pid: Number(argument), startTicks: Number(fields[19]), exeInode: value('inode'), exe: value('exe') }]
}
