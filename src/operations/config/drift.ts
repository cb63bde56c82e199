import { ZdtError } from '../../lib/errors.ts'
import type { Drift, ServiceChange } from './compare.ts'

const words: { readonly [drift in Drift]: string } = {
  edited: 'was changed by hand since zdt last wrote it',
  removed: 'was removed by hand since zdt last wrote it',
  foreign: 'was not written by zdt',
  linked: 'was made a link by hand since zdt last wrote it',
}

/** `lb1: /etc/haproxy/haproxy.cfg was changed by hand since zdt last wrote it`, a line each. */
export function driftLines(changes: readonly ServiceChange[]): string[] {
  return changes.flatMap(({ host, files }) =>
    files.flatMap(({ path, drift }) => (drift === null ? [] : [`${host}: ${path} ${words[drift]}`])),
  )
}

interface Ways {
  /** The command that overwrites it, but for its flags; and the one that shows what would be. */
  readonly anyway: string
  readonly shows: string
  /** What lies there cannot be taken over as the template: there is one. */
  readonly hasTemplate: (change: ServiceChange) => boolean
}

/** Somebody's work would be overwritten. */
export class Drifted extends ZdtError {
  constructor(changes: readonly ServiceChange[], { anyway, shows, hasTemplate }: Ways) {
    const lines = driftLines(changes)
    super(
      lines.length === 1
        ? `what is live would be lost: ${lines[0] ?? ''}`
        : `what is live would be lost:\n${lines.join('\n')}`,
      {
        code: 'drift',
        exit: 'refused',
        suggestions: [
          `${shows}   # what would be overwritten`,
          ...[
            ...new Set(
              changes
                .filter((one) => !hasTemplate(one))
                .filter(({ files }) => files.some(({ drift }) => drift !== null && drift !== 'removed'))
                .map(({ host }) => host),
            ),
          ].map((host) => `zdt import ${host}   # take it over as the template`),
          `${anyway} --accept-drift --yes   # overwrite it; the host keeps what lies there as a version`,
        ],
      },
    )
  }
}
