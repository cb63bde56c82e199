import type { Awaited, On } from '../../engine/step-kind.ts'
import type { Millis } from '../../lib/types.ts'
import { defineWait } from '../define.ts'
import { lookAtVip } from './look-at-vip.ts'
import { whoAnswers } from './troubles.ts'
import type { VipQuestion } from './vip-report.ts'

type Input = { readonly vip: VipQuestion; readonly timeout: Millis }

/** Waits until this host alone holds the VIP: by every node's addresses, by Keepalived's own word, and on the segment. */
export const awaitHolder = defineWait<Input>({
  kind: 'vip.await-holder',
  describe: ({ vip: { name, address } }, host) => ({
    title: `${host} alone holds ${address}, and the segment hears it`,
    commands: [`zdt vip ${name}`],
  }),
  look: ({ vip }, on) => look(vip, on),
  timeout: ({ timeout }) => timeout,
  interval: () => 100,
})

async function look(vip: VipQuestion, on: On): Promise<Awaited> {
  const report = await lookAtVip({ on: (name) => on.other(name) }, vip)
  const name = on.host.name
  const target = report.nodes.find(({ host }) => host === name)
  const says = target && !target.error ? target.instance?.state : undefined
  const awaiting = [
    ...(report.state === 'held' && !report.holders.includes(name) ? [`${report.holders.join()} holds it`] : []),
    ...(says === 'MASTER' ? [] : [`Keepalived says ${says ?? 'nothing'}`]),
    ...whoAnswers(report),
  ]
  return { done: awaiting.length === 0, awaiting: awaiting.map((one) => `${name}  ${one}`) }
}
