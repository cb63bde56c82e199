import { stage, type StageDraft } from '../../engine/plan.ts'
import type { Fleet, Pool } from '../../fleet/fleet.ts'
import type { RolloutSpec } from '../../fleet/rollout.ts'
import { formatDuration } from '../../lib/durations.ts'
import type { Millis } from '../../lib/types.ts'
import { deployVersion } from '../../steps/app/deploy.ts'
import { rehearseApp } from '../../steps/app/rehearse.ts'
import { appSettles } from '../../steps/app/settle.ts'
import type { Judged } from '../capacity.ts'
import type { SeenSeat } from '../look-at-seats.ts'
import { untilAnswered, untilNobody } from '../places.ts'
import { freshlyAsked, intoRotation, outOfRotation } from '../rotation.ts'
import { atOnce, warming, type SlowStart } from '../slow-start.ts'
import type { UpstreamChange } from '../upstreams/change.ts'
import type { SeenUpstream } from '../upstreams/look.ts'
import { alone } from './alone.ts'
import { isWell, namesOf, ready, readyBehind, type Candidate } from './candidates.ts'

/** What a rollout is about: zdt.yaml's word with the flags over it. */
export interface Rolling {
  readonly fleet: Fleet
  readonly pool: Pool
  readonly spec: RolloutSpec
  readonly to: string
  /** How long each wait for connections and checks may take. */
  readonly timeout: Millis
}

/** What nginx is brought to before and after, where it sends to them, or is to. */
export interface Behind {
  readonly down: UpstreamChange
  readonly back: UpstreamChange
  /** Whom `back` brings back. */
  readonly upstreams: readonly SeenUpstream[]
}

/** Some servers go out of rotation together, and get the version there. */
export function deployed(
  rolling: Rolling,
  some: readonly Candidate[],
  judged: Judged,
  { beside, behind }: { readonly beside: Candidate | undefined; readonly behind?: Behind },
): StageDraft[] {
  const { pool, spec, to, timeout } = rolling
  const names = namesOf(some)
  return [
    ...outOfRotation(ready(some), 'drain', judged),
    ...(behind?.down.stages ?? []),
    untilNobody(
      { seen: some.flatMap(({ seats }) => seats), upstreams: some.flatMap(({ upstreams }) => upstreams) },
      timeout,
    ),
    ...alone(rolling, some, 'stays', [
      stage(
        `deploy ${to} on ${names}`,
        some.map(({ server, host, app }) =>
          deployVersion.at(host, {
            pool: pool.name,
            server: server.name,
            app,
            to,
            deploy: spec.deploy,
            back: spec.back ?? spec.deploy,
            ...(spec.strategy === 'blue-green' && spec.blueGreen.stop && { stop: spec.blueGreen.stop }),
            timeout: spec.timeout,
          }),
        ),
      ),
      // The load balancers check while it settles: by the end of that they know.
      freshlyAsked(ready(some).map(({ seat }) => seat)),
      stage(
        `${names} must be well for ${formatDuration(spec.settle)}, on its own`,
        spec.settle === 0
          ? []
          : some.map(({ server, host, app }) =>
              appSettles.at(host, { pool: pool.name, server: server.name, app, version: to, settle: spec.settle }),
            ),
      ),
      rehearsed(rolling, some, beside),
    ]),
  ]
}

/** They answer as many requests as zdt.yaml wants before anybody is sent there, as well as one that serves. */
function rehearsed({ pool, spec }: Rolling, some: readonly Candidate[], beside: Candidate | undefined): StageDraft {
  const { rehearse, maxErrors, maxSlower, timeout } = spec
  if (!rehearse) return stage('', [])
  return stage(
    `${namesOf(some)} must answer ${rehearse.requests} requests, on ${some.length > 1 ? 'their' : 'its'} own`,
    some.map((one) =>
      rehearseApp.at(one.host, {
        pool: pool.name,
        ...placeOf(one),
        ...rehearse,
        ...(beside && { beside: { ...placeOf(beside), host: beside.host } }),
        limits: { maxErrors, maxSlower },
        // Who answers nothing, or slowly, is judged long before that.
        timeout: timeout + rehearse.requests * 1000,
      }),
    ),
  )
}

function placeOf({ server, app: { address, port } }: Candidate) {
  return { server: server.name, address, port }
}

/** One that serves and is well, and that is not among them; of those the last, which gets its version last. */
export function servingBeside(all: readonly Candidate[], some: readonly Candidate[]): Candidate | undefined {
  return all.findLast(
    (one) => !some.includes(one) && isWell(one) && ready([one]).length + readyBehind([one]).length > 0,
  )
}

/** They come back by a fresh check; their agents are heard again where they were before. Of a canary others see to agents and weights. */
export function backAgain(
  rolling: Rolling,
  some: readonly Candidate[],
  { isCanary = false, behind }: { readonly isCanary?: boolean; readonly behind?: Behind } = {},
): StageDraft[] {
  const { fleet, spec, timeout } = rolling
  const heard = ({ view }: SeenSeat) => !isCanary && view.agent?.enabled === true
  return [
    ...alone(
      rolling,
      some,
      'goes back',
      intoRotation(fleet, ready(some), timeout, heard, {
        warm: isCanary ? atOnce : warming(ready(some), slowStartOf(spec)),
        isAsked: true,
      }),
    ),
    ...(behind ? [untilAnswered(behind.upstreams, timeout), ...behind.back.stages] : []),
  ]
}

/** How slowly, as zdt.yaml has it. */
export function slowStartOf({ slowStart: over, maxErrors, maxFailures }: RolloutSpec): SlowStart {
  return { over, maxErrors, alone: maxFailures > 0 }
}
