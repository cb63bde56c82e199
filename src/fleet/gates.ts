import { z } from 'zod'
import { parseDuration } from '../lib/durations.ts'
import type { Millis } from '../lib/types.ts'
import { oneOfThem } from './configured.ts'
import * as field from './fields.ts'

/**
 * A question that is asked while a new version serves, beside what the load balancers count: over HTTP, by a command on the
 * machine that runs zdt, or of a Prometheus. `{version}`, `{pool}` and `{servers}` are filled in. Data: it goes into plans and journals.
 */
export type Gate = { readonly name: string; readonly timeout: Millis } & (
  | { readonly url: string; readonly status: number; readonly body?: string }
  | { readonly command: readonly string[] }
  | { readonly promql: string; readonly at: string; readonly max?: number; readonly min?: number }
)

const commandRule = field.wrong("a list of words, such as [./smoke-test, '{version}']")
const figure = z.number(field.wrong('a number'))

/** One of `pools.NAME.rollout.gates` as it is written. */
export const gate = z
  .strictObject(
    {
      name: field.name.describe('What it is called, where its verdict is shown.'),
      url: field.probeUrl.optional().describe('A URL that must answer, asked from where zdt runs.'),
      status: field.whole(100, 599).optional().describe('With which status. Default: 200.'),
      body: field.word.optional().describe('And with this text in it.'),
      command: z
        .array(field.word, commandRule)
        .min(1, { error: 'is empty, expected a command' })
        .optional()
        .describe('Or a command that must exit 0, run where zdt runs, in the directory of zdt.yaml, and by no shell.'),
      promql: field.word.optional().describe('Or a query whose values must be within `max` and `min`.'),
      at: field.probeUrl.optional().describe('The Prometheus that is asked: `http://prometheus.internal:9090`.'),
      max: figure.optional().describe('The most that the query may give.'),
      min: figure.optional().describe('The least.'),
      timeout: field
        .duration('a duration such as 10s or 1m')
        .default('10s')
        .describe('How long one answer may take. Default: 10s.'),
    },
    field.wrong('a map with name and url, command or promql'),
  )
  .check(oneOfThem(['url', 'command', 'promql']))
  .check((context) => {
    const { promql, at, max, min } = context.value
    const message =
      promql === undefined
        ? undefined
        : at === undefined
          ? 'has promql, expected at too: where the Prometheus is'
          : max === undefined && min === undefined
            ? 'has promql, expected max or min too'
            : undefined
    if (message !== undefined) context.issues.push({ code: 'custom', message, input: context.value })
  })

/** What was read, as the rest of zdt knows it. */
export function toGate(written: z.output<typeof gate>): Gate {
  const { name, url, status = 200, body, command, promql, at, max, min } = written
  const timeout = parseDuration(written.timeout) ?? 0
  if (url !== undefined) return { name, timeout, url, status, ...(body !== undefined && { body }) }
  if (command) return { name, timeout, command }
  return {
    name,
    timeout,
    promql: promql ?? '',
    at: (at ?? '').replace(/\/+$/, ''),
    ...(max !== undefined && { max }),
    ...(min !== undefined && { min }),
  }
}
