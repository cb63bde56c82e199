import { Buffer } from 'node:buffer'
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { catchUp } from '../../../src/cli/catch-up.ts'
import type { Hosts } from '../../../src/hosts/host.ts'
import type { HostName, RunId } from '../../../src/lib/types.ts'

const id = '7K2Q9X' as RunId
const claims = (['lb1', 'lb2'] as HostName[]).map((host) => ({ host, scopes: ['host' as const] }))
let home = ''

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'zdt-catch-up-'))
  vi.stubEnv('XDG_STATE_HOME', home)
  await mkdir(join(home, 'zdt/runs'), { recursive: true })
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(home, { recursive: true })
})

/** The journal here: one step on each load balancer, of which these came about. */
async function ran(...came: readonly [event: string, step: string][]): Promise<string> {
  const steps = claims.map(({ host }) => ({ id: `1.${host}`, kind: 'haproxy.set-server-state', host, input: {} }))
  const plan = { id, title: 'drain app2', fleet: '', stages: [{ number: 1, title: 'x', steps }] }
  const begun = { at: 1, event: 'run', plan, operator: 'oncall@ops2', pid: 1, fleet: 'prod' }
  const lines = [begun, ...came.map(([event, step], index) => ({ at: 2 + index, event, step, took: 1 }))]
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
  await writeFile(join(home, `zdt/runs/${id}.ndjson`), text)
  return text
}

/** Hosts that keep this of the run; null: cannot be asked. */
function keeping(kept: Readonly<Record<string, string | null>>): Hosts {
  const host = (name: string) => ({
    name,
    run: () => {
      const text = kept[name] ?? ''
      const head = text === '' ? '' : `run ${id}.ndjson ${Buffer.byteLength(text)} ${Buffer.byteLength(text)}\n`
      return Promise.resolve({ code: 0, stdout: Buffer.from(`${head}${text}\n`), stderr: Buffer.alloc(0) })
    },
  })
  const on = (name: string) => (kept[name] === null ? Promise.reject(new Error('away')) : Promise.resolve(host(name)))
  return { on } as unknown as Hosts
}

const done: [string, string][] = claims.flatMap(({ host }) => [
  ['applying', `1.${host}`],
  ['verified', `1.${host}`],
])

test('hosts of these names that know nothing of the run are others: it is not taken up there', async () => {
  await ran(...done)
  await expect(catchUp(id, keeping({}), claims)).rejects.toMatchObject({
    code: 'strange-hosts',
    message: 'lb1, lb2 know nothing of run 7K2Q9X, which has changed hosts of these names',
    suggestions: [expect.stringContaining('begun with, prod'), 'zdt runs show 7K2Q9X   # what it did'],
  })
})

test('one that knows of it is enough, and so is one that cannot be asked', async () => {
  const text = await ran(...done)
  await expect(catchUp(id, keeping({ lb1: text }), claims)).resolves.toBeUndefined()
  await expect(catchUp(id, keeping({ lb1: null }), claims)).resolves.toBeUndefined()
})

test('a change that was announced, and that no host may have heard of, says nothing', async () => {
  await ran(['applying', '1.lb1'])
  await expect(catchUp(id, keeping({}), claims)).resolves.toBeUndefined()
})
