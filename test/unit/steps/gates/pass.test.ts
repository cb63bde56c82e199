import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { On } from '../../../../src/engine/step-kind.ts'
import { passGate } from '../../../../src/steps/gates/pass.ts'

const on = { host: { name: 'app1' }, signal: new AbortController().signal } as unknown as On

let directory = ''
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'zdt-gate-'))
})
afterEach(() => rm(directory, { recursive: true }))

/** Counts how often it is asked, and exits as the script says. */
const input = (script: string, watch = 1000) => ({
  gate: { name: 'smoke', timeout: 20_000, command: ['sh', '-c', `echo x >> asked; ${script}`] },
  watch,
  patience: 1000,
  directory,
})
const asked = async () => (await readFile(join(directory, 'asked'), 'utf8')).length / 2

test('passes only when it has been asked for long enough, and says what it said', async () => {
  const early = await passGate.look(input('echo fine'), on, 0)
  expect(early).toMatchObject({ done: false, awaiting: ['for 0 ms of 1.0 s now: gate smoke: sh exited with 0: fine'] })
  expect(await passGate.look(input('echo fine'), on, 1000)).toEqual({
    done: true,
    awaiting: [],
    came: 'gate smoke: sh exited with 0: fine',
  })
})

test('a failure is asked about once more; two in a row end it at once', async () => {
  expect(await passGate.look(input('test $(wc -l < asked) -gt 1'), on, 1000)).toMatchObject({ done: true })
  expect(await asked()).toBe(2)
  await expect(passGate.look(input('echo broken; exit 1'), on, 0)).rejects.toThrow(
    'gate smoke: sh exited with 1: broken',
  )
  expect(await asked()).toBe(4)
})

test('nothing to judge by is waited for, and is no pass when the time is over', async () => {
  const gate = { name: 'errors', timeout: 1000, promql: 'up', at: 'http://127.0.0.1:26', max: 1 }
  const silent = await passGate.look({ gate, watch: 1000, patience: 1000, directory }, on, 5000)
  expect(silent).toMatchObject({ done: false, awaiting: [expect.stringMatching(/^gate errors: http:.*26: /)] })
})

test('a dry run says what would be asked', () => {
  const gate = { name: 'errors', timeout: 1000, promql: 'sum(e) > 1', at: 'http://p:9090', max: 1 }
  expect(passGate.describe({ gate, watch: 60_000, patience: 0, directory }, 'app1' as never)).toEqual({
    title: 'gate errors passes for 1 m',
    commands: ["curl -G http://p:9090/api/v1/query --data-urlencode 'query=sum(e) > 1'"],
  })
})
