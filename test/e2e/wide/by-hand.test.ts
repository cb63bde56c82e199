import { join } from 'node:path'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { packageDir } from '../../../src/lab/paths.ts'
import { describeOnLab, useLab } from '../support/lab.ts'
import { seatStates, webWorld, type WebWorld } from '../support/web-world.ts'

describeOnLab('what a paused upgrade leaves to be done by hand', () => {
  const lab = useLab()
  let before: WebWorld
  let fresh = ''
  const root = async (script: string) => {
    const { code, stderr } = await lab.ssh('web1', `sudo sh -c '${script}'`)
    if (code !== 0) throw new Error(`${script}: ${stderr}`)
  }

  beforeAll(async () => {
    fresh = await lab.binary('nginx-1.26.3')
    await root('cp -p /usr/sbin/nginx /root/nginx-was')
  })

  beforeEach(async () => {
    await root(
      'systemctl stop nginx; pkill -9 -x nginx; rm -f /usr/sbin/nginx.zdt* /run/nginx.pid*; ' +
        'cp -p /root/nginx-was /usr/sbin/nginx; systemctl reset-failed nginx; systemctl start nginx',
    )
    await lab.zdt(['ready', 'web1', '--yes'])
    await expect.poll(() => seatStates(lab, 'web', 'web1'), { timeout: 90_000 }).toEqual(['UP', 'UP'])
    before = await webWorld(lab, 'web1')
  })

  test.each([
    ['replaced on disk', 'USR2'],
    ['phase 1, both accept', 'WINCH'],
    ['phase 2, only the new workers accept', 'QUIT'],
    ['phase 4, the old master gone', 'set server web/web1 state ready'],
  ])('paused when %s: each line typed on its host, in this order, puts all back', async (_phase, at) => {
    const script = join(packageDir, 'test/e2e/support/upgrade-until.ts')
    const argv = [process.execPath, script, 'web1', fresh, at, 'pause']
    const { stdout, stderr } = await lab.inLab(argv, { timeout: 240_000 })
    expect(stderr).toBe('')
    const { ended, left } = JSON.parse(stdout) as { ended: string; left: string[] }
    expect(ended).toBe('paused')
    expect(new Set(left).size).toBe(left.length)
    for (const line of left) {
      const [, host = '', command = ''] = /^(\S+): (.*)$/s.exec(line) ?? []
      await lab.ssh(host, command)
    }
    await expect.poll(() => webWorld(lab, 'web1'), { timeout: 90_000 }).toEqual(before)
    await expect.poll(() => seatStates(lab, 'web', 'web1'), { timeout: 90_000 }).toEqual(['UP', 'UP'])
  })
})
