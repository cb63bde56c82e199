import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Plan } from '../../../src/engine/plan.ts'
import { labPaths } from '../../../src/lab/paths.ts'
import type { Halt } from '../chaos/halt-at.ts'
import { runOf, useLane } from '../chaos/lane.ts'
import { fromOutside } from '../support/from-outside.ts'
import { describeOnLab } from '../support/lab.ts'
import { webWorld, type WebWorld } from '../support/web-world.ts'
import { startWrk } from '../support/wrk.ts'

/** nginx on three hosts of one pool: app3 serves the web too. */
describeOnLab('upgrade-nginx, in batches', () => {
  const lane = useLane()
  const webs = ['web1', 'web2', 'app3'] as const
  let fleet = ''
  let binary = ''
  let before: readonly WebWorld[] = []
  const worlds = () => Promise.all(webs.map((host) => webWorld(lane().lab, host)))
  const upgrade = (batch: string) => {
    const words = ['upgrade-nginx', '--host', 'web', '--binary', binary, '--fleet', fleet]
    return [...words, '--batch', batch, '--hold', '1s', '--timeout', '30s', '--probe', 'fleet']
  }

  beforeAll(async () => {
    const { lab } = lane()
    binary = await lab.binary('nginx-1.26.3')
    const copied = await lab.inLab(['scp', '-q', await lab.binary('nginx-1.22.1'), 'app3:/tmp/nginx'])
    expect(copied.code).toBe(0)
    const upstreams = await fromOutside(lab, 'web1', 'cat /etc/nginx/upstreams/shop.conf')
    const conf = await fromOutside(lab, 'web1', "sed 's/web1/app3/g' /etc/nginx/nginx.conf")
    await fromOutside(
      lab,
      'app3',
      `install -m 755 /tmp/nginx /usr/sbin/nginx; rm /tmp/nginx; mkdir -p /etc/nginx/upstreams; printf '%s' '${upstreams}' > /etc/nginx/upstreams/shop.conf
cat > /etc/nginx/nginx.conf <<'EOF'
${conf}
EOF
systemctl start nginx`,
    )
    await Promise.all(
      ['lb1', 'lb2'].map((lb) =>
        fromOutside(
          lab,
          lb,
          `sed -i '/ server web2 /a\\    server app3 10.77.0.23:80 check weight 100' /etc/haproxy/haproxy.cfg
systemctl reload haproxy`,
        ),
      ),
    )
    const yaml = await readFile(labPaths(lab.name).fleet, 'utf8')
    fleet = join(await mkdtemp(join(tmpdir(), 'zdt-batches-')), 'zdt.yaml')
    await writeFile(
      fleet,
      yaml
        .replace('web: { hosts: [web1, web2] }', 'web: { hosts: [web1, web2, app3] }')
        .replace('web2: 10.77.0.14:80 }', 'web2: 10.77.0.14:80, app3: 10.77.0.23:80 }'),
    )
    before = await worlds()
    expect(before.map(({ answers }) => answers)).toEqual(webs.map((host) => `${host} nginx/1.22.1`))
  }, 120_000)
  afterAll(() => rm(fleet, { force: true }))

  test('a batch that would leave the pool empty is refused, and nothing is touched', async () => {
    const { code, stderr } = await lane().zdt([...upgrade('3'), '--yes'])
    expect(code).toBe(3)
    expect(stderr).toContain('draining web1, web2, app3 would leave web without a server')
    expect(await worlds()).toEqual(before)
  })

  test('one, then two side by side: killed among the two, resumed; then rolled back; nothing is lost', async () => {
    const wrk = await startWrk(lane().lab, 'http://10.77.0.100/')
    // Its id is the same in the run: the plan is.
    const { stdout } = await lane().zdt([...upgrade('1,100%'), '--dry-run', '--json'])
    const { plan } = JSON.parse(stdout) as { plan: Plan }
    const retires = plan.stages.flatMap(({ steps }) => steps.filter(({ kind }) => kind === 'nginx.retire-old-workers'))
    expect(retires.map(({ host }) => host)).toEqual(webs)
    const [first, second, third] = retires.map(({ id }) => id)
    // Steps of one stage run side by side.
    const stageOf = (id = '') => id.split('.')[0]
    expect(stageOf(third)).toBe(stageOf(second))
    expect(stageOf(second)).not.toBe(stageOf(first))
    const halt: Halt = { event: 'applying', steps: [second ?? ''], after: 0, signal: 'SIGKILL' }
    const zdt = await lane().start(upgrade('1,100%'), halt)
    expect(await zdt.ended).toMatchObject({ code: 137 })
    const run = runOf(zdt)
    const resumed = await lane().zdt(['resume', run, '--yes', '--json', '--fleet', fleet])
    expect(resumed.code).toBe(0)
    expect(JSON.parse(resumed.stdout)).toMatchObject({ ended: 'done', probe: { total: { lost: 0 } } })
    const upgraded = await worlds()
    expect(upgraded.map(({ answers }) => answers)).toEqual(webs.map((host) => `${host} nginx/1.26.3`))
    expect(upgraded.every(({ masters, workers, agreed }) => masters === 1 && workers === 2 && agreed)).toBe(true)
    const back = await lane().zdt(['rollback', run, '--yes', '--json', '--fleet', fleet])
    expect(JSON.parse(back.stdout)).toMatchObject({ ended: 'put-back', probe: { total: { lost: 0 } } })
    expect(await worlds()).toEqual(before)
    expect(await wrk.stop()).toMatchObject({ errors: 0, not2xx: 0 })
  })
})
