import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Hook } from '../../fleet/runbook/runbook.ts'
import { runHere } from '../../hosts/run-here.ts'
import { formatDuration } from '../../lib/durations.ts'
import { ZdtError } from '../../lib/errors.ts'
import { quote } from '../../lib/quote.ts'
import { clean } from '../../views/clean.ts'
import { say } from '../say.ts'
import { listenForInterrupts } from '../signals.ts'

/** What a hook is told of the step, in its environment. */
export interface HookWorld {
  /** The runbook's run, and the step's own. */
  readonly run: string
  readonly stepRun: string
  readonly number: number
  readonly name: string
  readonly hosts: readonly string[]
}

/** A hook said no, or did not answer. */
export class HookFailed extends ZdtError {
  constructor(when: string, { argv }: Hook, why: string, said: string) {
    super(`${quote(argv)}, ${when}, ${why}`, { code: 'hook-failed', exit: 'left', ...(said !== '' && { said }) })
  }
}

/** Is there such a program, and may it be executed? Throws HookMissing: it is said before anything is run. */
export async function refuseMissing(hooks: readonly Hook[]): Promise<void> {
  for (const { argv, directory } of hooks) {
    const [program = ''] = argv
    const places = program.includes('/')
      ? [resolve(directory, program)]
      : (process.env['PATH'] ?? '').split(':').map((each) => join(each, program))
    const found = await Promise.all(places.map(isProgram))
    if (program === '' || !found.includes(true)) throw new HookMissing(argv, directory)
  }
}

async function isProgram(path: string): Promise<boolean> {
  const mayBe = await access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
  return mayBe && (await stat(path)).isFile()
}

/** A hook that cannot be run at all. */
class HookMissing extends ZdtError {
  constructor(argv: readonly string[], directory: string) {
    super(`the hook ${quote(argv)} is no program that can be executed (in ${directory})`, {
      code: 'hook-missing',
      exit: 'usage',
    })
  }
}

/** Somebody has interrupted a hook; it was ended. */
export class HookInterrupted extends ZdtError {
  constructor({ argv }: Hook) {
    super(`${quote(argv)} was ended`, { code: 'hook-interrupted', exit: 'interrupted' })
  }
}

/**
 * Runs hooks one after the other, on this machine. Throws HookFailed at the first that does not end with 0, and
 * HookInterrupted at Ctrl-C, SIGTERM and SIGHUP, which end it.
 */
export async function runHooks(hooks: readonly Hook[], when: 'before' | 'after', world: HookWorld): Promise<void> {
  if (hooks.length === 0) return
  const interrupts = listenForInterrupts(say)
  try {
    for (const hook of hooks) await runHook(hook, when, world, interrupts.pause)
  } finally {
    interrupts.dispose()
  }
}

async function runHook(hook: Hook, when: string, world: HookWorld, signal: AbortSignal): Promise<void> {
  const { argv, directory, timeout } = hook
  if (signal.aborted) throw new HookInterrupted(hook)
  say(`  ${when}: ${clean(quote(argv))} (${formatDuration(timeout)} at the most)`)
  const env = { ...process.env, ...environment(when, world) }
  const ended = await runHere(directory, argv, { timeout, env, signal }).catch((error: unknown) => {
    if (signal.aborted) throw new HookInterrupted(hook)
    if (!(error instanceof ZdtError)) throw error
    throw new HookFailed(when, hook, 'did not end', error.said ?? error.message)
  })
  // At a terminal Ctrl-C reaches the hook as well.
  if (signal.aborted) throw new HookInterrupted(hook)
  const said = `${ended.stdout.toString()}${ended.stderr.toString()}`.trim()
  if (ended.code !== 0) throw new HookFailed(when, hook, `ended with ${ended.code}`, said)
  const lines = said === '' ? [] : said.split('\n').map((line) => `    ${clean(line)}`)
  if (lines.length > 0) say(lines.join('\n'))
}

function environment(when: string, { run, stepRun, number, name, hosts }: HookWorld): Readonly<Record<string, string>> {
  return {
    ZDT_HOOK: when,
    ZDT_RUN: run,
    ZDT_STEP_RUN: stepRun,
    ZDT_STEP: String(number),
    ZDT_STEP_NAME: name,
    ZDT_HOST: hosts[0] ?? '',
    ZDT_HOSTS: hosts.join(' '),
  }
}
