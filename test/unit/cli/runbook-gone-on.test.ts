import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { refuseGoneOn } from '../../../src/cli/runbook/go-on.ts'
import { openJournal } from '../../../src/engine/journal.ts'
import { plan } from '../../../src/engine/plan.ts'
import { readJournal } from '../../../src/engine/read-journal.ts'

let home = ''
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'zdt-gone-on-'))
  vi.stubEnv('XDG_STATE_HOME', home)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(home, { recursive: true })
})

test('a runbook that another process has gone on with while this one asked is left to that one', async () => {
  const book = plan('rolling-deploy', 'f00d', [])
  const journal = await openJournal(book.id, () => undefined)
  await journal.record({ event: 'run', plan: book, operator: 'oncall@ops1', pid: 1 })
  const shown = await readJournal(book.id)
  await expect(refuseGoneOn(book.id, shown)).resolves.toBeUndefined()
  await journal.record({ event: 'resumed', operator: 'oncall@ops1', pid: 2 })
  await expect(refuseGoneOn(book.id, shown)).rejects.toMatchObject({ code: 'gone-on', exit: 'locked' })
  await journal.close()
})
