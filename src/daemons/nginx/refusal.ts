/** Stable names for pipelines and tests; each is a sentence in `preflight`. */
export type RefusalCode =
  | 'not-running'
  | 'container'
  | 'several-masters'
  | 'upgrade-under-way'
  | 'orphan-workers'
  | 'no-master-process'
  | 'daemon-off'
  | 'not-root'
  | 'own-root'
  | 'bare-argv0'
  | 'relative-argv0'
  | 'binary-missing'
  | 'binary-replaced'
  | 'binary-not-writable'
  | 'not-by-systemd'
  | 'unit-not-forking'
  | 'unit-without-pidfile'
  | 'unit-other-pidfile'
  | 'unit-other-main-pid'
  | 'pid-file-missing'
  | 'pid-file-other'
  | 'oldbin-left'
  | 'no-workers'
  | 'too-many-workers'

/** Why nginx on this host cannot be upgraded while it runs: one sentence, and what to type or do about it. */
export type Refusal = {
  readonly code: RefusalCode
  readonly message: string
  readonly suggestions: readonly string[]
}

/** One refusal; what to do about it comes last, a line each. */
export function refuse(code: RefusalCode, message: string, ...suggestions: readonly string[]): Refusal {
  return { code, message, suggestions }
}
