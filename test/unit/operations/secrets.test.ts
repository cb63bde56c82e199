import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseFleet } from '../../../src/fleet/load.ts'
import { secretsOf } from '../../../src/operations/secrets.ts'
import { directoryWith } from '../render/templates.ts'

const directory = await directoryWith({ 'key.pem': 'line 1\nline 2\n', empty: '\n', counted: '' })
const fleet = parseFleet(
  `hosts: {}
secrets:
  fromEnv: { env: STATS }
  notSet: { env: NOT_SET }
  file: { file: key.pem }
  empty: { file: empty }
  noFile: { file: nowhere }
  command: { command: [printf, '%s;', "a b", '$HOME'] }
  here: { command: [cat, key.pem] }
  fails: { command: [sh, -c, 'echo no such entry >&2; exit 3'] }
  slow: { command: [sleep, '60'], timeout: 100ms }
  missing: { command: [no-such-program-here] }
  counts: { command: [sh, -c, 'echo x >> counted; wc -l < counted'] }
`,
  join(directory, 'zdt.yaml'),
)
const secret = secretsOf(fleet, { ...process.env, STATS: 's3cret' })

test('from the environment, a file and a command, in the directory of zdt.yaml and by no shell', async () => {
  expect(await secret('fromEnv')).toBe('s3cret')
  expect(await secret('file')).toBe('line 1\nline 2')
  expect(await secret('command')).toBe('a b;$HOME;')
  expect(await secret('here')).toBe('line 1\nline 2')
})

test.each([
  ['notSet', 'the environment variable NOT_SET is not set', undefined],
  ['empty', 'it is empty', undefined],
  ['noFile', `${join(directory, 'nowhere')} cannot be read`, /ENOENT/],
  ['fails', 'sh ended with 3', /no such entry/],
  ['slow', 'sleep did not answer', /after/],
  ['missing', 'no-such-program-here ended with 127', /not found/],
])('one that cannot be had says why: %s', async (name, why, said) => {
  const error = await secret(name).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'secret-unavailable', exit: 'refused' })
  expect(error).toHaveProperty('message', `the secret ${name} cannot be had: ${why}`)
  if (said) expect(error).toHaveProperty('said', expect.stringMatching(said))
})

test('is fetched once', async () => {
  await writeFile(join(directory, 'counted'), '')
  expect(await Promise.all([secret('counts'), secret('counts')])).toEqual(['1', '1'])
})
