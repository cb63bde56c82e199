import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { labPaths } from '../../../src/lab/paths.ts'
import { fromOutside } from '../support/from-outside.ts'
import { describeOnLab, useLab } from '../support/lab.ts'
import { startWrk } from '../support/wrk.ts'

const webs = ['web1', 'web2'] as const
const pool = (servers: string, colours: string) => `pools:
  one:
    balancer: nginx/web
    servers: { ${servers} }
    vars: { paths: [/] }
    rollout:
      deploy: [sudo, shop-deploy, '{version}']
      version: { path: /version }
      health: { path: /healthz }
      strategy: blue-green
      blue_green: { colours: { ${colours} }, keep_old: 1s }
      settle: 500ms
      min_healthy: 1s
`
const blue = 'app1: 10.77.0.21:8080, app2: 10.77.0.22:8080'

describeOnLab('a colour whose servers come behind nginx', () => {
  const lab = useLab()
  let directory = ''
  afterAll(() => rm(directory, { recursive: true, force: true }))

  test('they come down, get a version, and serve; nothing is lost', async () => {
    directory = await mkdtemp(join(tmpdir(), 'zdt-colours-'))
    const own = (await readFile(labPaths(lab.name).fleet, 'utf8'))
      .replace('web: { hosts: [web1, web2] }', 'web: { hosts: [web1, web2], vars: { default_pool: one } }')
      .replace(/^ {2}shop:\n(?: {4}.*\n)+/m, '')
    const write = (text: string) => writeFile(join(directory, 'zdt.yaml'), own.replace('pools:\n', text))
    const zdt = async (...words: readonly string[]) => {
      const env = { ZDT_FLEET: join(directory, 'zdt.yaml'), XDG_STATE_HOME: join(directory, 'state'), NO_COLOR: '1' }
      const { code, stdout, stderr } = await lab.zdt([...words, '--yes'], { env, timeout: 240_000 })
      expect(code, stdout + stderr).toBe(0)
    }
    /** Of each server, whether each nginx is told that it is down. */
    const told = async () => {
      const texts = await Promise.all(webs.map((web) => fromOutside(lab, web, 'cat /etc/nginx/upstreams/one.conf')))
      return texts.map((text) =>
        [...text.matchAll(/^\s*server 10\.77\.0\.2(\d):8080([^;]*);/gm)].map(
          ([, number, words]) => `app${number}${words?.includes(' down') ? ' down' : ''}`,
        ),
      )
    }

    await write(pool(blue, 'blue: [app1, app2]'))
    await zdt('apply', 'nginx/web', '--accept-drift')
    expect(await told()).toEqual(webs.map(() => ['app1', 'app2']))

    // Nobody is sent there, or it would be seen.
    await fromOutside(lab, 'app3', 'systemctl stop shop')
    const load = await startWrk(lab, 'http://10.77.0.100/', 'paced')
    await write(pool(`${blue}, app3: 10.77.0.23:8080`, 'blue: [app1, app2], green: [app3]'))
    await zdt('apply', 'nginx/web')
    expect(await told()).toEqual(webs.map(() => ['app1', 'app2', 'app3 down']))
    await zdt('rollout', 'one', '--to', '2.0.0')
    expect(await told()).toEqual(webs.map(() => ['app1 down', 'app2 down', 'app3']))
    expect(await load.stop()).toMatchObject({ errors: 0, not2xx: 0 })
  })
})
