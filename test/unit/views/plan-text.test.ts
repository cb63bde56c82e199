import { expect, test } from 'vitest'
import { plan, stage, type Step } from '../../../src/engine/plan.ts'
import type { Description } from '../../../src/engine/step-kind.ts'
import type { HostName } from '../../../src/lib/types.ts'
import { makePaint } from '../../../src/views/paint.ts'
import { plainPage } from '../../../src/views/page.ts'
import { planText } from '../../../src/views/plan-text.ts'

const on = (host: string, kind: string) => ({ host: host as HostName, kind, input: null })
const drain = plan('drain app2', 'f00d', [
  stage('set server shop/app2 state drain', [on('lb1', 'set'), on('lb2', 'set')]),
  stage('wait until nobody is connected (5 m)', [on('lb1', 'wait'), on('lb2', 'wait')]),
])

function describe({ kind, host }: Step): Description {
  if (kind === 'wait') return { title: 'nobody is connected to shop/app2', commands: [] }
  return {
    title: 'shop/app2 drains',
    commands: [`echo 'set server shop/app2 state drain' | socat - /run/${host}.sock`],
  }
}

test('stages are numbered, with their hosts', () => {
  expect(planText(drain, describe, plainPage(80))).toMatchInlineSnapshot(`
    "  1  lb1, lb2   set server shop/app2 state drain
      2  lb1, lb2   wait until nobody is connected (5 m)
    "
  `)
})

test('at 40 columns a long title wraps beside its hosts', () => {
  expect(planText(drain, describe, plainPage(40))).toMatchInlineSnapshot(`
    "  1  lb1, lb2   set server shop/app2
                    state drain
      2  lb1, lb2   wait until nobody is
                    connected (5 m)
    "
  `)
})

test('with commands, each host shows its own, whole', () => {
  expect(planText(drain, describe, plainPage(80), { commands: true })).toMatchInlineSnapshot(`
    "  1  lb1, lb2   set server shop/app2 state drain
           lb1  echo 'set server shop/app2 state drain' | socat - /run/lb1.sock
           lb2  echo 'set server shop/app2 state drain' | socat - /run/lb2.sock
      2  lb1, lb2   wait until nobody is connected (5 m)
           lb1, lb2  (nobody is connected to shop/app2: only looks)
    "
  `)
})

const same = (): Description => ({ title: 'reload', commands: ['systemctl reload nginx', 'true'] })

test('hosts that are given the same commands are named together', () => {
  expect(planText(drain, same, { width: 80, paint: makePaint(true) }, { commands: true })).toMatchInlineSnapshot(`
    "  1  lb1, lb2   set server shop/app2 state drain
    [2m       lb1, lb2  systemctl reload nginx[22m
    [2m                 true[22m
      2  lb1, lb2   wait until nobody is connected (5 m)
    [2m       lb1, lb2  systemctl reload nginx[22m
    [2m                 true[22m
    "
  `)
})

test('twenty hosts are counted, not listed', () => {
  const many = Array.from({ length: 20 }, (_, index) => on(`edge${index + 1}`, 'set'))
  expect(planText(plan('x', '', [stage('reload nginx', many)]), describe, plainPage(80))).toMatchInlineSnapshot(`
    "  1  edge1, edge2 and 18 more   reload nginx
    "
  `)
})
