import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { useApplying } from '../support/applying.ts'
import { describeOnLab, useLab } from '../support/lab.ts'

describeOnLab('an apply after another', () => {
  const { fleet, apply, edit, halted, keep, world, underLoad } = useApplying(useLab())
  const { haproxy } = fleet.files
  const path = '/etc/haproxy/haproxy.cfg'
  const said = (text: string) => text.replaceAll(/\s+/g, ' ')
  const onEach = (line: string) => Promise.all(['lb1', 'lb2'].map((host) => fleet.root(host, line)))

  /** An apply that is killed when what it wrote is live, and whose locks are broken; its run. */
  const diesLive = async (name: string, ...hosts: readonly string[]): Promise<string> => {
    const zdt = await halted(['apply', name, '--accept-drift'], {
      event: 'verified',
      steps: ['config.put-live'],
      after: 0,
    })
    zdt.signal('SIGKILL')
    await zdt.ended
    for (const host of hosts) {
      const broken = await fleet.zdt('lock', 'break', host, '--yes')
      expect(broken.code, broken.stderr).toBe(0)
    }
    return /"id":"([0-9A-Z]{6})"/.exec(zdt.stdout())?.[1] ?? ''
  }

  test('what a later apply relies on is not taken back with the run that died before it', async () => {
    await edit(haproxy, (text) => text.replace('maxconn 8000', 'maxconn 7400'))
    const run = await diesLive('haproxy', 'lb1', 'lb2')

    const again = await underLoad(() => apply('--accept-drift', 'haproxy'))
    expect(again.code, again.stderr).toBe(0)
    const before = await world()
    expect(await onEach(`grep -c 'maxconn 7400' ${path}`)).toEqual(['1\n', '1\n'])

    const { code, stderr } = await fleet.zdt('rollback', run, '--yes')
    expect(said(stderr)).toMatch(
      /lb2: \/etc\/haproxy\/haproxy.cfg: wanted so since .*, too: to take run \w+ back would undo/,
    )
    expect(code).toBe(3)
    expect(await world()).toBe(before)

    // The later one first: then the other is nobody's any more.
    const [, later = ''] = /zdt rollback (\w{6}) # where that is no longer wanted/.exec(said(stderr)) ?? []
    expect((await fleet.zdt('rollback', later, '--yes')).code).toBe(0)
    expect((await fleet.zdt('rollback', run, '--yes')).code).toBe(0)
    expect(await onEach(`grep -c 'maxconn 8000' ${path}`)).toEqual(['1\n', '1\n'])
  })

  test('what a later apply has changed again is not gone on with, until it is as the run wants it all the same', async () => {
    const text = (from: number, to: number) => edit(haproxy, (was) => was.replace(`maxconn ${from}`, `maxconn ${to}`))
    await text(8000, 7400)
    const run = await diesLive('lb2', 'lb2')
    await text(7400, 7600)
    const later = await apply('--accept-drift', 'lb2')
    expect(later.code, later.stderr).toBe(0)
    await text(7600, 7400)
    const before = await world()
    const refused = await fleet.zdt('resume', run, '--yes')
    expect(said(refused.stderr)).toMatch(
      /lb2: \/etc\/haproxy\/haproxy.cfg: changed again since .*: to go on with run \w+ would undo/,
    )
    expect(refused.code).toBe(3)
    expect(await world()).toBe(before)

    await fleet.root('lb2', `sed -i 's/maxconn 7600/maxconn 7400/' ${path} && systemctl reload haproxy`)
    const { code, stderr } = await underLoad(() => fleet.zdt('resume', run, '--yes'))
    expect(code, stderr).toBe(0)
    expect(await fleet.root('lb2', `grep -c 'maxconn 7400' ${path}`)).toBe('1\n')
    await text(7400, 8000)
    expect((await apply('--accept-drift', 'lb2')).code).toBe(0)
  })

  test('a secret that comes into a file which everybody may read: said, and closed', async () => {
    const modes = () => onEach(`stat -c %a ${path}`)
    const was = await modes()
    await onEach(`chmod 0644 ${path}`)
    await writeFile(join(fleet.directory, 'stats.secret'), 'v3ry-s3cret-w0rd\n')
    await edit('zdt.yaml', (text) => `${text}\nsecrets: { stats: { file: stats.secret } }\n`)
    await edit(
      haproxy,
      (text) =>
        `${text}\nlisten stats\n    bind {{host.address}}:8405\n    stats enable\n    stats auth zdt:{{secret "stats"}}\n`,
    )
    const sentence =
      /\/etc\/haproxy\/haproxy.cfg on lb1 has a secret in it, and everybody there may read it \(644\): from now on its owner and its group alone may/
    const differs = await fleet.zdt('diff', 'haproxy')
    expect(said(differs.stdout)).toMatch(sentence)
    const ended = await underLoad(() => apply('haproxy', '--accept-drift'))
    expect(ended.code, ended.stderr).toBe(0)
    expect(said(ended.stderr)).toMatch(sentence)
    expect(`${differs.stdout}${ended.stdout}${ended.stderr}`).not.toContain('v3ry')
    expect(await modes()).toEqual(['640\n', '640\n'])
    // Opened by hand: nothing differs, and it is said all the same.
    await onEach(`chmod o+r ${path}`)
    const open = await fleet.zdt('diff', 'haproxy')
    expect(open).toMatchObject({ code: 0 })
    expect(said(open.stdout)).toContain(`everybody there may read it (644): sudo chmod o= ${path}`)

    // Another secret, and the version of before: neither of both is shown by anything.
    await writeFile(join(fleet.directory, 'stats.secret'), 'an0ther-w0rd\n')
    expect((await apply('haproxy')).code).toBe(0)
    const [run] = /\b[0-9A-Z]{6}\b/.exec((await fleet.zdt('config', 'list', 'lb1')).stdout) ?? []
    const shown = await fleet.zdt('config', 'show', 'lb1', 'haproxy', run ?? '')
    expect(shown.stdout).toMatch(/stats auth zdt:‹/)
    const restored = await fleet.zdt('config', 'restore', 'lb1', 'haproxy', run ?? '', '--dry-run')
    expect(restored.code, restored.stderr).toBe(0)
    for (const { stdout, stderr } of [shown, restored]) expect(`${stdout}${stderr}`).not.toMatch(/v3ry|an0ther-w/)

    keep()
    await edit(haproxy, (text) => text.replace(/\nlisten stats[\s\S]*$/, '\n'))
    await edit('zdt.yaml', (text) => text.replace(/\nsecrets: .*\n/, '\n'))
    keep()
    expect((await apply('haproxy')).code).toBe(0)
    await rm(join(fleet.directory, 'stats.secret'))
    await onEach(`chmod ${was[0]?.trim() ?? '644'} ${path}`)
  })
})
