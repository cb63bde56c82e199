import { spawn } from 'node:child_process'
import { open } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { templatePath } from '../render/render.ts'
import { cgroupOf, makeCgroup } from './cgroup.ts'
import { bridge, inNetwork } from './network.ts'
import { hostPaths, type LabPaths } from './paths.ts'
import type { LabHost } from './shape.ts'

/** Starts a furnished host, and returns at once. It lives on without us, and comes back when it reboots. */
export async function boot(lab: LabPaths, host: LabHost): Promise<void> {
  const paths = hostPaths(lab, host.name)
  const group = cgroupOf(lab.cgroupName, host.name)
  await makeCgroup(group)
  const nspawn = [
    'systemd-nspawn',
    '--quiet',
    '--boot',
    // This machine may have no systemd of its own to register with.
    '--register=no',
    '--keep-unit',
    '--settings=no',
    '--link-journal=no',
    '--resolv-conf=off',
    '--timezone=off',
    `--directory=${paths.root}`,
    `--machine=${paths.machine}`,
    `--hostname=${host.name}`,
    `--network-bridge=${bridge}`,
    // What systemd gives services on a real machine (as far as this one lets us): HAProxy's maxconn needs it.
    '--rlimit=RLIMIT_NOFILE=1024:524288',
    ...(host.role === 'app' ? [`--bind-ro=${nodeBinary()}:/opt/node`] : []),
  ]
  const console = await open(paths.console, 'a')
  try {
    const supervisor = spawn('sh', [templatePath('lab/supervise.sh'), group, ...inNetwork(lab, nspawn)], {
      detached: true,
      stdio: ['ignore', console.fd, console.fd],
      // The host's systemd gets control groups of version 2 only, also on a hybrid machine: killing is complete there.
      env: { ...process.env, SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: '1', SYSTEMD_NSPAWN_LOCK: '0' },
    })
    supervisor.unref()
  } finally {
    await console.close()
  }
}

/** The Node of this checkout (the npm package `node`), else the one that runs us. */
function nodeBinary(): string {
  try {
    return fileURLToPath(import.meta.resolve('node/bin/node'))
  } catch {
    return process.execPath
  }
}
