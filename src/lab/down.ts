import { existsSync } from 'node:fs'
import { readdir, readFile, readlink, rm, rmdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { sleep } from '../lib/clock.ts'
import { cgroupOf, cgroupTrees, killCgroup, removeCgroup } from './cgroup.ts'
import { command } from './command.ts'
import { restoreLimits } from './limits.ts'
import { forget, locked } from './lock.ts'
import { removeNetwork } from './network.ts'
import { labPaths, type LabPaths } from './paths.ts'
import { refuseWithoutLab } from './possible.ts'
import type { Say } from './say.ts'

/** nspawn makes a directory here for each machine, and leaves it. */
const propagated = '/run/systemd/nspawn/propagate'

/** Takes a lab away, whole or half-made: processes, mounts, network, files. */
export async function labDown(name: string, say: Say): Promise<void> {
  refuseWithoutLab()
  const lab = labPaths(name)
  await locked(lab.lock, async () => {
    const left = await leftovers(lab)
    await takeAway(lab)
    await forget(lab.lock)
    say(left.length > 0 ? `lab: ${name} is down` : `lab: ${name} was not up`)
  })
}

/** What there is of a lab on this machine, as paths; empty when it is gone. */
export async function leftovers(lab: LabPaths): Promise<string[]> {
  return [
    ...cgroupTrees(lab.cgroupName),
    ...(await mountsBelow(lab.dir)),
    ...[lab.dir, lab.netns].filter((path) => existsSync(path)),
    ...(await nspawnDirs(lab)),
  ]
}

/** Takes away whatever there is of a lab. In any state that a killed `up` may have left, and again if need be. */
export async function takeAway(lab: LabPaths): Promise<void> {
  // A command of a killed `up` may still have been on its way: look again until nothing is left.
  for (let attempt = 0; attempt < 5; attempt += 1) {
    await killCgroup(cgroupOf(lab.cgroupName))
    await endGuests(lab)
    for (const tree of cgroupTrees(lab.cgroupName)) await removeCgroup(tree)
    for (const mount of await mountsBelow(lab.dir)) await command(['umount', mount])
    await rm(lab.dir, { recursive: true, force: true, maxRetries: 0 })
    await removeNetwork(lab)
    for (const dir of await nspawnDirs(lab)) await rmdir(dir)
    if ((await leftovers(lab)).length === 0) break
    await sleep(100)
  }
  await restoreLimits()
}

/** The lab's mounts, innermost first. */
async function mountsBelow(dir: string): Promise<string[]> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n').map((line) => line.split(' ')[1] ?? '')
  return mounts.filter((mount) => mount === dir || mount.startsWith(`${dir}/`)).toReversed()
}

async function nspawnDirs(lab: LabPaths): Promise<string[]> {
  const names = existsSync(propagated) ? await readdir(propagated) : []
  return names.filter((name) => name.startsWith(`zdt.${lab.name}.`)).map((name) => join(propagated, name))
}

/** Ends what `lab exec` and `lab shell` have started and still runs: a namespace lives as long as anybody in it. */
async function endGuests(lab: LabPaths): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    for (let waited = 0; waited < 20; waited += 1) {
      const guests = await processesOf(lab)
      if (guests.length === 0) return
      if (waited === 0) for (const pid of guests) signalTo(pid, signal)
      await sleep(50)
    }
  }
}

async function processesOf(lab: LabPaths): Promise<number[]> {
  if (!existsSync(lab.netns)) return []
  const name = `net:[${(await stat(lab.netns)).ino}]`
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0)
  const found = await Promise.all(
    pids.map(async (pid) => ((await readlink(`/proc/${pid}/ns/net`).catch(() => '')) === name ? pid : 0)),
  )
  const own = await ownLine()
  return found.filter((pid) => pid > 0 && !own.has(pid))
}

/** This process and those it descends from: `lab exec -- zdt lab down` must not end itself. */
async function ownLine(): Promise<Set<number>> {
  const line = new Set<number>()
  for (let pid = process.pid; pid > 0 && !line.has(pid);) {
    line.add(pid)
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
    pid = Number(/^PPid:\s+(\d+)/m.exec(status)?.[1] ?? 0)
  }
  return line
}

function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has ended by itself.
  }
}
