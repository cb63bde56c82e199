// Runs an upgrade inside the lab, answering as an operator would: yes to every stage, and `put back` (or what the
// last word says) at the one whose title begins with the given words. Prints the outcome and the events as JSON. Given to Node, not to vitest.
import { carryOut } from '../../../src/engine/carry-out.ts'
import { newRunId } from '../../../src/engine/plan.ts'
import type { Event, Happening } from '../../../src/engine/events.ts'
import { loadFleet } from '../../../src/fleet/load.ts'
import { openHosts } from '../../../src/hosts/open-hosts.ts'
import { upgradeNginx } from '../../../src/operations/upgrade-nginx.ts'
import { stepKinds } from '../../../src/steps/index.ts'

const [host = '', binary = '', at = '', then = 'put-back'] = process.argv.slice(2)
const fleet = await loadFleet(process.env['ZDT_FLEET'] ?? '')
const hosts = openHosts(fleet)
const never = new AbortController().signal
const events: Event[] = []
try {
  const options = {
    hosts: [host],
    batch: [{ count: 1 }],
    source: { binary },
    timeout: 30_000,
    keepOld: 0,
    max5xx: 1,
    hold: 200,
    allowEmpty: false,
    withoutTrial: false,
    inPlace: false,
    repair: false,
  }
  const { plan } = await upgradeNginx.propose({ fleet, hosts, id: newRunId() }, options)
  const { ended, left, error } = await carryOut(plan, {
    kinds: stepKinds,
    hosts,
    changing: hosts,
    operator: {
      confirm: (stage) => Promise.resolve(stage.title.startsWith(at) ? (then as 'put-back' | 'pause') : 'yes'),
      failed: () => Promise.resolve('pause'),
      timedOut: () => Promise.resolve('leave'),
      odd: () => Promise.resolve('pause'),
    },
    record: (happening: Happening) => {
      events.push({ at: Date.now(), ...happening })
      return Promise.resolve()
    },
    pause: never,
    stop: never,
  })
  process.stdout.write(JSON.stringify({ ended, left, error: error?.message, said: error?.said, events }))
} finally {
  await hosts.closeAll()
}
