import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { hasEndedHere, ownProcess } from '../../../../src/hosts/lease/own-process.ts'

test('a process that lives has not ended; one whose pid has another by now has', async () => {
  const own = await ownProcess()
  expect(await hasEndedHere(own)).toBe(false)
  expect(await hasEndedHere(own.replace(/\d+$/, '1'))).toBe(true)
})

test('a process that was killed has ended', async () => {
  const file = JSON.stringify(new URL('../../../../src/hosts/lease/own-process.ts', import.meta.url).href)
  const script = `process.stdout.write(await (await import(${file})).ownProcess()); setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', script])
  const [named] = (await once(child.stdout, 'data')) as [Buffer]
  expect(await hasEndedHere(named.toString())).toBe(false)
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(await hasEndedHere(named.toString())).toBe(true)
})

test.each(['', 'ops2', 'elsewhere 1234 pid:[1] 77 88', 'a unknown unknown 1 unknown'])(
  'of %j nothing is known here',
  async (named) => {
    expect(await hasEndedHere(named)).toBe(false)
  },
)
