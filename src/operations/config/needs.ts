import { certificates, servedFingerprint } from '../../daemons/haproxy/certificates.ts'
import { certificateNeeded } from '../../daemons/haproxy/needs/certificate.ts'
import { needOf, type Need, type Needed } from '../../daemons/haproxy/needs/change.ts'
import { neededFor } from '../../daemons/haproxy/needs/needed.ts'
import { runtimeState } from '../../daemons/haproxy/kept/runtime-state.ts'
import type { Fleet } from '../../fleet/fleet.ts'
import type { Host, Hosts } from '../../hosts/host.ts'
import { versionOn } from '../render.ts'
import type { VersionOf } from '../rendered.ts'
import { newAtRest, type AtRest } from './at-rest.ts'
import type { Compared } from './compare.ts'

/**
 * Says of each HAProxy's changes what they need: the runtime CLI, a reload, or a restart. Said only where every file that
 * differs is as zdt wrote it, for then it is what runs; anything else needs a reload. Throws what `runtimeState` throws.
 */
export async function withNeeds(fleet: Fleet, hosts: Hosts, compared: readonly Compared[]): Promise<Compared[]> {
  const versionOf = versionOn(fleet, hosts)
  return Promise.all(
    compared.map(async (one) => {
      const { rendered, change } = one
      const socket = rendered.daemon === 'haproxy' ? fleet.haproxy.get(rendered.group)?.socket : undefined
      if (socket === undefined || change.files.length === 0) return one
      const host = await hosts.on(rendered.host)
      const atRest = await restingOn(fleet, one, host, socket)
      const rested = { ...one, ...(atRest.length > 0 && { atRest }) }
      if (change.files.some(({ drift }) => drift !== null)) return rested
      const needs = [
        ...(await mainNeeds(one, host, socket, versionOf)).map((each) => resting(each, atRest)),
        ...(await otherNeeds(one, host, socket)),
      ]
      return { ...rested, change: { ...change, needs: needs.map(withoutWords) } }
    }),
  )
}

/** One that does not answer is not fit for a change, and refused by the plan's own check with what to do. */
async function restingOn(fleet: Fleet, { rendered, files: [main] }: Compared, host: Host, socket: string) {
  const hasColours = [...fleet.pools.values()].some(({ rollout }) => (rollout?.blueGreen.colours.size ?? 0) > 0)
  if (main?.text === undefined || !hasColours) return []
  const state = await runtimeState(host, socket).catch(() => undefined)
  return state ? newAtRest(fleet, rendered.group, state, main.file.content) : []
}

/** A server that is made at run time, and begins in maintenance. */
function resting(one: Needed, atRest: readonly AtRest[]): Needed {
  const { change } = one
  if (change?.change !== 'add') return one
  const rests = atRest.some(({ backend, server }) => backend === change.backend && server === change.server)
  return rests ? { ...one, what: `${one.what}, in maintenance`, change: { ...change, atRest: true } } : one
}

/** Of haproxy.cfg itself. */
async function mainNeeds({ rendered, files }: Compared, host: Host, socket: string, versionOf: VersionOf) {
  const [main] = files
  if (main?.text === undefined) return []
  const live = { state: await runtimeState(host, socket), version: await versionOf('haproxy', rendered.host) }
  return neededFor(main.text, main.file.content, live)
}

/** Of the files beside it. */
async function otherNeeds({ files: [, ...others] }: Compared, host: Host, socket: string): Promise<Needed[]> {
  const differing = others.filter(({ text }) => text !== undefined)
  if (differing.length === 0) return []
  const all = await certificates(host, socket)
  return Promise.all(
    differing.map(async ({ file: { path, content }, live, text }) => {
      const fingerprint = all.used.includes(path) ? await servedFingerprint(host, socket, path) : undefined
      const texts = { before: live.sha256 === null ? undefined : text, after: content }
      return certificateNeeded(path, texts, { certificates: all, fingerprint })
    }),
  )
}

/** What all of a service's changes together need. */
export function needed({ needs }: Compared['change']): Need {
  return needs === undefined ? 'reload' : needOf(needs)
}

/** Of lines that are no servers' nothing is repeated: there may be secrets in them, and the diff shows them. */
function withoutWords(one: Needed): Needed {
  return one.need === 'runtime' ? one : { ...one, what: '' }
}
