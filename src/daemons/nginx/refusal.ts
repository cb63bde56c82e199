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
  | 'reuseport-fewer-workers'
  | 'too-many-workers'

/** A refusal's safe and known mend, and what it is done to. Plain data: it goes into plans. */
export type Mend =
  | { readonly mend: 'write-pid-file'; readonly path: string }
  | { readonly mend: 'remove-oldbin'; readonly path: string }
  | { readonly mend: 'end-orphans'; readonly pids: readonly number[] }
  | { readonly mend: 'heal-master'; readonly pid: number }

/** What a mend is called. */
export type MendName = Mend['mend']

/** Why nginx on this host cannot be upgraded while it runs: one sentence, and what to type or do about it. */
export type Refusal = {
  readonly code: RefusalCode
  readonly message: string
  readonly suggestions: readonly string[]
  /** Where one is known that harms nobody. */
  readonly mend?: Mend
}

/** One refusal; what to do about it comes last, a line each. */
export function refuse(code: RefusalCode, message: string, ...suggestions: readonly string[]): Refusal {
  return { code, message, suggestions }
}

/** One refusal that can be mended, and what a person would type instead. */
export function mendable(mend: Mend, code: RefusalCode, message: string, byHand: string): Refusal {
  return { ...refuse(code, message, byHand), mend }
}

/** What stays refused when some of it is mended, now or later. */
export function unmended(refusals: readonly Refusal[], mended: readonly MendName[]): Refusal[] {
  return refusals.filter(({ mend }) => mend === undefined || !mended.includes(mend.mend))
}
