import { z } from 'zod'
import type { HostName } from '../lib/types.ts'
import * as field from './fields.ts'

/** An application that upgrades itself in place, by a word of its own. */
export interface AppSpec {
  readonly name: string
  readonly hosts: readonly HostName[]
  /** The systemd unit. */
  readonly unit: string
  /** The program that its main process executes. */
  readonly binary: string
  /** Run on the host as root; `{pid}` stands for the unit's main process. */
  readonly upgrade: readonly string[]
}

/** `apps.NAME` as it is written. */
export function app(hosts: z.ZodArray<z.ZodString> | z.ZodType<string[]>) {
  return z.strictObject(
    {
      hosts: hosts.describe('The hosts that run it.'),
      unit: field.unit.describe('The systemd unit.'),
      binary: field.hostPath.describe('The program that its main process executes.'),
      upgrade: z
        .array(field.word, field.wrong("a list of words, such as [kill, -USR2, '{pid}']"))
        .min(1, { error: 'is empty, expected a command' })
        .optional()
        .describe(
          'The command by which the running application starts the program that lies there now and hands its sockets over, run on the host as root; `{pid}` in it stands for the main process. Default: `[systemctl, reload, UNIT]`.',
        ),
    },
    field.wrong('a map with hosts, unit and binary'),
  )
}
