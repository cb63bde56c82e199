import { exitCodes } from '../lib/exit-codes.ts'
import { ZdtError } from '../lib/errors.ts'
import { sha256 } from '../lib/digest.ts'
import { renderFleet } from '../operations/rendered.ts'
import { versionOn } from '../operations/render.ts'
import { changesBelow } from './changes.ts'
import { say } from './say.ts'
import { showError } from './show-error.ts'
import { firstInterrupt } from './signals.ts'
import { withWorld } from './world.ts'

/** What is watched for. */
interface Watched {
  readonly file: string
  readonly selection: readonly string[]
}

/**
 * Does `once` now, and again whenever what is rendered has become another; what goes wrong is told. The same is not tried
 * twice: a configuration that was refused stays so until somebody changes it. Ends when it is interrupted, in a run's last
 * step too.
 */
export async function watchFleet(directory: string, watched: Watched, once: () => Promise<void>): Promise<void> {
  const interrupted = firstInterrupt()
  const unless = async () => {
    if (!interrupted.aborted) await once()
  }
  let tried: string | undefined
  let saidSo = false
  // Whatever is written beside zdt.yaml wakes us, a log of our own words too.
  let lastError = ''
  for await (const _ of changesBelow(directory, interrupted)) {
    const came = await attempt(watched, unless, tried).catch((error: unknown) => {
      if (!(error instanceof ZdtError)) throw error
      if (error.message !== lastError) showError(error, [])
      lastError = error.message
    })
    if (came !== undefined) lastError = ''
    tried = came ?? tried
    // At a prompt Ctrl-C is a key.
    if (interrupted.aborted || process.exitCode === exitCodes.interrupted.code) break
    if (!saidSo) say(`watching ${directory}; end with Ctrl-C`)
    saidSo = true
  }
  process.exitCode = exitCodes.interrupted.code
}

/** Returns the digest of what was rendered. */
async function attempt({ file, selection }: Watched, once: () => Promise<void>, tried?: string): Promise<string> {
  const rendered = await withWorld(file, (fleet, hosts) =>
    renderFleet(fleet, selection, { versionOf: versionOn(fleet, hosts) }),
  )
  const digest = sha256(JSON.stringify(rendered))
  if (digest !== tried) await told(once)
  return digest
}

/** Undefined after an error that was told. */
async function told<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ZdtError)) throw error
    showError(error, [])
    return undefined
  }
}
