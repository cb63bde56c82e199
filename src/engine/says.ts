/** What a run says at its end. Journaled with its plan, so that whoever resumes it says the same. */
export type Says = {
  /** `app2 is drained: nobody is connected on lb1, lb2`. */
  readonly done: string
  /** `app2 is in maintenance already`; said when nothing had to be changed. */
  readonly already: string
  /** The command that takes it back: `zdt ready app2`. */
  readonly putBackWith?: string
  /** The command that tries again what failed by itself and was left out, once it is mended. */
  readonly again?: string
  /** What to type when it ended half-way: the command that goes on, and the one that takes back what was done. */
  readonly halfWay?: {
    readonly goOnWith: string
    readonly putBackWith?: string
    /** What becomes of it where nothing is typed. */
    readonly meanwhile?: string
  }
  /** What an unattended run does when a wait's time is over. */
  readonly onTimeout: 'leave' | 'put-back'
}

/** A host that a run needs for itself, and what else of it: see src/hosts/lease. */
export type Claim = { readonly host: string; readonly scopes: readonly string[] }
