import { parseUnit, type UnitFacts } from '../systemd/unit.ts'
import { parseMasterTitle } from './argv.ts'
import { parseFrames, type Frame } from '../frames.ts'
import { parseSockets } from '../listeners.ts'
import type { NginxBinary, NginxMaster, NginxPicture } from './picture.ts'
import { parseProcess, type NginxProcess } from './process.ts'
import { settingsOf } from './settings.ts'
import { parseVersion } from './version.ts'

function parseBinary({ argument, body }: Frame): NginxBinary {
  const value = (key: string) => body.find((line) => line.startsWith(`${key} `))?.slice(key.length + 1) ?? ''
  const [inode = '', , mode = '', owner = ''] = value('stat').split(' ')
  const said = body.flatMap((line) => (line.startsWith('said ') ? [line.slice(5)] : [])).join('\n')
  return {
    path: argument,
    realPath: inode === '' ? '' : value('real'),
    inode,
    sha256: inode === '' ? '' : value('sha256'),
    owner,
    mode,
    folderWritable: body.includes('folder writable'),
    version: parseVersion(said) ?? null,
    said: parseVersion(said) === undefined ? said : '',
  }
}

function parseMaster(process: NginxProcess, frames: readonly Frame[]): NginxMaster | undefined {
  const argv = parseMasterTitle(process.title)
  if (argv === undefined) return undefined
  const all = (name: string) =>
    frames.filter((frame) => frame.name === name && frame.argument.split(' ')[0] === String(process.pid))
  const own = (name: string) => all(name)[0]
  const said = own('running')?.body.join('\n') ?? ''
  const config = own('config')
  const configPath = config?.argument.slice(String(process.pid).length + 1) ?? ''
  const texts = [...all('config'), ...all('include')]
  const sockets = parseSockets(own('sockets')?.body ?? [])
  const processors = Number(frames.find(({ name }) => name === 'processors')?.argument ?? 1)
  return {
    ...process,
    argv,
    version: parseVersion(said) ?? null,
    listeners: sockets.own,
    taken: sockets.others,
    settings:
      config === undefined
        ? null
        : settingsOf(argv, { path: configPath, texts: texts.map(({ body }) => body.join('\n')), said, processors }),
  }
}

const byAge = (a: NginxProcess, b: NginxProcess) => a.startTicks - b.startTicks || a.pid - b.pid

/**
 * Bears a master's title and is none: a worker does so for a moment after fork, and so does the new program's process
 * until execve. A real second master has written the pid file before it takes its title.
 */
function isSprout(
  process: NginxMaster,
  all: readonly NginxProcess[],
  masters: readonly NginxMaster[],
  named: string[],
): boolean {
  const isChild = masters.some(({ pid }) => pid === process.ppid)
  return isChild && !named.includes(String(process.pid)) && !all.some(({ ppid }) => ppid === process.pid)
}

/**
 * Belongs to the unit: by its cgroup, which no other user can put a process into, while a title is easily forged. Where the
 * unit runs no nginx, or cgroups tell nothing, everything called nginx counts.
 */
function ofUnit({ controlGroup }: UnitFacts, processes: readonly NginxProcess[]): (process: NginxProcess) => boolean {
  const within = ({ cgroup }: NginxProcess) => controlGroup !== '' && cgroup.endsWith(controlGroup)
  return processes.some((one) => one.role === 'master' && within(one)) ? within : () => true
}

/** Reads the answer of the picture script. Undefined when it is cut short or none. */
export function parsePicture(answer: string): NginxPicture | undefined {
  const frames = parseFrames(answer, 'nginx-picture 1')
  if (frames === undefined) return undefined
  const all = (name: string) => frames.filter((frame) => frame.name === name)
  const argument = (name: string) => all(name)[0]?.argument ?? ''
  const hostRoot = argument('own').split(' ')[2] ?? ''
  const unit = parseUnit(all('unit')[0]?.body.join('\n') ?? '')
  const everybody = all('process').flatMap(({ body }) => parseProcess(body, hostRoot) ?? [])
  const isOurs = ofUnit(unit, everybody)
  const processes = everybody.filter(isOurs)
  const pidFiles = Object.fromEntries(all('pidfile').map((frame) => [frame.argument, frame.body.join('\n').trim()]))
  const titled = processes.filter(({ role }) => role === 'master').flatMap((one) => parseMaster(one, frames) ?? [])
  const masters = titled.filter((one) => !isSprout(one, processes, titled, Object.values(pidFiles)))
  const pids = new Set(masters.map(({ pid }) => pid))
  const others = processes
    .filter(({ pid }) => !pids.has(pid))
    .map((one): NginxProcess => (one.role === 'master' ? { ...one, role: 'starting' } : one))
  // A helper script of a master is no nginx: only what runs a file of a master's own name is about to become one.
  const names = new Set(masters.map(({ argv }) => argv.binary))
  const isNginx = ({ role, title }: NginxProcess) =>
    role !== 'starting' || title.startsWith('nginx: ') || names.has(title.split(' ')[0] ?? '')
  return {
    at: Number(argument('clock')),
    uptime: Number(argument('uptime')),
    boot: argument('boot'),
    unit,
    masters: masters.toSorted(byAge),
    others: others.filter(isNginx).toSorted(byAge),
    stranger: others.find((one) => one.pid === unit.mainPid && !isNginx(one)) ?? null,
    neighbours: everybody
      .filter((one) => one.role === 'master' && !isOurs(one))
      .map(({ pid, title }) => `${pid} ${title}`),
    elsewhere: all('elsewhere').map((frame) => frame.argument),
    pidFiles,
    binaries: all('binary').map(parseBinary),
  }
}
