import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadFleet } from '../../../src/fleet/load.ts'
import { renderFleet } from '../../../src/operations/rendered.ts'
import { directoryWith } from './templates.ts'

const group = (more: string) =>
  `hosts:\n  lb1: { address: 10.0.0.1, vars: { rack: r1, size: 9 } }\nhaproxy:\n  edge: { hosts: [lb1], ${more} }\nsecrets: { key: { env: KEY } }\n`

async function renderIn(files: Readonly<Record<string, string>>) {
  const directory = await directoryWith(files)
  const fleet = await loadFleet(join(directory, 'zdt.yaml'))
  const all = await renderFleet(fleet, [], { versionOf: () => Promise.resolve('3.0.11'), env: { KEY: 'k3y' } })
  return all[0]
}

const failureOf = async (files: Readonly<Record<string, string>>): Promise<unknown> =>
  await renderIn(files).catch((error: unknown) => error)

test('a group’s own template, a partial of its own, and one of ours', async () => {
  const rendered = await renderIn({
    'zdt.yaml': group('template: cfg/h.hbs, vars: { size: 1, pace: 2 }'),
    'cfg/h.hbs': '{{> mine}}{{> haproxy/tls}}',
    'templates/mine.hbs': '{{host.name}} {{vars.size}} {{vars.pace}} {{vars.rack}}\n',
    'templates/haproxy/tls.hbs': '# no TLS\n',
  })
  expect(rendered).toMatchObject({ daemon: 'haproxy', group: 'edge', host: 'lb1', unit: 'haproxy', secrets: [] })
  expect(rendered?.files).toEqual([
    { path: '/etc/haproxy/haproxy.cfg', content: 'lb1 9 2 r1\n# no TLS\n', mode: '0644', closed: false, secret: false },
  ])
})

test('more files: copied, rendered, with a secret in them', async () => {
  const rendered = await renderIn({
    'zdt.yaml': group(
      'template: h.hbs, files: { /etc/a.http: { source: a }, /etc/b: { template: b.hbs }, /etc/c.pem: { source: a, secret: true }, /etc/d: { template: b.hbs, mode: "0640" } }',
    ),
    'h.hbs': 'global\n',
    a: 'as {{it}} is',
    'b.hbs': '{{secret "key"}}',
  })
  expect(rendered?.secrets).toEqual(['k3y'])
  expect(rendered?.files.slice(1)).toEqual([
    { path: '/etc/a.http', content: 'as {{it}} is', mode: '0644', closed: false, secret: false },
    { path: '/etc/b', content: 'k3y\n', mode: '0600', closed: true, secret: false },
    { path: '/etc/c.pem', content: 'as {{it}} is', mode: '0600', closed: true, secret: true },
    { path: '/etc/d', content: 'k3y\n', mode: '0640', closed: false, secret: false },
  ])
})

describe('is refused:', () => {
  test('an empty configuration', async () => {
    const error = await failureOf({ 'zdt.yaml': group('template: h.hbs'), 'h.hbs': '{{! nothing }}\n \n' })
    expect(error).toMatchObject({ code: 'template', message: expect.stringContaining('haproxy.cfg would be empty') })
  })

  test('a template and a source that are not there', async () => {
    expect(await failureOf({ 'zdt.yaml': group('template: h.hbs') })).toMatchObject({
      code: 'template',
      message: expect.stringMatching(/h\.hbs:1:1: cannot be read: ENOENT/),
    })
    const files = { 'zdt.yaml': group('template: h.hbs, files: { /a: { source: b } }'), 'h.hbs': 'x' }
    expect(await failureOf(files)).toMatchObject({ code: 'source-unreadable', exit: 'usage' })
  })

  test('a variable that no template reads, with the nearest', async () => {
    expect(await failureOf({ 'zdt.yaml': group('vars: { maxcon: 5 }') })).toMatchObject({
      code: 'unread-variable',
      message: expect.stringContaining('haproxy.edge.vars.maxcon: no template reads it'),
      suggestions: [expect.stringContaining('did you mean maxconn')],
    })
  })

  test('but not where templates take variables by names that they make', async () => {
    const files = { 'zdt.yaml': group('template: h.hbs, vars: { a: 1 }'), 'h.hbs': '{{#each vars}}{{@key}} {{/each}}' }
    expect((await renderIn(files))?.files[0]?.content).toBe('a rack size \n')
  })
})
