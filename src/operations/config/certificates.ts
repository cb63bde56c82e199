import { stage, type StageDraft } from '../../engine/plan.ts'
import { renewCertificate } from '../../steps/haproxy/renew-certificate.ts'
import type { Work } from './work.ts'

/**
 * The stages that give running HAProxys another certificate, each on all load balancers side by side. A worker takes one
 * file at a time (management guide, "set ssl cert"): a stage for each. The new one is read where it was uploaded to, the
 * old one where it lies until it is put in place.
 */
export function certificatesRenewed(works: readonly Work[]): StageDraft[] {
  const renewals = works.flatMap(({ host, which: { socket = '' }, moves, changes = [] }) =>
    changes.flatMap((change) => {
      const move = change.change === 'certificate' ? moves.find(({ path }) => path === change.file) : undefined
      if (change.change !== 'certificate' || move === undefined) return []
      const { file, fingerprint } = change
      return [{ host, input: { socket, file, source: move.staged, previous: move.target, fingerprint } }]
    }),
  )
  const files = [...new Set(renewals.map(({ input }) => input.file))]
  return files.map((file) =>
    stage(
      `serve the new certificate ${file}`,
      renewals.filter(({ input }) => input.file === file).map(({ host, input }) => renewCertificate.at(host, input)),
    ),
  )
}
