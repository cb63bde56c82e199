import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Unkept } from '../../../src/engine/mirror.ts'
import type { Scope } from '../../../src/hosts/lease/scope.ts'
import { packageDir } from '../../../src/lab/paths.ts'
import type { Lab } from './lab.ts'
import { startInLab } from './running.ts'

/** What a process that holds leases can be told to do. */
export type Order =
  | { readonly do: 'reach'; readonly hosts: readonly string[] }
  | {
      readonly do: 'take'
      readonly wanted: readonly { readonly host: string; readonly scopes: readonly Scope[] }[]
      readonly terms?: { readonly term: number; readonly renewEvery: number }
      /** Not before this moment, in milliseconds since 1970. */
      readonly at?: number
      readonly wait?: number
    }
  | { readonly do: 'arm'; readonly host: string }
  | { readonly do: 'fire'; readonly host: string; readonly script: string; readonly as?: 'login' }
  | { readonly do: 'read'; readonly host: string }
  /** Mirrors lines of a journal on these hosts. */
  | { readonly do: 'keep'; readonly hosts: readonly string[]; readonly lines: readonly string[] }
  | { readonly do: 'settle' }
  | { readonly do: 'release' }

/** What came of it. */
export interface Said {
  /** The order's, counted from one; what is said unasked has none. */
  readonly number?: number
  readonly did?: string
  readonly fences?: readonly number[]
  /** The run that holds each lease. */
  readonly holders?: readonly (string | undefined)[]
  readonly code?: number
  readonly unkept?: readonly Unkept[]
  readonly lost?: string
  readonly message?: string | undefined
  readonly refused?: string | undefined
  readonly exit?: string | undefined
  readonly words?: string | undefined
}

/** A process in the lab's network that takes leases as it is told to. */
export interface LeaseProcess {
  /** Gives an order; resolves with what came of it. */
  tell(order: Order): Promise<Said>
  /** All that it has said, such as that a lease was lost. */
  said(): readonly Said[]
  signal(signal: NodeJS.Signals): void
}

/** Starts one; it ends with the test. */
export async function leaseProcess(lab: Lab, run: string): Promise<LeaseProcess> {
  const file = join(packageDir, 'test/e2e/support/lease-process.ts')
  const running = await startInLab(lab, [process.execPath, '--no-warnings', file, run])
  onTestFinished(() => running.signal('SIGKILL'))
  const said = (): Said[] =>
    running
      .stdout()
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Said)
  let given = 0
  return {
    said,
    signal: (signal) => running.signal(signal),
    async tell(order) {
      given += 1
      const number = given
      running.write(JSON.stringify({ ...order, number }))
      await running.said(new RegExp(`"number":${number}\\b.*\n`))
      return said().find((one) => one.number === number) ?? {}
    },
  }
}
