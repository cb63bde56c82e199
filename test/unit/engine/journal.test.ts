import { appendFile, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Event } from '../../../src/engine/events.ts'
import { openJournal, refuseIfFull } from '../../../src/engine/journal.ts'
import { eventsIn, listRuns, readJournal, runsDirectory } from '../../../src/engine/read-journal.ts'
import type { RunId } from '../../../src/lib/types.ts'

const id = '7K2Q9X' as RunId
let home = ''
let directory = ''

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'zdt-journal-'))
  directory = join(home, 'zdt', 'runs')
})

afterEach(async () => {
  await rm(home, { recursive: true })
})

test('an event is on disk before anybody is told of it', async () => {
  const seen: { told: Event; kept: string }[] = []
  const reads: Promise<void>[] = []
  const journal = await openJournal(
    id,
    (told) => {
      reads.push(readFile(join(directory, `${id}.ndjson`), 'utf8').then((kept) => void seen.push({ told, kept })))
    },
    directory,
  )
  await journal.record({ event: 'applying', step: '1.lb1' })
  await Promise.all(reads)
  await journal.close()
  expect(seen).toHaveLength(1)
  expect(seen[0]?.kept).toBe(`${JSON.stringify(seen[0]?.told)}\n`)
})

test('no room for its first line, which no statfs tells of a quota: refused, as nothing was begun', async () => {
  await mkdir(directory, { recursive: true })
  await symlink('/dev/full', join(directory, `${id}.ndjson`))
  const journal = await openJournal(id, () => undefined, directory, 'append')
  await expect(journal.record({ event: 'stage', number: 1 })).rejects.toMatchObject({
    code: 'journal-refused',
    exit: 'refused',
  })
  await journal.close()
})

test('where another zdt of this machine has written since nothing is written over it', async () => {
  const frozen = await openJournal(id, () => undefined, directory)
  await frozen.record({ event: 'stage', number: 1 })
  expect(await frozen.takenOver()).toBeUndefined()
  const other = await openJournal(id, () => undefined, directory, 'append')
  await other.record({ event: 'end', ended: 'put-back', left: [] })
  await other.close()
  await expect(frozen.record({ event: 'end', ended: 'paused', left: [] })).rejects.toMatchObject({ code: 'taken-over' })
  expect(await frozen.takenOver()).toMatchObject({ suggestions: [`zdt runs show ${id}   # what became of it`] })
  await frozen.close()
  expect((await readJournal(id, directory)).at(-1)).toMatchObject({ ended: 'put-back' })
})

test('one that was taken away is nobody else’s', async () => {
  const journal = await openJournal(id, () => undefined, directory)
  await journal.record({ event: 'stage', number: 1 })
  await rm(join(directory, `${id}.ndjson`))
  expect(await journal.takenOver()).toBeUndefined()
  await journal.record({ event: 'stage', number: 2 })
  await journal.close()
})

test('it is for its owner only', async () => {
  await (await openJournal(id, () => undefined, directory)).close()
  expect((await stat(join(directory, `${id}.ndjson`))).mode & 0o777).toBe(0o600)
  expect((await stat(directory)).mode & 0o777).toBe(0o700)
})

test('steps that run side by side never write half a line; looks of a wait are told, not kept', async () => {
  const told: string[] = []
  const journal = await openJournal(id, ({ event }) => told.push(event), directory)
  const steps = Array.from({ length: 50 }, (_, index) => `1.host${index}`)
  await Promise.all(steps.map((step) => journal.record({ event: 'applying', step })))
  await journal.record({ event: 'waiting', step: '2.lb1', awaiting: [], timeout: 1 })
  await journal.close()
  const kept = await readJournal(id, directory)
  expect(kept.map((event) => 'step' in event && event.step)).toEqual(steps)
  expect(told.at(-1)).toBe('waiting')
})

test('a line that was cut short by a crash is left out', async () => {
  const journal = await openJournal(id, () => undefined, directory)
  await journal.record({ event: 'stage', number: 1 })
  await journal.close()
  await appendFile(join(directory, `${id}.ndjson`), '{"at":1,"event":"app')
  expect(await readJournal(id, directory)).toMatchObject([{ event: 'stage', number: 1 }])
})

test('another process goes on in the same journal, past a line that was cut short in the middle', async () => {
  const first = await openJournal(id, () => undefined, directory)
  await first.record({ event: 'stage', number: 1 })
  await first.close()
  await appendFile(join(directory, `${id}.ndjson`), '{"at":1,"event":"app')
  for (const number of [2, 3]) {
    const later = await openJournal(id, () => undefined, directory, 'append')
    await later.record({ event: 'stage', number })
    await later.close()
  }
  expect((await readJournal(id, directory)).map((event) => 'number' in event && event.number)).toEqual([1, 2, 3])
  expect(await readFile(join(directory, `${id}.ndjson`), 'utf8')).not.toContain('\n\n')
})

test('what is no event is left out: zeros of a crash, a stray number, half a line', () => {
  expect(eventsIn('\0\0\0\n7\nnull\n{"at":1}\n{"at":1,"event":"stage","number":1}\n{"at"')).toEqual([
    { at: 1, event: 'stage', number: 1 },
  ])
})

test('a run that this machine has no journal of cannot be gone on with', async () => {
  await expect(openJournal(id, () => undefined, directory, 'append')).rejects.toMatchObject({ code: 'unknown-run' })
})

test('less than 1 MiB of free space is refused before anything is touched', () => {
  expect(() => refuseIfFull({ bavail: 255, bsize: 4096 })).toThrow('only 1020 KiB are free there')
  expect(() => refuseIfFull({ bavail: 256, bsize: 4096 })).not.toThrow()
})

test('a second run of the same name is refused, and the first journal is as it was', async () => {
  const journal = await openJournal(id, () => undefined, directory)
  await journal.record({ event: 'stage', number: 1 })
  await expect(openJournal(id, () => undefined, directory)).rejects.toMatchObject({
    code: 'journal-refused',
    exit: 'refused',
  })
  await journal.close()
  expect(await readJournal(id, directory)).toHaveLength(1)
})

test('where no journal can be kept nothing is begun, and the system says why', async () => {
  await mkdir(join(home, 'zdt'))
  await writeFile(directory, 'a file where the directory should be')
  await expect(openJournal(id, () => undefined, directory)).rejects.toMatchObject({
    exit: 'refused',
    said: expect.stringMatching(/EEXIST|ENOTDIR/) as string,
  })
})

test('runs are listed, and only they; a name is read in either case, and never leaves the directory', async () => {
  await (await openJournal(id, () => undefined, directory)).close()
  await writeFile(join(directory, 'notes.txt'), '')
  await writeFile(join(home, 'zdt', 'OTHER.ndjson'), '{}\n')
  expect(await listRuns({ directory })).toEqual([id])
  expect(await listRuns({ directory, since: Date.now() - 60_000 })).toEqual([id])
  expect(await listRuns({ directory, since: Date.now() + 60_000 })).toEqual([])
  expect(await listRuns({ directory: join(home, 'nowhere') })).toEqual([])
  expect(await readJournal('7k2q9x', directory)).toEqual([])
  await expect(readJournal('../OTHER', directory)).rejects.toMatchObject({ code: 'unknown-run', exit: 'usage' })
})

test('it lies in the state directory', () => {
  expect(runsDirectory({ XDG_STATE_HOME: '/state' })).toBe('/state/zdt/runs')
  expect(runsDirectory({ XDG_STATE_HOME: '' })).toMatch(/\/\.local\/state\/zdt\/runs$/)
})

test('whoever cannot be told stops nobody else: what comes after it is written and told', async () => {
  const journal = await openJournal(
    id,
    (event) => {
      if (event.event === 'stage') throw new Error('no screen')
    },
    directory,
  )
  const records = [journal.record({ event: 'stage', number: 1 }), journal.record({ event: 'applying', step: '1.lb1' })]
  await expect(records[0]).rejects.toThrow('no screen')
  await expect(records[1]).resolves.toBeUndefined()
  await journal.record({ event: 'applying', step: '2.lb1' })
  await journal.close()
  expect((await readJournal(id, directory)).map(({ event }) => event)).toEqual(['stage', 'applying', 'applying'])
})
