import { expect, test } from 'vitest'
import type { Ledger, Tally } from '../../../src/probe/ledger.ts'
import { demoText, sceneText } from '../../../src/views/demo-text.ts'
import { plainPage } from '../../../src/views/page.ts'

const tally: Tally = {
  sent: 2000,
  answered: 2000,
  lost: 0,
  retried: 0,
  late: 0,
  skipped: 0,
  byCause: {},
  unexpected: {},
  p50: 1.02,
  p99: 4.04,
  max: 12.3,
  longestGap: 12.3,
}

const ledger = (url: string, total: Tally): Ledger => ({
  url,
  rate: 50,
  startedAt: '2026-11-20T14:02:09.000Z',
  duration: 40_000,
  state: 'stopped',
  total,
  baseline: tally,
  steps: [],
  losses: [],
  selfDelayMax: 2,
})

const load = { requests: 15_310, p99: 6.32, lost: { connect: 0, read: 0, write: 0, timeout: 0, status: 0 } }
const web = ledger('http://10.77.0.100/', tally)
const shop = ledger('http://10.77.0.100/shop/', tally)

test('a demo that lost nothing says so first, then who sent how much', () => {
  expect(demoText({ ledgers: [web, shop], load, remarks: [] }, plainPage())).toMatchInlineSnapshot(`
    "
    ✔ 19,310 requests while all this was done, none lost
      traffic through the VIP     sent     lost   p99      longest gap
      probe /  50 a second        2,000    0      4 ms     12 ms
      probe /shop/  50 a second   2,000    0      4 ms     12 ms
      wrk, keep-alive, to both    15,310   0      6.3 ms
    "
  `)
})

test('a demo that lost something says how much, and to what', () => {
  const cut = ledger(shop.url, { ...tally, answered: 1998, lost: 2, byCause: { reset: 2 } })
  const cutLoad = { ...load, lost: { ...load.lost, read: 3 } }
  const remarks = ['2 of 2000 requests were lost: 2 reset']
  const text = demoText({ ledgers: [web, cut], load: cutLoad, remarks }, plainPage())
  expect(text).toMatchInlineSnapshot(`
    "
    ✖ 19,310 requests while all this was done, 5 lost
      traffic through the VIP     sent     lost   p99      longest gap
      probe /  50 a second        2,000    0      4 ms     12 ms
      probe /shop/  50 a second   2,000    2      4 ms     12 ms
      wrk, keep-alive, to both    15,310   3      6.3 ms
      ⚠ 2 of 2000 requests were lost: 2 reset
      probe  2,000 sent · 2 lost (2 reset) · 0 retried · p99 4 ms (before: 4 ms)
             longest gap 12 ms
             while    sent    lost   retried   p99    longest gap   lost to
             before   2,000   0      0         4 ms   12 ms
             and 2 more
    "
  `)
})

test('a command that failed is named with its exit code', () => {
  const scene = { caption: 'take it out', argv: ['zdt', 'drain', 'app2', '--yes'] }
  const text = demoText({ ledgers: [web], load, remarks: [], failed: { scene, code: 5 } }, plainPage())
  expect(text).toContain('✖ zdt drain app2 --yes exited 5\n')
})

test('a scene is its caption and its command, which is broken between words', () => {
  const argv = ['zdt', 'upgrade-nginx', '--host', 'web1', '--binary', 'nginx-1.26.3', '--yes', '--probe', 'http://a/']
  expect(sceneText({ caption: 'replace the running nginx', argv }, 5, plainPage(60))).toMatchInlineSnapshot(`
    "
    5  replace the running nginx
    $ zdt upgrade-nginx --host web1 --binary nginx-1.26.3 --yes
        --probe http://a/
    "
  `)
})
