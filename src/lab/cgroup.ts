import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sleep } from '../lib/clock.ts'
import { NoLabHere } from './errors.ts'

/*
 * Every process that a lab starts lives in a control group of the lab's own. So it is known which processes are the
 * lab's (a pid can be somebody else's tomorrow, a name is anybody's), and one write ends them all.
 */

/** The control group (version 2) of a lab's host, or of the whole lab. */
export function cgroupOf(cgroupName: string, host = ''): string {
  const root = mountsOf('cgroup2')[0]
  if (root === undefined) throw new NoLabHere('no cgroup2 file system is mounted')
  return join(root, cgroupName, host)
}

/** The processes in a group, its children included. */
export function processesIn(group: string): number[] {
  return groupsBelow(group).flatMap((dir) =>
    readFileSync(join(dir, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number),
  )
}

/** Whether anything runs in a group. */
export function isPopulated(group: string): boolean {
  return existsSync(group) && readFileSync(join(group, 'cgroup.events'), 'utf8').includes('populated 1')
}

export async function makeCgroup(group: string): Promise<void> {
  await mkdir(group, { recursive: true })
}

/** Ends every process in the group, and waits until the last is gone. */
export async function killCgroup(group: string): Promise<void> {
  while (isPopulated(group)) {
    await writeFile(join(group, 'cgroup.kill'), '1')
    await sleep(10)
  }
}

/** Every directory of a lab in every hierarchy: on a hybrid machine systemd-nspawn makes the same in version 1. */
export function cgroupTrees(cgroupName: string): string[] {
  return [...mountsOf('cgroup2'), ...mountsOf('cgroup')]
    .map((mount) => join(mount, cgroupName))
    .filter((dir) => existsSync(dir))
}

/** Removes an empty tree of groups; a control group's files are not deleted, only its directories. */
export async function removeCgroup(tree: string): Promise<void> {
  for (const dir of groupsBelow(tree).toReversed()) await rmdir(dir)
}

/** The first process of a host: its systemd. Undefined while the host is not up. */
export async function leaderOf(group: string): Promise<number | undefined> {
  const procs = await readFile(join(group, 'payload/init.scope/cgroup.procs'), 'utf8').catch(() => '')
  const pid = Number(procs.split('\n')[0])
  return pid > 0 ? pid : undefined
}

function groupsBelow(dir: string): string[] {
  if (!existsSync(dir)) return []
  const children = readdirSync(dir, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return [dir, ...children.flatMap((child) => groupsBelow(join(dir, child.name)))]
}

function mountsOf(type: string): string[] {
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter((fields) => fields[2] === type)
    .map((fields) => fields[1] ?? '')
}
