import { isDeepStrictEqual } from 'node:util'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { ensureBase } from './base/build.ts'
import { boot } from './boot.ts'
import { cgroupOf, isPopulated } from './cgroup.ts'
import { leftovers, takeAway } from './down.ts'
import { LabError } from './errors.ts'
import { furnish } from './furnish.ts'
import { raiseLimits } from './limits.ts'
import { locked } from './lock.ts'
import { makeNetwork } from './network.ts'
import { labPaths, labsDir, type LabPaths } from './paths.ts'
import { refuseWithoutLab } from './possible.ts'
import { awaitReady } from './ready.ts'
import { readRecord, writeRecord } from './record.ts'
import type { Say } from './say.ts'
import type { LabShape } from './shape.ts'

/** Brings a lab up, and returns when all its hosts answer. One that is up already is left alone. */
export async function labUp(shape: LabShape, say: Say): Promise<void> {
  refuseWithoutLab()
  const lab = labPaths(shape.name)
  await mkdir(labsDir, { recursive: true })
  await locked(
    lab.lock,
    () => up(lab, shape, say),
    () => say(`lab: waiting for another work on ${shape.name}`),
  )
}

async function up(lab: LabPaths, shape: LabShape, say: Say): Promise<void> {
  const record = await readRecord(lab)
  if (record !== undefined && !isDeepStrictEqual(record.shape, shape)) {
    const { suite, hosts } = record.shape
    const is = `${suite}: ${hosts.map((host) => host.name).join(',')}`
    throw new LabError(`The lab ${shape.name} is up with another shape (${is}).`, [`zdt lab down --name ${shape.name}`])
  }
  if (record === undefined) await make(lab, shape, say)
  await raiseLimits()
  const still = shape.hosts.filter((host) => !isPopulated(cgroupOf(lab.cgroupName, host.name)))
  if (still.length > 0) say(`lab: booting ${still.map((host) => host.name).join(' ')}`)
  await Promise.all(still.map((host) => boot(lab, host)))
  // Later on a daemon may be down because somebody stopped it: then it is enough that who was just booted is ready.
  await awaitReady(lab, shape, existsSync(lab.answered) ? still : shape.hosts)
  await writeFile(lab.answered, '')
  say(`lab: ${shape.hosts.length} hosts are up`)
}

async function make(lab: LabPaths, shape: LabShape, say: Say): Promise<void> {
  if ((await leftovers(lab)).length > 0) {
    say('lab: taking away what an `up` that did not end has left')
    await takeAway(lab)
  }
  const base = await ensureBase(shape.suite, say)
  await makeNetwork(lab)
  await furnish(lab, shape, base)
  await writeRecord(lab, { shape, binaries: base.binaries })
}
