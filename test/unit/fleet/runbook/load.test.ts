import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadRunbook } from '../../../../src/fleet/runbook/load.ts'
import { runbookNamed, shippedRunbooks } from '../../../../src/fleet/shipped-runbooks.ts'

let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'zdt-book-'))
})
afterEach(() => rm(dir, { recursive: true }))

async function load(files: Readonly<Record<string, string>>, vars: Readonly<Record<string, string>> = {}) {
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text)
  return loadRunbook(join(dir, 'a.yaml'), new Map(Object.entries(vars)))
}
const failure = async (files: Readonly<Record<string, string>>, vars = {}) => {
  const thrown = await load(files, vars).catch((error: unknown) => error)
  return (thrown as Error).message.replaceAll(`${dir}/`, '')
}

test('variables, hooks, what is included, and one step for each word', async () => {
  const { title, steps } = await load(
    {
      'a.yaml': `vars: { pool: shop, to: }
after_each: [./log, '{{vars.to}}']
hook_timeout: 5s
steps:
  - zdt: [rollout, '{{ vars.pool }}', --to, '{{vars.to}}']
    name: bring {{vars.pool}} to {{vars.to}}
    after: [./smoke]
  - approve: Go on?
  - include: b.yaml
    vars: { server: 'app{{vars.to}}' }
`,
      'b.yaml': `vars: { server: }\nsteps:\n  - zdt: [drain, '{{vars.each}}']\n    each: '{{vars.server}}, app9'\n`,
    },
    { to: '2' },
  )
  expect(title).toBe('a')
  const hook = (...argv: string[]) => ({ argv, directory: dir, timeout: 5000 })
  expect(steps).toEqual([
    {
      name: 'bring shop to 2',
      zdt: ['rollout', 'shop', '--to', '2'],
      before: [],
      after: [hook('./smoke'), hook('./log', '2')],
    },
    { name: 'Go on?', approve: 'Go on?', before: [], after: [] },
    { name: 'drain app2', zdt: ['drain', 'app2'], before: [], after: [hook('./log', '2')] },
    { name: 'drain app9', zdt: ['drain', 'app9'], before: [], after: [hook('./log', '2')] },
  ])
})

test.each([
  ['steps: []\n', 'a.yaml:1:8 steps: is empty, expected steps'],
  ['steps:\n  - name: x\n', 'a.yaml:2:5 steps[0]: has none, expected one of zdt, approve, include'],
  [
    'steps:\n  - { zdt: [drain], approve: y }\n',
    'a.yaml:2:5 steps[0]: has zdt and approve, expected one of zdt, approve, include',
  ],
  [
    'steps:\n  - zdt: drain app2\n',
    'a.yaml:2:10 steps[0].zdt: is "drain app2", expected a list of words, such as [drain, app2]',
  ],
  [
    'steps:\n  - zdt: [weight, app2, 50]\n',
    'a.yaml:2:25 steps[0].zdt[2]: is the number 50, expected text, a number in quotes',
  ],
  ['steps:\n  - { approve: y, befor: [x] }\n', 'a.yaml:2:19 steps[0].befor: is not known, expected before'],
  ['steps:\n  - { approve: y, before: [x] }\n', 'a.yaml:2:19 steps[0].before: is for a step with zdt alone'],
  ['steps:\n  - include: a.yaml\n', 'a.yaml: includes itself, by a.yaml'],
  ['vars: { a: }\nsteps: [{ approve: y }]\n', 'a.yaml: a must be given'],
  ['steps: [{ approve: "{{vars.a}}" }]\n', 'a.yaml: step 1: no variable a'],
  ['steps: [{ approve: "{{vars.a" }]\n', 'a.yaml: step 1: {{ stands alone in {{vars.a'],
  ['steps: [{ approve: "{{#if a}}" }]\n', 'a.yaml: step 1: {{#if a}} is no variable'],
  ['steps: [{ zdt: [drain, "{{vars.each}}"], each: "a,,b" }]\n', 'a.yaml: step 1: each has an empty word'],
])('is refused: %s', async (text, message) => {
  expect(await failure({ 'a.yaml': text })).toBe(message)
})

test('a variable that it does not have', async () => {
  expect(await failure({ 'a.yaml': 'vars: { pool: x }\nsteps: [{ approve: y }]\n' }, { pol: 'y' })).toBe(
    'a.yaml: no variable pol',
  )
})

test('those that zdt brings along can all be read, with the variables that they name', async () => {
  const shipped = await shippedRunbooks()
  const files = await readdir(new URL('../../../../templates/runbooks', import.meta.url))
  expect(shipped.map(({ name }) => `${name}.yaml`)).toEqual(files.toSorted())
  for (const { name, vars } of shipped) {
    const given = Object.entries(vars).map(([key, value]) => [key, value ?? 'x'] as const)
    const { steps } = await loadRunbook(await runbookNamed(name), new Map(given))
    expect(steps.length).toBeGreaterThan(0)
  }
})
