import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageDir } from '../../../src/lab/paths.ts'

/** Runs bin/run.js in a Node that says it is another version. */
async function runOn(version: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const lie = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`
  const argv = [
    '--import',
    `data:text/javascript,${encodeURIComponent(lie)}`,
    join(packageDir, 'bin/run.js'),
    '--version',
  ]
  return await new Promise((resolve) => {
    execFile(process.execPath, argv, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr })
    })
  })
}

test.each(['18.20.4', '20.20.2', '22.21.9', '22.22.1', '23.11.0', '24.14.9', '25.9.0'])(
  'Node %s is told in one line that it does not fit',
  async (version) => {
    const { code, stdout, stderr } = await runOn(version)
    expect(stderr).toBe(`zdt needs Node 22.22.2, 24.15, 26 or newer; this is ${version}\n`)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  },
)

test.each(['22.22.2', '22.30.0', '24.15.0', '26.0.0', '27.1.0'])('Node %s fits', async (version) => {
  expect(await runOn(version)).toMatchObject({ code: 0, stderr: '' })
})

test.each(['/proc/none', '/dev/null'])('a cache that cannot be, such as in %s, is done without', async (cache) => {
  const env = { ...process.env, XDG_CACHE_HOME: cache }
  const code = await new Promise((resolve) => {
    const argv = [join(packageDir, 'bin/run.js'), '--version']
    execFile(process.execPath, argv, { env, timeout: 30_000 }, (error) => resolve(error))
  })
  expect(code).toBeNull()
})

test('package.json asks for the same', () => {
  const { engines } = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8')) as {
    engines: { node: string }
  }
  expect(engines.node).toBe('^22.22.2 || ^24.15.0 || >=26')
})

test('a bug is told with its place in the source', async () => {
  const bug = `Array.prototype.toSorted = () => { throw new TypeError('toSorted is broken') }`
  const argv = ['--import', `data:text/javascript,${encodeURIComponent(bug)}`, join(packageDir, 'bin/run.js'), 'runs']
  const env = { ...process.env, XDG_STATE_HOME: '/nowhere' }
  const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
    execFile(process.execPath, argv, { env }, (error, _stdout, stderr) => resolve({ code: error?.code, stderr }))
  })
  expect(stderr).toContain('a bug in zdt: toSorted is broken')
  expect(stderr).toMatch(/at \w+ \(file:\/\/\S+\/src\/operations\/(?:all-runs|journals)\.ts:\d+:\d+\)/)
  expect(code).toBe(1)
})

test('a reader that has gone is nothing to warn of', async () => {
  const argv = ['-c', '"$0" "$1" --help | true', process.execPath, join(packageDir, 'bin/run.js')]
  const stderr = await new Promise<string>((resolve) => {
    execFile('sh', argv, (_error, _stdout, stderr) => resolve(stderr))
  })
  expect(stderr).toBe('')
})
