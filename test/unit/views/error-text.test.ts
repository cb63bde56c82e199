import { expect, test } from 'vitest'
import { ZdtError } from '../../../src/lib/errors.ts'
import { errorText } from '../../../src/views/error-text.ts'
import { makePaint } from '../../../src/views/paint.ts'
import type { FleetNotFound } from '../../../src/fleet/errors.ts'
import { findFleetFile, minimalExample } from '../../../src/fleet/find.ts'
import { plainPage } from '../../../src/views/page.ts'

const last = new ZdtError('draining app3 would leave shop without a server', {
  code: 'no-capacity',
  exit: 'refused',
  said: 'lb1 and lb2 see app1 in maintenance and app2 down (connection refused, 10.0.0.22:8080).',
  suggestions: ['zdt ready app1', 'zdt drain app3 --allow-empty'],
})

test('a refusal says why, that nothing was changed, and what to do', () => {
  expect(errorText(last, plainPage(80))).toMatchInlineSnapshot(`
    "✖ refused: draining app3 would leave shop without a server
      said: lb1 and lb2 see app1 in maintenance and app2 down (connection refused,
              10.0.0.22:8080).
      Nothing was changed.
      Next: zdt ready app1
            zdt drain app3 --allow-empty
    "
  `)
  expect(errorText(last, plainPage(40))).toMatchInlineSnapshot(`
    "✖ refused: draining app3 would leave
      shop without a server
      said: lb1 and lb2 see app1 in
              maintenance and app2 down
              (connection refused,
              10.0.0.22:8080).
      Nothing was changed.
      Next: zdt ready app1
            zdt drain app3 --allow-empty
    "
  `)
})

test('the mistakes of a file come one a line, in red only the first', () => {
  const error = new ZdtError(
    'zdt.yaml is not valid\nzdt.yaml:3:5 hosts.lb1: an address is missing\nzdt.yaml:9:1 pool: unknown',
    {
      code: 'fleet-invalid',
      exit: 'usage',
    },
  )
  expect(errorText(error, { width: 80, paint: makePaint(true) })).toMatchInlineSnapshot(`
    "[31m✖ zdt.yaml is not valid[39m
      zdt.yaml:3:5 hosts.lb1: an address is missing
      zdt.yaml:9:1 pool: unknown
      Nothing was changed.
    "
  `)
})

test('an error that happened after something was changed does not claim otherwise; its host is named once', () => {
  const error = new ZdtError('sudo wants a password', { code: 'x', exit: 'left', host: 'web1' })
  expect(errorText(error, plainPage())).toBe('✖ web1: sudo wants a password\n')
  expect(errorText(new ZdtError('web1 is gone', { code: 'x', exit: 'left', host: 'web1' }), plainPage())).toBe(
    '✖ web1 is gone\n',
  )
})

test('where the locale is not UTF-8 the marks are ASCII', () => {
  const page = { width: 80, paint: makePaint(false, false) }
  expect(errorText(new ZdtError('no', { code: 'x', exit: 'usage' }), page)).toBe('x no\n  Nothing was changed.\n')
})

test('what is to be copied keeps its indentation', async () => {
  const error: unknown = await findFleetFile(undefined, { cwd: '/', env: '' }).catch((thrown: unknown) => thrown)
  const text = errorText(error as FleetNotFound, plainPage(40))
  for (const line of minimalExample.trimEnd().split('\n')) expect(text).toContain(`\n    ${line}\n`)
})
