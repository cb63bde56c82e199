import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { changesBelow } from '../../../src/cli/changes.ts'

describe('changes below a directory', () => {
  let directory = ''
  let ended = new AbortController()
  beforeEach(async () => {
    ended = new AbortController()
    directory = await mkdtemp(join(tmpdir(), 'zdt-changes-'))
    await mkdir(join(directory, 'templates'))
    await writeFile(join(directory, 'templates', 'edge.hbs'), 'first')
  })
  afterEach(() => rm(directory, { recursive: true }))

  test('a file put in the place of another, again and again, is seen each time', async () => {
    const changes = changesBelow(directory, ended.signal)
    await changes.next()
    for (const text of ['second', 'third', 'fourth', 'fifth']) {
      const file = join(directory, 'templates', 'edge.hbs')
      await writeFile(`${file}.new`, text)
      await rename(`${file}.new`, file)
      expect(await changes.next()).toEqual({ done: false, value: undefined })
    }
    await changes.return(undefined)
  })

  test('what changes while the last change is dealt with comes next', async () => {
    const changes = changesBelow(directory, ended.signal)
    await changes.next()
    await writeFile(join(directory, 'zdt.yaml'), 'one')
    await changes.next()
    await writeFile(join(directory, 'zdt.yaml'), 'another')
    await changes.next()
    await changes.return(undefined)
  })

  test('ends when it is told to, while nothing changes', async () => {
    const changes = changesBelow(directory, ended.signal)
    await changes.next()
    const next = changes.next()
    ended.abort()
    expect(await next).toEqual({ done: true, value: undefined })
  })
})
