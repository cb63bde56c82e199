import { z } from 'zod'
import type { Health, VersionSource } from '../lib/app-questions.ts'
import { parseBatches, type BatchSize } from '../lib/batches.ts'
import { parseDuration } from '../lib/durations.ts'
import type { Millis } from '../lib/types.ts'
import { oneOfThem } from './configured.ts'
import * as field from './fields.ts'
import { gate, toGate, type Gate } from './gates.ts'
import {
  blueGreen,
  canary,
  strategies,
  toBlueGreen,
  toCanary,
  type BlueGreenSpec,
  type CanarySpec,
  type Strategy,
} from './strategies.ts'

/** How a pool's application comes to another version. */
export interface RolloutSpec {
  readonly strategy: Strategy
  readonly canary: CanarySpec
  readonly blueGreen: BlueGreenSpec
  /** Run on the server's host; `{version}` stands for the version. */
  readonly deploy: readonly string[]
  /** What goes back, where that is another command; `{version}` stands for the version of before. */
  readonly back?: readonly string[]
  readonly health: Health
  readonly version: VersionSource
  readonly batch: readonly BatchSize[]
  /** How long it must be well on its own, before it serves. */
  readonly settle: Millis
  /** What it must answer on its own after that. */
  readonly rehearse?: { readonly paths: readonly string[]; readonly requests: number }
  /** How long until it has its full weight when it comes back; 0 is at once. */
  readonly slowStart: Millis
  /** How long it is watched once it serves. */
  readonly minHealthy: Millis
  /** How long the deployment may take until the application is well. */
  readonly timeout: Millis
  /** How much more of its answers may be errors than of the others', as a share of 1. */
  readonly maxErrors: number
  /** How much longer than the others' its answers may take, on average. */
  readonly maxSlower: Millis
  /** How many servers may fail and be left out, before all goes back. */
  readonly maxFailures: number
  /** What else must say yes while it is watched. */
  readonly gates: readonly Gate[]
}

const timeRule = 'a duration such as 10s or 1m'
const commandRule = field.wrong("a list of words, such as [sudo, release, '{version}']")

const command = z.array(field.word, commandRule).min(1, { error: 'is empty, expected a command' })
const path = field.urlPath

const health = z
  .strictObject(
    {
      path: path.optional().describe('The path that is asked for over HTTP, on the server’s own address and port.'),
      status: field.whole(100, 599).optional().describe('The status that says it is well. Default: 200.'),
      body: field.word.optional().describe('Text that the answer must hold.'),
      tcp: z.literal(true, field.wrong('true')).optional().describe('Or it is well when it takes a connection.'),
      command: command.optional().describe('Or a command on its host that exits 0.'),
    },
    field.wrong('a map with path, tcp or command'),
  )
  .check(oneOfThem(['path', 'tcp', 'command']))

const version = z
  .strictObject(
    {
      path: path.optional().describe('The path whose answer is the version and nothing else.'),
      header: field.headerName.optional().describe('The header of that answer that is the version.'),
      command: command.optional().describe('Or a command on its host that prints it.'),
    },
    field.wrong('a map with path or command'),
  )
  .check(oneOfThem(['path', 'command']))

/** `pools.NAME.rollout` as it is written. */
export const rollout = z.strictObject(
  {
    deploy: command.describe(
      'The command that puts a version in place and starts it, run on the server’s host as the user that zdt logs in as; `{version}` in it stands for the version.',
    ),
    back: command
      .optional()
      .describe('The command that goes back; `{version}` stands for the version of before. Default: `deploy`.'),
    version: version.describe('Where the application says which version it is.'),
    health: health.default({ tcp: true }).describe('How to tell that it is well. Default: it takes a connection.'),
    strategy: field
      .oneOf(strategies)
      .default('rolling')
      .describe(
        '`rolling`: batch by batch. `canary`: first a few servers with little of the traffic. `blue-green`: the half of the pool that rests. Default: rolling.',
      ),
    canary: canary.prefault({}).describe('What the strategy `canary` does.'),
    blue_green: blueGreen.prefault({}).describe('What the strategy `blue-green` does.'),
    batch: field.batches
      .default('1')
      .describe('How many servers at once: numbers and shares, the last of them again and again. Default: 1.'),
    settle: field
      .duration(timeRule)
      .default('5s')
      .describe('How long it must be well on its own, before it gets traffic. Default: 5s.'),
    rehearse: z
      .strictObject(
        {
          paths: z
            .array(path, field.wrong('a list of paths, such as [/, /login]'))
            .min(1, { error: 'is empty, expected a list of paths' })
            .describe(
              'What is asked for, in turn, by GET, at the server’s own address: paths that change nothing and answer below 400.',
            ),
          requests: field.whole(1, 1_000_000).default(500).describe('How many requests. Default: 500.'),
        },
        field.wrong('a map with paths and requests'),
      )
      .optional()
      .describe(
        'Requests that it must answer on its own after that, before it gets traffic: judged by `max_errors`, and by `max_slower` against a server that serves. Default: none.',
      ),
    slow_start: field
      .duration(timeRule)
      .default('0s')
      .describe(
        'How long until a server that comes back has its full weight: 10%, 25%, 50%, all of it. At HAProxy alone; a canary has shares of its own. Default: 0s.',
      ),
    min_healthy: field
      .duration(timeRule)
      .default('10s')
      .describe('How long it is watched once it serves, and at each share of a canary. Default: 10s.'),
    max_errors: field.percent
      .default('1%')
      .describe('While it is watched: how much more of its answers may be errors than of the others’. Default: 1%.'),
    max_slower: field
      .duration(timeRule)
      .default('250ms')
      .describe(
        'While it is watched: how much longer than the others’ its answers may take on average. Default: 250ms.',
      ),
    max_failures: field
      .whole(0, 1000)
      .default(0)
      .describe(
        'How many servers may fail in a rollout by `rolling`: each stays out of rotation as it is, and the others go on. One more, and all goes back. Default: 0.',
      ),
    gates: z
      .array(gate, field.wrong('a list of gates'))
      .default([])
      .describe('What else must say yes while it is watched, in each batch and at each share. Default: none.'),
    timeout: field
      .duration(timeRule)
      .default('5m')
      .describe('How long a deployment may take, until the application is well. Default: 5m.'),
  },
  field.wrong('a map with deploy and version'),
)

/** What was read, as the rest of zdt knows it. */
export function toRollout(file: z.output<typeof rollout>): RolloutSpec {
  const { deploy, back, version, health, batch, settle, strategy, timeout } = file
  const { min_healthy: watched, max_errors: errors, max_slower: slower } = file
  return {
    strategy,
    canary: toCanary(file.canary),
    blueGreen: toBlueGreen(file.blue_green),
    deploy,
    ...(back && { back }),
    version: version.command
      ? { command: version.command }
      : { path: version.path ?? '/', ...(version.header !== undefined && { header: version.header }) },
    health: toHealth(health),
    batch: parseBatches(batch) ?? [],
    settle: inMillis(settle),
    ...(file.rehearse && { rehearse: file.rehearse }),
    slowStart: inMillis(file.slow_start),
    minHealthy: inMillis(watched),
    timeout: inMillis(timeout),
    maxErrors: Number.parseFloat(errors) / 100,
    maxFailures: file.max_failures,
    maxSlower: inMillis(slower),
    gates: file.gates.map(toGate),
  }
}

/** The schema has read it with the same function. */
function inMillis(text: string): Millis {
  return parseDuration(text) ?? 0
}

function toHealth({ path, status = 200, body, command }: z.output<typeof health>): Health {
  if (command) return { command }
  if (path === undefined) return { tcp: true }
  return { path, status, ...(body !== undefined && { body }) }
}
