import { expect, test } from 'vitest'
import { afterReload } from '../../../../../src/daemons/haproxy/kept/after-reload.ts'
import { type Row, shop, worldOf } from './world.ts'

const app1 = 'server app1 10.0.0.1:80 check'
const disabled = `${app1} disabled`
const away = 'server app1 10.0.0.9:80 check'
const at = (address: string) => ({ address, port: 80 })
const [drain, maint] = [{ admin: 8 }, { admin: 1 }]

/** What is live, the running line, the next one, and what app1 is after the reload. */
const table: readonly (readonly [string, Row, string | undefined, string, object | undefined])[] = [
  ['nothing else', {}, app1, app1, { is: 'serving' }],
  ['drained', drain, app1, app1, { is: 'out' }],
  ['in maintenance', maint, app1, app1, { is: 'out' }],
  ['of weight 0', { weight: 0 }, app1, app1, { is: 'out' }],
  ['down', { op: 0 }, app1, app1, { is: 'out' }],
  ['newly disabled', {}, app1, disabled, { is: 'out' }],
  ['newly of weight 0', {}, app1, `${app1} weight 0`, { is: 'out' }],
  ['made ready, although disabled', { admin: 4 }, disabled, disabled, { is: 'serving' }],
  ['disabled no longer', { admin: 5 }, disabled, app1, { is: 'unseen', at: at('10.0.0.1') }],
  ['somewhere else', {}, app1, away, { is: 'unseen', at: at('10.0.0.9') }],
  ['somewhere else, by a file that nobody has seen', {}, undefined, away, { is: 'unseen', at: at('10.0.0.9') }],
  ['gone', {}, app1, '', undefined],
  ['under another name', {}, app1, 'server shop1 10.0.0.1:80 check', { is: 'serving', server: 'shop1' }],
  ['of a backend that is disabled as a whole', {}, app1, `disabled\n  ${app1}`, { is: 'out' }],
  ['added at run time', {}, '', '', { is: 'serving' }],
]

test.each(table)('%s', (_what, row, running, next, after) => {
  const configurations = { next: shop(next), ...(running !== undefined && { running: shop(running) }) }
  const [one] = afterReload(worldOf(row), configurations)
  if (after === undefined) expect(one).toBeUndefined()
  else expect(one).toMatchObject(after)
})

test('who comes has been looked at by nobody; one that begins in maintenance is out', () => {
  const next = shop(app1, 'server app2 10.0.0.2:80 check', 'server app3 app3.local:80 check')
  const atRest = [{ backend: 'shop', server: 'app2' }]
  const come = (configurations: object) =>
    afterReload(worldOf({}), { running: shop(app1), next, ...configurations })
      .filter(({ server }) => server !== 'app1')
      .map(({ server, is }) => `${server} ${is}`)
  expect(come({})).toEqual(['app2 unseen', 'app3 unseen'])
  expect(come({ atRest })).toEqual(expect.arrayContaining(['app2 out', 'app3 unseen']))
})
