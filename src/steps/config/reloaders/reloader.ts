import type { Place } from '../../../daemons/haproxy/commands.ts'
import type { Daemon } from '../../../lib/rendered.ts'
import type { On } from '../../../engine/step-kind.ts'
import type { Reloaded, ReloadRefusal } from '../../../daemons/reload.ts'
import type { Staged } from '../../../daemons/staged.ts'
import type { ConfigTrial } from '../../../daemons/trial/report.ts'
import type { Json } from '../../../lib/types.ts'

/** A daemon on a host. Plain data: it goes into plans. */
export type Which = {
  readonly daemon: Daemon
  readonly unit: string
  /** Its group in zdt.yaml: `edge`. */
  readonly group: string
  /** Its main file. */
  readonly config: string
  /** HAProxy's runtime socket. */
  readonly socket?: string
}

/** What its main file said before, undefined where that is not what runs, and what it says now: read only where they are wanted. */
export interface Texts {
  running(): Promise<string | undefined>
  next(): Promise<string | undefined>
  /** Servers that it brings, to begin in maintenance. */
  readonly atRest?: readonly Place[]
}

/** What a daemon knows and no file says, should nobody live to give it back after a reload. Plain data, or null. */
export interface Unwritten {
  /** Asks for it; `config` is what its main file says. */
  read(on: On, which: Which, config: string): Promise<Json>
  /** What of it is missing, one short line each. */
  missing(on: On, which: Which, unwritten: Json, config: string): Promise<readonly string[]>
  giveBack(on: On, which: Which, unwritten: Json, config: string): Promise<void>
}

/** How a daemon takes a new configuration: what each of them is asked and told. `Running` is what it looks like. */
export interface Reloader<Running extends Json = Json> {
  /** What runs there; `since` an earlier look, from which on its log is read. */
  running(on: On, which: Which, since?: Running): Promise<Running>
  /** Every reason why it must not be told to reload as it runs now. */
  refusals(running: Running): readonly ReloadRefusal[]
  /** Tries staged files in private namespaces. */
  tried(on: On, which: Which, files: readonly Staged[]): Promise<ConfigTrial>
  /** Orders it to read its configuration; comes back when that was ordered, or later. */
  reload(on: On, which: Which, before: Running, texts: Texts): Promise<void>
  /** The order, as a person would type it. */
  byHand(unit: string): string
  /** Has it, since `before`? */
  took(before: Running, now: Running): Reloaded
  /** It does not run at all: only a start helps. */
  isGone(running: Running): boolean
  /** It is as it was, and has read nothing since. `now` is a look `since: before`. */
  isUntouched(before: Running, now: Running): boolean
  /** Does what runs there, whoever started it, go by these files as they lie there? Told by their times. */
  hasRead?(on: On, which: Which, paths: readonly string[]): Promise<boolean>
  /** Whether it has read its files is told by their times, which a way back renews: it reads them again although it read no other. */
  readonly goesByTimes?: true
  /** Where it has such a thing. */
  readonly unwritten?: Unwritten
}
