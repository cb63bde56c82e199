import { dirname } from 'node:path'
import type { StepDraft } from '../../engine/plan.ts'
import type { Gate } from '../../fleet/gates.ts'
import { passGate } from '../../steps/gates/pass.ts'
import type { Rolling } from './batch.ts'
import type { Candidate } from './candidates.ts'

/** The gates of a pool, asked while these servers serve: `{version}`, `{pool}` and `{servers}` (`app1|app2`) filled in. */
export function gatesFor({ fleet, pool, spec, to, timeout }: Rolling, some: readonly Candidate[]): StepDraft[] {
  const [first] = some
  if (!first) return []
  const words = { version: to, pool: pool.name, servers: some.map(({ server }) => server.name).join('|') }
  return spec.gates.map((gate) =>
    passGate.at(first.host, {
      gate: filled(gate, words),
      watch: spec.minHealthy,
      patience: timeout,
      directory: dirname(fleet.file),
    }),
  )
}

type Words = { readonly [name in 'version' | 'pool' | 'servers']: string }

function filled(gate: Gate, words: Words): Gate {
  const within = (text: string, written: (word: string) => string = (word) => word) =>
    text.replaceAll(/\{(version|pool|servers)\}/g, (_, name: keyof Words) => written(words[name]))
  if ('url' in gate) return { ...gate, url: within(gate.url, encodeURIComponent) }
  if ('command' in gate) return { ...gate, command: gate.command.map((word) => within(word)) }
  return { ...gate, promql: within(gate.promql) }
}
