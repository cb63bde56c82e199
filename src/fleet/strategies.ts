import { z } from 'zod'
import { parseBatches, type BatchSize } from '../lib/batches.ts'
import { parseDuration } from '../lib/durations.ts'
import { parseShares } from '../lib/shares.ts'
import type { Millis } from '../lib/types.ts'
import * as field from './fields.ts'

/** How the servers of a pool come to another version. */
export const strategies = ['rolling', 'canary', 'blue-green'] as const
export type Strategy = (typeof strategies)[number]

/** How much of a pool gets a version first, and with how much of the traffic. */
export interface CanarySpec {
  /** How many servers are the canary. */
  readonly servers: BatchSize
  /** What they get of the traffic, one after the other, as parts of 1. */
  readonly shares: readonly number[]
  /** Fewer answers than these are no pass. */
  readonly samples: number
  /** A person is asked before each further share, and before the other servers. */
  readonly approve: boolean
}

/** Two halves of a pool, of which one serves. */
export interface BlueGreenSpec {
  /** The names of their servers. */
  readonly colours: ReadonlyMap<string, readonly string[]>
  /** What the one that comes gets of the traffic before it gets all, one share after the other, as parts of 1. */
  readonly shares: readonly number[]
  /** How long the one that served stays as it is, to come back at once. */
  readonly keepOld: Millis
  /** What stops its application then, on its hosts; without it, it runs on. */
  readonly stop?: readonly string[]
}

/** `pools.NAME.rollout.canary` as it is written. */
export const canary = z.strictObject(
  {
    servers: field.batchSize.default('1').describe('How many servers are the canary: a number or a share. Default: 1.'),
    shares: field.shares
      .default('1%, 5%, 25%')
      .describe('What the canary gets of the traffic, one share after the other. Default: 1%, 5%, 25%.'),
    samples: field
      .whole(1, 1_000_000)
      .default(100)
      .describe('How many answers of it there must be to judge by, at each share; fewer are no pass. Default: 100.'),
    approve: z
      .boolean(field.wrong('true or false'))
      .default(false)
      .describe('Whether a person is asked before each further share. Unattended it pauses there. Default: false.'),
  },
  field.wrong('a map with servers, shares, samples or approve'),
)

const servers = z
  .array(field.word, field.wrong('a list of servers, such as [app1, app2]'))
  .min(1, { error: 'is empty, expected a list of servers' })

/** `pools.NAME.rollout.blue_green` as it is written. */
export const blueGreen = z.strictObject(
  {
    colours: z
      .record(z.string(), servers, field.wrong('a map of two colours, such as { blue: [app1], green: [app2] }'))
      .default({})
      .describe('The two colours, such as `{ blue: [app1], green: [app2] }`: each server of the pool in one of them.'),
    shares: field.shares
      .optional()
      .describe(
        'What the colour that comes gets of the traffic before it gets all, such as 10%, 50%. Default: all in one step.',
      ),
    stop: z
      .array(field.word, field.wrong('a list of words, such as [sudo, systemctl, stop, shop]'))
      .min(1, { error: 'is empty, expected a command' })
      .optional()
      .describe(
        'The command that stops the application of the colour that served, when it rests. Default: it runs on.',
      ),
    keep_old: field
      .duration('a duration such as 10s or 1m')
      .default('1m')
      .describe('How long the colour that served stays as it is, to come back at once. Default: 1m.'),
  },
  field.wrong('a map with colours, shares, keep_old or stop'),
)

/** What was read, as the rest of zdt knows it. */
export function toCanary({ servers, shares, ...rest }: z.output<typeof canary>): CanarySpec {
  return { ...rest, servers: parseBatches(servers)?.[0] ?? { count: 1 }, shares: parseShares(shares) ?? [] }
}

/** What was read, as the rest of zdt knows it. */
export function toBlueGreen({ colours, shares, stop, keep_old: keepOld }: z.output<typeof blueGreen>): BlueGreenSpec {
  return {
    colours: new Map(Object.entries(colours)),
    shares: shares === undefined ? [] : (parseShares(shares) ?? []),
    keepOld: parseDuration(keepOld) ?? 0,
    ...(stop && { stop }),
  }
}
