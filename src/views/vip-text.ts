import type { SegmentAnswer, VipNode, VipReport } from '../steps/vip/vip-report.ts'
import { formatDuration } from '../lib/durations.ts'
import { cleanLine } from './clean.ts'
import { beside, wrap, wrapItems } from './lines.ts'
import { finish, type Page } from './page.ts'
import { table } from './table.ts'

/** VIPs as their nodes, Keepalived and the segment show them: one block each. */
export function vipText({ vips }: { readonly vips: readonly VipReport[] }, page: Page): string {
  if (vips.length === 0) return finish(['no VIP in zdt.yaml'], page)
  return vips.map((vip) => block(vip, page)).join('\n')
}

function block(vip: VipReport, page: Page): string {
  const { paint, width } = page
  const { name, address, prefix, state, holders, nodes, segment, troubles, at, took } = vip
  const loud = state === 'held' ? paint.bold : paint.red
  const when = `looked ${new Date(at).toTimeString().slice(0, 8)}, ${formatDuration(took)}`
  return finish(
    [
      ...beside([loud(`${name}   ${address}/${prefix} ${heldBy(state, holders)}`)], paint.dim(when), width, '  '),
      ...table(
        ['node', 'address', 'keepalived', 'priority', 'adverts', 'connections'],
        nodes.map((node) => row(node)),
        { width, paintHead: paint.dim },
      ),
      ...wrapItems(segment.flatMap(heard), width, '  segment   '),
      ...wrapItems(nodes.flatMap(lowered), width, '  priority  '),
      ...wrapItems(handOff(nodes), width, '  hand-off  '),
      ...troubles.flatMap((trouble) => wrap(cleanLine(trouble), width, '  ⚠ ').map(paint.red)),
    ],
    page,
  )
}

function heldBy(state: VipReport['state'], holders: readonly string[]): string {
  if (state === 'split brain') return `✖ on ${holders.join(' and ')}: split brain`
  if (state === 'none') return '✖ on no host'
  const on = holders.length > 0 ? `on ${holders.join()}` : 'on no host that was seen'
  return state === 'held' ? on : `✖ ${on}, but not every node can be asked`
}

function row(node: VipNode): string[] {
  if (node.error) return [node.host, 'not seen', '', '', '', '']
  const { host, heldBy, keepalived, instance, connections, handOff } = node
  const carried = `${connections}${handOff ? ', hand-off' : ''}`
  if (!instance) return [host, heldBy ?? '-', keepalived, '', '', carried]
  const { state, base, effective, advertMs, unicast, preempt } = instance
  return [
    host,
    heldBy ?? '-',
    `${state}${preempt ? '' : ', nopreempt'}`,
    effective === base ? String(base) : `${effective} (of ${base})`,
    `${formatDuration(advertMs)}${unicast ? ' unicast' : ''}`,
    carried,
  ]
}

/** Why an effective priority is not the base. */
function lowered(node: VipNode): string[] {
  if (node.error || !node.instance) return []
  const by = node.instance.trackFiles.filter(({ status }) => status !== 0)
  return by.map(({ path, status }) => `${node.host}: ${status} in ${cleanLine(path)}`)
}

/** A zdt that waits on has the hosts begin anew. */
function handOff(nodes: readonly VipNode[]): string[] {
  const ends = nodes.flatMap((node) => (node.error || node.handOffEnds === undefined ? [] : [node.handOffEnds]))
  if (ends.length === 0) return []
  return [`ends by itself in ${formatDuration(Math.min(...ends))} at the latest, which cuts who is left (zdt runs)`]
}

function heard({ observer, answers, error }: SegmentAnswer): string[] {
  if (error) return []
  if (answers.length === 0) return [`${observer} hears nobody`]
  return [`${observer} hears ${answers.map(({ mac, host }) => (host ? `${host} ${mac}` : mac)).join(' and ')}`]
}
