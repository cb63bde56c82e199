import { afterEach, expect, test } from 'vitest'
import { useApplying } from './applying.ts'
import type { Lab } from './lab.ts'
import { deep } from './wide.ts'

const app3 = /(backend shop\n[\s\S]*?) +server app3 .*\n/

/** The tests of a colour whose servers come while the other serves, the same for every version of HAProxy. */
export function colourTests(lab: Lab): void {
  const hands = useApplying(lab)
  const { fleet, balancers, apply, underLoad, edit, statuses, workers } = hands
  const { files } = fleet
  const colours =
    '      strategy: blue-green\n      blue_green: { colours: { blue: [app1, app2], green: [app3] }, keep_old: 1s }\n'
  const served = () => Promise.all(balancers.map(async (lb) => (await lb.stat('shop/app3'))['stot']))
  const rollout = async (to: string) => {
    const words = ['rollout', 'shop', '--to', to, '--settle', '500ms', '--min-healthy', '1s', '--yes']
    const ended = await underLoad(() => fleet.zdt(...words))
    expect(ended.code, ended.stderr).toBe(0)
  }

  /** It serves by now: the run that brought it is not taken back under it. */
  const serverIsWanted = async (run: string) => {
    const { code, stderr } = await fleet.zdt('rollback', run, '--yes')
    expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(/app3.*: changed again since .* by run/)
    expect(code).toBe(3)
    expect(await statuses('shop/app3')).toEqual(['UP', 'UP'])
  }

  /** Green has a server from now on: until then app3 is nowhere. */
  const greenComes = async (change: (haproxy: string) => string) => {
    await fleet.edit('zdt.yaml', (text) => text.replace(/, app3: 10\.77\.0\.23:8080/, ''))
    let line = ''
    await edit(files.haproxy, (text) => {
      line = / +server app3 .*\n/.exec(app3.exec(text)?.[0] ?? '')?.[0] ?? ''
      return text.replace(app3, '$1')
    })
    const gone = await apply('--accept-drift')
    expect(gone.code, gone.stderr).toBe(0)
    await fleet.edit('zdt.yaml', (text) =>
      text
        .replace('app2: 10.77.0.22:8080', 'app2: 10.77.0.22:8080, app3: 10.77.0.23:8080')
        .replace(/^ {4}rollout:\n/m, `$&${colours}`),
    )
    await fleet.edit(files.haproxy, (text) =>
      change(text.replace(/(backend shop\n[\s\S]*?server app2 .*\n)/, (all) => `${all}${line}`)),
    )
    const before = await workers()
    // Nobody is sent there, or it would be seen.
    await fleet.root('app3', 'systemctl stop shop')
    const first = await rests()
    // Taken back, it is nowhere again.
    const back = await underLoad(() => fleet.zdt('rollback', first.run, '--yes'))
    expect(back.code, back.stderr).toBe(0)
    for (const lb of balancers) await expect(lb.stat('shop/app3')).rejects.toThrow('has no shop/app3')
    return { ...(await rests()), before }
  }

  /** An apply, by which green comes. */
  const rests = async () => {
    const { code, stdout, stderr } = await underLoad(() => apply())
    expect(code, stderr).toBe(0)
    expect(await statuses('shop/app3')).toEqual(['MAINT', 'MAINT'])
    expect(await served()).toEqual(['0', '0'])
    const said = `${stdout}${stderr}`.replaceAll(/\s+/g, ' ')
    return { said, run: /run (\w+) apply by/.exec(said)?.[1] ?? '' }
  }

  afterEach(async () => {
    // The comment is for a test that failed before the colours were there: an edit must change something.
    await fleet.edit('zdt.yaml', (text) => `${text.replace(colours, '')}#\n`)
    await fleet.root('app3', 'systemctl start shop')
    await all('ready', 'shop/app1', '--yes')
    await all('ready', 'shop/app2', '--yes')
    await all('rollout', 'shop', '--to', '1.0.0', '--settle', '0s', '--min-healthy', '0s', '--yes')
    await all('ready', 'shop/app3', '--yes')
  }, 60_000)

  const all = async (...words: readonly string[]) => {
    const { code, stderr } = await fleet.zdt(...words)
    expect(code, stderr).toBe(0)
  }

  test('a colour comes at run time, in maintenance; gets a version, and serves; nothing is reloaded or lost', async () => {
    const { said, before, run } = await greenComes((text) => text)
    expect(said).toContain('shop/app3 begins in maintenance: green does not serve (lb1, lb2)')
    await rollout('2.0.0')
    expect(await Promise.all(['app1', 'app2', 'app3'].map((app) => statuses(`shop/${app}`)))).toEqual([
      ['MAINT', 'MAINT'],
      ['MAINT', 'MAINT'],
      ['UP', 'UP'],
    ])
    expect(await workers()).toEqual(before)
    await serverIsWanted(run)
    expect(await fleet.zdt('diff')).toMatchObject({ code: 0 })
  })

  deep('a colour comes with a reload: in maintenance from the new worker’s first request on', async () => {
    const { run } = await greenComes((text) => text.replace('maxconn 8000', 'maxconn 9000'))
    await rollout('2.0.0')
    expect(await statuses('shop/app3')).toEqual(['UP', 'UP'])
    await serverIsWanted(run)
  })
}
