import { readFile, readlink } from 'node:fs/promises'
import { hostname } from 'node:os'

/** This process, so that another on the same machine can tell whether it still runs. */
export async function ownProcess(): Promise<string> {
  return `${await machine()} ${process.pid} ${(await startOf(process.pid)) ?? 'unknown'}`
}

/** Whether a process that `ownProcess` named ran on this machine and has ended. False where that cannot be known. */
export async function hasEndedHere(named: string): Promise<boolean> {
  const [pid = '', start = 'unknown'] = named.split(' ').slice(-2)
  const here = await machine()
  if (start === 'unknown' || here.includes('unknown') || named !== `${here} ${pid} ${start}`) return false
  return (await startOf(Number(pid))) !== start
}

/** The machine's name and boot, and the namespace of its pids: a container may share the first two. */
async function machine(): Promise<string> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => 'unknown')
  const namespace = await readlink('/proc/self/ns/pid').catch(() => 'unknown')
  return `${hostname()} ${boot.trim()} ${namespace}`
}

/** When a process began, in ticks since the boot (proc(5), stat field 22); undefined when there is none. */
async function startOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  // The second field is the program's name in brackets, which may hold anything.
  const [state, ...fields] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? []
  // A zombie has ended; only its parent has not asked yet.
  return state === 'Z' ? undefined : fields[18]
}
