import { z } from 'zod'
import type { Millis } from '../../lib/types.ts'
import { whyNot } from './http.ts'
import type { GateVerdict } from './verdict.ts'

const sample = z.tuple([z.number(), z.string()])

/** What `/api/v1/query` answers: a vector has a value for each series, a scalar one alone. */
const answer = z.union([
  z.object({
    status: z.literal('success'),
    data: z.union([
      z.object({
        resultType: z.literal('vector'),
        result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: sample })),
      }),
      z.object({ resultType: z.literal('scalar'), result: sample }),
    ]),
  }),
  z.object({ status: z.literal('error'), error: z.string() }),
])

/** The values of an answer, with what each is of; or what the Prometheus says instead. */
export function parseAnswer(json: unknown): Value[] | { readonly said: string } {
  const { success, data } = answer.safeParse(json)
  if (!success) return { said: 'it answers with something else than a vector or a scalar' }
  if (data.status === 'error') return { said: data.error }
  if (data.data.resultType === 'scalar') return [{ of: '', value: Number(data.data.result[1]) }]
  return data.data.result.map(({ metric, value }) => ({
    of: Object.entries(metric)
      .map(([label, text]) => `${label}=${text}`)
      .join(' '),
    value: Number(value[1]),
  }))
}

interface Value {
  /** `version=2 pod=a`; empty where there is one alone. */
  readonly of: string
  readonly value: number
}

function told({ of, value }: Value): string {
  return `${value}${of === '' ? '' : ` (${of})`}`
}

/** Are all values within the limits? None, or one that is no number (0 of 0), is nothing to judge by. */
export function judgeValues(
  values: readonly Value[],
  { max, min }: { readonly max?: number; readonly min?: number },
): GateVerdict {
  const limits = [
    ...(min === undefined ? [] : [`at least ${min}`]),
    ...(max === undefined ? [] : [`at most ${max}`]),
  ].join(', ')
  const known = values.filter(({ value }) => !Number.isNaN(value))
  const out = known.filter(({ value }) => (max !== undefined && value > max) || (min !== undefined && value < min))
  if (out.length > 0) return { says: 'fail', text: `${out.map(told).join(', ')}, wanted ${limits}` }
  if (known.length === 0 || known.length < values.length) {
    return { says: 'nothing', text: `no value to judge by, wanted ${limits}` }
  }
  return { says: 'pass', text: `${known.map(told).join(', ')}, wanted ${limits}` }
}

/** Asks a Prometheus. One that does not answer, or calls the query wrong, says nothing: it is waited for. */
export async function askPrometheus(
  {
    promql,
    at,
    timeout,
    ...limits
  }: {
    readonly promql: string
    readonly at: string
    readonly max?: number
    readonly min?: number
    readonly timeout: Millis
  },
  signal: AbortSignal,
): Promise<GateVerdict> {
  try {
    const answered = await fetch(`${at}/api/v1/query?${new URLSearchParams({ query: promql }).toString()}`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
    })
    const values = parseAnswer(await answered.json())
    if ('said' in values) return { says: 'nothing', text: `${at}: ${values.said}` }
    return judgeValues(values, limits)
  } catch (error) {
    signal.throwIfAborted()
    return { says: 'nothing', text: `${at}: ${whyNot(error, timeout)}` }
  }
}
