import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { downloadPackages } from '../../../src/lab/base/binaries.ts'
import { debianMirror } from '../../../src/lab/base/mirror.ts'
import { suites } from '../../../src/lab/shape.ts'
import { useLane } from '../chaos/lane.ts'
import { describeOnLab } from '../support/lab.ts'
import { addPackages, usePackages } from '../support/package-repository.ts'
import { webWorld, type WebWorld } from '../support/web-world.ts'

/** Debian's own module of either version of nginx, of another source than nginx's, and of another version. */
const echo = 'libnginx-mod-http-echo'

describeOnLab('upgrade-nginx, of an nginx with a dynamic module', () => {
  const lane = useLane()
  let directory = ''
  let before: WebWorld
  const root = (line: string) => lane().root('web1', line)
  const module = async () => {
    const answer = await lane().lab.inLab(['curl', '-s', '-m', '2', 'http://10.77.0.13/echo'])
    return (await root(`dpkg-query -W -f '\${Version}' ${echo}`)) + answer.stdout
  }
  const upgrade = (...words: string[]) =>
    lane().zdt(['upgrade-nginx', '--host', 'web1', '--yes', '--json', '--probe', 'fleet', ...words])

  beforeAll(async () => {
    const { lab } = lane()
    directory = await mkdtemp(join(tmpdir(), 'zdt-modules-'))
    const mirror = await debianMirror()
    const modules: string[] = []
    for (const suite of suites) {
      const into = join(directory, suite)
      await mkdir(into)
      for (const { file } of await downloadPackages({ suite, mirror }, [echo], into)) modules.push(file)
    }
    await usePackages(lab, 'web1', 'nginx', [
      { version: '1.22.1-9', binary: await lab.binary('nginx-1.22.1') },
      { version: '1.26.3-3', binary: await lab.binary('nginx-1.26.3') },
    ])
    await addPackages(lab, 'web1', modules)
    await root(
      `apt-get -qq -y install ${echo}=1:0.63-4 >/dev/null
sed -i '1i include /etc/nginx/modules-enabled/*.conf;' /etc/nginx/nginx.conf
sed -i 's#location = /healthz#location = /echo { echo "by a module"; }\\n        location = /healthz#' /etc/nginx/nginx.conf
nginx -t && systemctl restart nginx`,
    )
    before = await webWorld(lab, 'web1')
    expect(before).toMatchObject({ masters: 1, workers: 2, answers: 'web1 nginx/1.22.1' })
    expect(await module()).toBe('1:0.63-4by a module\n')
  }, 180_000)
  afterAll(() => rm(directory, { recursive: true }))

  test('from a file: that the module is not of it is seen by the trial start, and nothing is touched', async () => {
    const { code, stdout } = await upgrade('--binary', await lane().lab.binary('nginx-1.26.3'))
    expect(code).toBe(4)
    expect(stdout).toMatch(/ngx_http_echo_module\.so\\?" version 1022001 instead of 1026003/)
    expect(await webWorld(lane().lab, 'web1')).toEqual(before)
  })

  test('by package: the module comes along, and goes back with it; nothing is lost', async () => {
    const { code, stdout } = await upgrade('--package', '1.26.3-3')
    expect(JSON.parse(stdout)).toMatchObject({ ended: 'done', probe: { total: { lost: 0 } } })
    expect(code).toBe(0)
    expect((await webWorld(lane().lab, 'web1')).answers).toBe('web1 nginx/1.26.3')
    expect(await module()).toBe('1:0.63-7by a module\n')
    const { run } = JSON.parse(stdout) as { run: string }
    const back = await lane().zdt(['rollback', run, '--yes', '--json'])
    expect(JSON.parse(back.stdout)).toMatchObject({ ended: 'put-back', probe: { total: { lost: 0 } } })
    expect(await webWorld(lane().lab, 'web1')).toEqual(before)
    expect(await module()).toBe('1:0.63-4by a module\n')
  })
})
