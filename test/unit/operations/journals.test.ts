import { Buffer } from 'node:buffer'
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Hosts } from '../../../src/hosts/host.ts'
import type { HostName } from '../../../src/lib/types.ts'
import { knownJournals } from '../../../src/operations/journals.ts'

let home = ''

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'zdt-journals-'))
  vi.stubEnv('XDG_STATE_HOME', home)
  await mkdir(join(home, 'zdt/runs'), { recursive: true })
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(home, { recursive: true })
})

const textOf = (events: readonly string[]) => events.map((event, at) => `${JSON.stringify({ at, event })}\n`).join('')
const here = (run: string, ...events: string[]) => writeFile(join(home, `zdt/runs/${run}.ndjson`), textOf(events))

/** What hosts were asked with, on stdin. */
let asked: string[] = []

/** Hosts that send these journals; null: cannot be asked. */
function sending(
  kept: Readonly<Record<string, readonly (readonly [run: string, ...events: string[]])[] | null>>,
): Hosts {
  const host = (name: string) => ({
    name,
    run: (_argv: unknown, { input }: { input: Buffer }) => {
      asked.push(input.toString())
      const parts = (kept[name] ?? []).map(([run, ...events]) => {
        const text = textOf(events)
        return `run ${run}.ndjson ${Buffer.byteLength(text)} ${Buffer.byteLength(text)}\n${text}\n`
      })
      return Promise.resolve({ code: 0, stdout: Buffer.from(parts.join('')), stderr: Buffer.alloc(0) })
    },
  })
  const on = (name: string) => (kept[name] === null ? Promise.reject(new Error('away')) : Promise.resolve(host(name)))
  return { on } as unknown as Hosts
}

test('one journal of all copies: what only hosts tell is news; those that are here need not be sent', async () => {
  asked = []
  await here('AAAAAA', 'run', 'end')
  const hosts = sending({
    lb1: [
      ['AAAAAA', 'run', 'end', 'adopted'],
      ['BBBBBB', 'run'],
    ],
    lb2: [['BBBBBB', 'run', 'end']],
    lb3: null,
  })
  const { journals, unseen } = await knownJournals({ hosts, names: ['lb1', 'lb2', 'lb3'] as HostName[] })
  const told = journals.map(({ run, events, news, here: isHere }) => [
    run,
    isHere,
    events.length,
    news.map(({ event }) => event),
  ])
  expect(told).toEqual([
    ['AAAAAA', true, 3, ['adopted']],
    ['BBBBBB', false, 2, ['run', 'end']],
  ])
  expect(unseen).toEqual([{ host: 'lb3', why: 'away' }])
  const bytes = Buffer.byteLength(textOf(['run', 'end']))
  expect(asked).toEqual([`AAAAAA.ndjson ${bytes}\n`, `AAAAAA.ndjson ${bytes}\n`])
})

test('without hosts it is what is here; a journal that cannot be read, or of no run’s name, is none', async () => {
  await here('AAAAAA', 'run')
  await here('lower')
  await mkdir(join(home, 'zdt/runs/DDDDDD.ndjson'))
  expect((await knownJournals()).journals.map(({ run }) => run)).toEqual(['AAAAAA'])
  expect((await knownJournals(undefined, -60_000)).journals).toEqual([])
})
