import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { perlOrPython } from '../../../../src/daemons/linux/perl-or-python.ts'

const [file = '', ...words] = perlOrPython(
  'zdt-test',
  {
    perl: 'use Time::HiRes "time"; my ($one, $two) = @ARGV; print "perl <$one> <$two> ", time > 1 ? "late" : "early", "\\n";',
    python: 'import sys\nprint("python <%s> <%s>" % tuple(sys.argv[1:]))',
  },
  ['a b', "-e'"],
)
let dir = ''

/** What is called so may be a script that needs more than itself. */
const whole = {
  perl: async () => (await execa('perl', ['-e', 'print $^X'])).stdout,
  python3: async () => (await execa('python3', ['-c', 'import sys; print(sys.executable)'])).stdout,
}

/** Ways of a host that has these programs alone. */
async function having(...programs: readonly (keyof typeof whole)[]): Promise<string> {
  const bin = join(dir, ['bin', ...programs].join('-'))
  await mkdir(bin)
  for (const program of programs) {
    await symlink(await whole[program](), join(bin, program))
  }
  return bin
}

const run = (PATH: string, more: NodeJS.ProcessEnv = {}) =>
  execa(`/bin/${file}`, words, { env: { PATH, ...more }, extendEnv: false, reject: false })

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'zdt-perl-'))
  // Stands for a perl that lacks its modules.
  await mkdir(join(dir, 'lib/Time'), { recursive: true })
  await writeFile(join(dir, 'lib/Time/HiRes.pm'), 'die "not here";')
  await chmod(dir, 0o755)
})
afterAll(async () => {
  await rm(dir, { recursive: true })
})

test('perl runs it, words as they are', async () => {
  expect(await run(await having('perl'))).toMatchObject({ exitCode: 0, stdout: `perl <a b> <-e'> late` })
})

test('python3 runs it where there is no perl, or none with its modules', async () => {
  expect((await run(await having('python3'))).stdout).toBe(`python <a b> <-e'>`)
  const both = await having('perl', 'python3')
  expect((await run(both, { PERL5LIB: join(dir, 'lib') })).stdout).toBe(`python <a b> <-e'>`)
})

test('127 and why, where the host has neither', async () => {
  const none = await run(await having())
  expect([none.exitCode, none.stderr]).toEqual([127, 'the host has neither perl nor python3'])
  const torn = await run(join(dir, 'bin-perl'), { PERL5LIB: join(dir, 'lib') })
  expect([torn.exitCode, torn.stderr]).toEqual([127, 'the host has neither a whole perl nor python3'])
})
