import { askCommand } from '../../daemons/gates/command.ts'
import { askUrl } from '../../daemons/gates/http.ts'
import { askPrometheus } from '../../daemons/gates/promql.ts'
import type { GateVerdict } from '../../daemons/gates/verdict.ts'
import { NoUseWaiting, type On } from '../../engine/step-kind.ts'
import type { Gate } from '../../fleet/gates.ts'
import { sleep } from '../../lib/clock.ts'
import { formatDuration } from '../../lib/durations.ts'
import { quote } from '../../lib/quote.ts'
import type { Millis } from '../../lib/types.ts'
import { defineWait, notYet } from '../define.ts'

type Input = {
  /** With everything filled in. */
  readonly gate: Gate
  /** How long it is asked again and again. */
  readonly watch: Millis
  /** How long more it may take until it says anything. */
  readonly patience: Millis
  /** Of zdt.yaml. */
  readonly directory: string
}

/** A failure is asked about once more, so long after: one packet that is lost condemns no version. */
const again: Millis = 1000

/**
 * Asks a gate of the operator's own while a version serves: it must pass whenever it is asked, and must have said something
 * in the end. It is asked from where zdt runs; the host is the one that the version is on.
 */
export const passGate = defineWait<Input>({
  kind: 'gate.pass',
  describe: ({ gate, watch }) => ({
    title: `gate ${gate.name} passes for ${formatDuration(watch)}`,
    commands: [commandOf(gate)],
  }),
  look: async ({ gate, watch, directory }, on, waited) => {
    const first = await verdictOf(gate, directory, on)
    const last = first.says === 'fail' ? await secondOf(gate, directory, on) : first
    const told = `gate ${gate.name}: ${last.text}`
    if (last.says === 'fail') throw new NoUseWaiting(told, { host: on.host.name })
    const waits = notYet(
      waited < watch && `for ${formatDuration(waited)} of ${formatDuration(watch)} now: ${told}`,
      waited >= watch && last.says === 'nothing' && told,
    )
    return { ...waits, came: told }
  },
  timeout: ({ watch, patience }) => watch + patience,
  interval: ({ watch }) => Math.min(2000, Math.max(100, watch / 4)),
  protects: () => [],
})

async function secondOf(gate: Gate, directory: string, on: On): Promise<GateVerdict> {
  await sleep(again, on.signal)
  return await verdictOf(gate, directory, on)
}

function verdictOf(gate: Gate, directory: string, { signal }: On): Promise<GateVerdict> {
  if ('url' in gate) return askUrl(gate, signal)
  if ('command' in gate) return askCommand(gate, directory, signal)
  return askPrometheus(gate, signal)
}

function commandOf(gate: Gate): string {
  if ('url' in gate) return quote(['curl', '-i', gate.url])
  if ('command' in gate) return quote(gate.command)
  return quote(['curl', '-G', `${gate.at}/api/v1/query`, '--data-urlencode', `query=${gate.promql}`])
}
