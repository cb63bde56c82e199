import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Shop } from '../support/shop.ts'
import { deep } from '../support/wide.ts'

/** Verbs one after the other, with hooks and approvals between them. */
export function runbookTests(shop: Shop): void {
  describe('a runbook', () => {
    let directory = ''
    const file = (name: string) => join(directory, name)
    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'zdt-runbook-'))
    })
    afterAll(() => rm(directory, { recursive: true, force: true }))

    const write = (name: string, text: string) => writeFile(file(name), text)
    const runIn = (text: string) => /zdt (?:resume|rollback) (\w{6})/.exec(text)?.[1] ?? ''
    const said = (text: string) => text.replaceAll(/\s+/g, ' ')

    test('an approval pauses it unattended, whoever resumes it has said yes, and all of it is taken back', async () => {
      const before = await shop.settings()
      await write(
        'turn.yaml',
        `title: take {{vars.server}} out and in
vars: { server: }
before_each: [sh, -c, 'echo "$ZDT_HOOK $ZDT_STEP $ZDT_HOSTS $ZDT_RUN $ZDT_STEP_RUN" >> ${file('hooks')}']
steps:
  - zdt: [drain, '{{vars.server}}']
  - approve: May {{vars.server}} come back?
  - zdt: [ready, '{{vars.server}}']
`,
      )
      const paused = await shop.zdt('run', file('turn.yaml'), '--var', 'server=app2', '--yes')
      expect(paused.code, paused.stderr).toBe(5)
      expect(said(paused.stdout)).toContain('waits for a yes: May app2 come back?')
      expect(await shop.states('shop/app2')).toEqual(['DRAIN', 'DRAIN'])
      const run = runIn(paused.stdout)
      const resumed = await shop.zdt('resume', run, '--yes')
      expect(resumed.code, resumed.stderr).toBe(0)
      expect(await shop.states('shop/app2')).toEqual(['UP', 'UP'])
      expect(await readFile(file('hooks'), 'utf8')).toMatch(
        new RegExp(`^before 1 lb1 lb2 ${run} \\w{6}\nbefore 3 lb1 lb2 ${run} \\w{6}\n$`),
      )
      expect(await shop.zdt('resume', run, '--yes')).toMatchObject({ code: 3 })
      expect((await shop.zdt('rollback', run, '--yes')).code).toBe(0)
      expect(await shop.settings()).toBe(before)
      expect((await shop.zdt('runs')).stdout).not.toContain('half done')
    })

    deep('what is wrong in its last step is said before its first is run', async () => {
      const before = await shop.settings()
      const wrong: readonly (readonly [step: string, says: RegExp])[] = [
        ['[drain, app9]', /step 2 \(drain app9\): no server "app9".*did you mean app1/],
        ['[drian, app1]', /step 2 .*has no verb drian.*did you mean drain/],
        ['[drain, app1, --tmieout, 5s]', /step 2 .*has no --tmieout.*did you mean --timeout/],
        ['[status]', /step 2 .*is no step of a runbook.*the verbs are apply/],
        ['[import, lb1]', /step 2 .*is no step of a runbook/],
        ['[rollback, ABCDEF]', /step 2 .*is no step of a runbook/],
        ['[drain, app1]\n    before: [./none]', /step 2 .*the hook \.\/none is no program/],
        ['[drain, app1, --yes]', /step 2 .*is said for the whole runbook/],
        [`[drain, '{{vars.sever}}']`, /no variable sever.*did you mean server/],
      ]
      for (const [step, says] of wrong) {
        await write('wrong.yaml', `vars: { server: app2 }\nsteps:\n  - zdt: [drain, app2]\n  - zdt: ${step}\n`)
        const { code, stderr } = await shop.zdt('run', file('wrong.yaml'), '--yes')
        expect(said(stderr)).toMatch(says)
        expect(code).toBe(2)
      }
      expect(await shop.settings()).toBe(before)
    })

    deep('a hook that says no stops it: what is done stays, and is taken back by a rollback', async () => {
      const before = await shop.settings()
      await write(
        'more.yaml',
        `vars: { weight: }\nsteps:\n  - zdt: [weight, app3, '{{vars.weight}}']\n    before: [./no]\n`,
      )
      await write(
        'stops.yaml',
        `steps:\n  - zdt: [weight, '{{vars.each}}', '40%']\n    each: app1, app2\n  - include: more.yaml\n    vars: { weight: 30% }\n`,
      )
      await writeFile(file('no'), '#!/bin/sh\necho not today >&2; exit 9\n', { mode: 0o755 })
      const stopped = await shop.zdt('run', file('stops.yaml'), '--yes')
      expect(stopped.code).toBe(5)
      expect(said(stopped.stdout)).toMatch(/stopped at step 3 of 3.*\.\/no, before, ended with 9.*not today/)
      expect(said((await shop.zdt('status', 'shop')).stdout)).toMatch(/up 40 up 40 up 100/)
      const run = runIn(stopped.stdout)
      expect((await shop.zdt('rollback', run, '--yes')).code).toBe(0)
      expect(await shop.settings()).toBe(before)
    })

    deep.each(['resume', 'rollback'])('killed in the middle of a step, then %s', async (way) => {
      const before = await shop.settings()
      await write(
        'long.yaml',
        `steps:\n  - zdt: [weight, app3, '50%']\n  - zdt: [drain, app2]\n  - zdt: [ready, app2]\n`,
      )
      const client = await shop.client('websocket', 'http://10.77.0.100/shop/live')
      const zdt = await shop.start('run', file('long.yaml'), '--yes')
      await zdt.said(/websocket/)
      zdt.signal('SIGKILL')
      await zdt.ended
      expect(await shop.states('shop/app2')).toEqual(['DRAIN', 'DRAIN'])
      const { stdout } = await shop.zdt('runs')
      const run = /^(\w{6}) .*runbook long/m.exec(stdout)?.[1] ?? ''
      expect(stdout).toContain(`${run} is half done`)
      const other = await shop.zdt('drain', 'app1', '--yes')
      expect(said(other.stderr)).toContain(`${run} (runbook long) has left`)
      await shop.zdt('ready', 'app1', '--yes')
      client.signal('SIGTERM')
      const taken = await shop.zdt(way, run, '--yes')
      expect(taken.code, taken.stderr).toBe(0)
      expect(await shop.states('shop/app2')).toEqual(['UP', 'UP'])
      if (way === 'resume') {
        expect(said((await shop.zdt('status', 'shop')).stdout)).toMatch(/up 100 up 100 up 50/)
        expect((await shop.zdt('rollback', run, '--yes')).code).toBe(0)
      }
      expect(await shop.settings()).toBe(before)
      expect((await shop.zdt('runs')).stdout).not.toContain('half done')
    })
  })
}
