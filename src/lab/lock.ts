import { mkdir, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { execa } from 'execa'
import { LabCommandFailed } from './errors.ts'

/**
 * Holds `path` while `work` runs, against other processes that do. flock(1) holds it on our behalf and lets go when its
 * stdin ends, so that even a SIGKILL of ours leaves no lock behind.
 */
export async function locked<Result>(path: string, work: () => Promise<Result>, waiting?: () => void): Promise<Result> {
  await mkdir(dirname(path), { recursive: true })
  const holder = execa('flock', ['--exclusive', path, 'sh', '-c', 'echo held; exec cat'], {
    reject: false,
    stderr: 'inherit',
  })
  const patience = waiting && setTimeout(waiting, 300)
  const held = await new Promise<boolean>((resolve) => {
    holder.stdout.once('data', () => resolve(true))
    void holder.then(() => resolve(false))
  })
  clearTimeout(patience)
  if (!held) throw new LabCommandFailed(`flock ${path}`, 'it ended without the lock')
  try {
    return await work()
  } finally {
    holder.stdin.end()
    await holder
  }
}

/** Takes a lock's file away; only for who holds it. */
export async function forget(path: string): Promise<void> {
  await rm(path, { force: true })
}
