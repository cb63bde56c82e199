import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openJournal } from '../../../src/engine/journal.ts'
import type { Ended } from '../../../src/engine/outcome.ts'
import { plan } from '../../../src/engine/plan.ts'
import type { Fleet } from '../../../src/fleet/fleet.ts'
import type { Hosts } from '../../../src/hosts/host.ts'
import { notAtWork } from '../../../src/operations/not-at-work.ts'

const home = mkdtempSync(join(tmpdir(), 'zdt-words-'))
beforeAll(() => vi.stubEnv('XDG_STATE_HOME', home))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const empty = { hosts: new Map() } as unknown as Fleet
const none: Hosts = { on: () => Promise.reject(new Error('no host')), closeAll: () => Promise.resolve() }

test.each<readonly [Ended | undefined, string, readonly string[]]>([
  ['done', 'it is done', ['zdt rollback']],
  ['paused', 'it is paused', ['zdt resume', 'zdt rollback']],
  ['put-back', 'it was put back', ['zdt runs']],
  [undefined, 'its zdt was killed', ['zdt resume', 'zdt rollback']],
])('a word for a run that ended as %s is refused, and says what to type', async (ended, why, commands) => {
  const made = plan('drain app2', 'f00d', [])
  const journal = await openJournal(made.id, () => undefined)
  await journal.record({ event: 'run', plan: made, operator: 'x', pid: 1 })
  if (ended) await journal.record({ event: 'end', ended, left: [] })
  await journal.close()
  const error = await notAtWork(empty, none, made.id)
  expect(error).toMatchObject({ exit: 'refused', code: 'not-at-work' })
  expect(error.message).toContain(`run ${made.id} is not at work: ${why}`)
  expect(error.suggestions).toEqual(
    commands.map((command) => (command === 'zdt runs' ? command : `${command} ${made.id}`)),
  )
})

test('a run that nobody knows is wrong usage', async () => {
  await expect(notAtWork(empty, none, plan('x', 'f00d', []).id)).rejects.toMatchObject({ code: 'unknown-run' })
})
