import { Command } from '@oclif/core/command'
import { asZdtError } from '../engine/told.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { Hosts } from '../hosts/host.ts'
import type { Wanted } from '../hosts/lease/take-leases.ts'
import { exitCodes, type Exit } from '../lib/exit-codes.ts'
import type { RunId } from '../lib/types.ts'
import type { Operation } from '../operations/operation.ts'
import { jsonText } from '../views/json.ts'
import { pageFor, type Page } from '../views/page.ts'
import type { Stand } from './conduct.ts'
import type { RunFlags } from './flags.ts'
import { refuseWithoutTerminal } from './refuse-without-terminal.ts'
import { showError } from './show-error.ts'
import { usageError } from './usage-error.ts'

/** What a verb would carry out, told and not done: a runbook does it, as one of its steps. */
export interface Carried {
  readonly title: string
  readonly flags: RunFlags
  claims(fleet: Fleet): readonly Wanted[]
  conduct(stand: Stand, id: RunId): Promise<Exit>
}

/** The one base of every command: how errors are told, and how a proposal becomes an exit code. */
export abstract class ZdtCommand extends Command {
  /** Where it is a step of a runbook: is told what would be carried out. */
  carried?: (what: Carried) => void

  /** Shows what the operation proposes, asks, runs it, and says how it came out. */
  protected async carryOut<Options>(flags: RunFlags, operation: Operation<Options>, options: Options): Promise<void> {
    if (this.carried) {
      this.carried({
        title: operation.title(options),
        flags,
        claims: (fleet) => operation.claims(fleet, options),
        conduct: async (stand, id) => (await import('./conduct.ts')).conduct(operation, options, stand, id),
      })
      return
    }
    const { withWorld } = await import('./world.ts')
    const exit = await withWorld(flags.fleet, async (fleet, hosts) => {
      const claims = operation.claims(fleet, options)
      refuseWithoutTerminal(flags, { mayRunDry: true })
      // Connected to while the rest is loaded: both take as long.
      for (const { host } of claims) hosts.on(host).catch(() => undefined)
      const { conduct } = await import('./conduct.ts')
      return conduct(operation, options, { fleet, hosts, flags })
    })
    process.exitCode = exitCodes[exit].code
  }

  /** Goes on with a run of this machine, or takes it back. */
  protected async takeUp(run: string, way: 'resume' | 'rollback', flags: RunFlags): Promise<void> {
    const [{ goOn }, { withWorld }] = await Promise.all([import('./go-on.ts'), import('./world.ts')])
    // Of a runbook's steps the verbs are wanted again.
    const verbOf = async (words: readonly string[]) =>
      (await import('./runbook/verb.ts')).verbOf(this.config, words, flags)
    const exit = await withWorld(flags.fleet, (fleet, hosts) => goOn(run, way, { fleet, hosts, flags, verbOf }))
    process.exitCode = exitCodes[exit].code
  }

  /** Looks at the fleet, prints what `look` returns, and returns it. */
  protected async report<T extends object>(
    flags: { readonly fleet: string | undefined; readonly json: boolean },
    look: (fleet: Fleet, hosts: Hosts) => Promise<T>,
    text: (value: T, page: Page) => string,
  ): Promise<T> {
    const { withWorld } = await import('./world.ts')
    const value = await withWorld(flags.fleet, look)
    this.show(flags, value, text)
    return value
  }

  /** The result, and nothing else, on stdout: as text, or as one JSON document. */
  protected show<T extends object>(
    flags: { readonly json: boolean },
    value: T,
    text: (value: T, page: Page) => string,
  ): void {
    process.stdout.write(flags.json ? jsonText(value) : text(value, pageFor(process.stdout)))
  }

  protected override async catch(error: Error): Promise<void> {
    const { id, flags } = this.ctor
    const usage = usageError(error, { command: id.replaceAll(':', ' '), flags: Object.keys(flags) })
    // oclif ends a command by throwing, too.
    if (!usage && 'oclif' in error) throw error
    showError(usage ?? asZdtError(error, ''), this.argv)
  }
}
