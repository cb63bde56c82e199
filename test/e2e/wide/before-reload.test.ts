import { expect, test } from 'vitest'
import { useApplying } from '../support/applying.ts'
import { describeOnLab, useLab } from '../support/lab.ts'

describeOnLab('what is asked before a reload', () => {
  const lab = useLab()
  const { fleet, balancers, apply, edit, halted, underLoad } = useApplying(lab)
  const { haproxy } = fleet.files
  const said = (text: string) => text.replaceAll(/\s+/g, ' ')
  const twoWanted = () =>
    edit('zdt.yaml', (text) => text.replace('min_available: 1\n    rollout', 'min_available: 2\n    rollout'))
  /** Takes servers out of the shop, and changes what takes a reload. */
  const without = (...servers: readonly string[]) =>
    edit(haproxy, (text) =>
      text
        .replace('retries 3', 'retries 2')
        .replace(/^backend shop\n[^]*?\n\n/m, (section) =>
          servers.reduce((left, server) => left.replace(new RegExp(` *server ${server} .*\n`), ''), section),
        ),
    )
  const runOf = ({ stdout }: { readonly stdout: string }) => (JSON.parse(stdout) as { run: string }).run
  const drift = ['haproxy', '--accept-drift'] as const

  test('an apply that leaves a pool too few servers is refused, unless it is meant; so is its way back', async () => {
    await twoWanted()
    await without('app2', 'app3')
    const refused = await apply(...drift)
    expect(refused).toMatchObject({ code: 3, stdout: '' })
    expect(said(refused.stderr)).toMatch(
      /a reload without app2, app3 would leave shop with 1 server, where at least 2 are wanted lb\d sees app1 up .*Nothing was changed.*the same with --allow-empty/,
    )
    expect((await underLoad(() => apply(...drift, '--allow-empty'))).code).toBe(0)

    await edit(haproxy, (text) =>
      text
        .replace('retries 2', 'retries 3')
        .replace(/(^backend shop\n[^]*?server app1 .*\n)/m, '$1    server app2 10.77.0.22:8080 check weight 100\n'),
    )
    const more = await underLoad(() => apply(...drift, '--json'))
    expect(more.code, more.stderr).toBe(0)
    const back = await fleet.zdt('rollback', runOf(more), '--yes')
    expect(back.code).toBe(5)
    expect(said(back.stdout)).toContain('a reload without app2 would leave shop with 1 server')
    expect((await fleet.zdt('resume', runOf(more), '--yes')).code).toBe(0)
  })

  test('it is asked again right before: a server that has gone meanwhile', async () => {
    await twoWanted()
    await without('app3')
    const zdt = await halted(['apply', ...drift], { event: 'verified', steps: ['config.stage'], after: 0 })
    await Promise.all(balancers.map((lb) => lb.order('set server shop/app1 state maint')))
    zdt.signal('SIGCONT')
    const { code } = await zdt.ended
    await Promise.all(balancers.map((lb) => lb.order('set server shop/app1 state ready')))
    expect(zdt.stdout()).toContain('a reload without app3 would leave shop with 1 server')
    expect(code).toBe(4)
  })

  test('who takes the place of others, and answers, counts', async () => {
    await edit(haproxy, (text) =>
      text
        .replace('retries 3', 'retries 2')
        .replace(/^backend shop\n[^]*?\n\n/m, (section) =>
          section.replaceAll(/server app(\d) /g, 'server shop-app$1 '),
        ),
    )
    expect((await underLoad(() => apply(...drift))).code).toBe(0)
  })

  test('a pool that came with an apply goes with its rollback', async () => {
    await edit('zdt.yaml', (text) =>
      text.replace('pools:\n', 'pools:\n  extra: { balancer: haproxy/edge, servers: { app1: 10.77.0.21:8080 } }\n'),
    )
    await edit(haproxy, (text) => `${text}\nbackend extra\n    server app1 10.77.0.21:8080 check\n`)
    const came = await underLoad(() => apply(...drift, '--json'))
    expect(came.code, came.stderr).toBe(0)
    expect((await underLoad(() => fleet.zdt('rollback', runOf(came), '--yes'))).code).toBe(0)
  })

  test('a priority, or addresses, that somebody has written: no VIP moves by what a Keepalived reads', async () => {
    const conf = '/etc/keepalived/keepalived.conf'
    const written = async (edits: string, ...argv: readonly string[]) => {
      await fleet.root('lb2', `cp -p ${conf} ${conf}.was; sed -i '${edits}' ${conf}`)
      const refused = await fleet.zdt(...argv, '--host', 'lb2', '--yes')
      await fleet.root('lb2', `mv ${conf}.was ${conf}`)
      expect(refused).toMatchObject({ code: 3, stdout: '' })
      return said(refused.stderr)
    }
    const taken = 'lb2 would take the VIP public (10.77.0.100) from lb1'
    expect(await written('s/priority 100/priority 160/', 'reload', 'keepalived')).toContain(taken)
    expect(await written('s/priority 100/priority 160/', 'keepalived', 'restart')).toContain(taken)
    expect(await written('/10.77.0.100/d', 'reload', 'keepalived')).toContain('lb2 has none, lb1 has 10.77.0.100')
    expect(await written('s/virtual_router_id 51/virtual_router_id 52/', 'reload', 'keepalived')).toContain(
      'virtual_router_id 51 on lb1, 52 on lb2',
    )
    expect((await underLoad(() => fleet.zdt('reload', 'keepalived', '--host', 'lb2', '--yes'))).code).toBe(0)
  })

  test('a VIP that the template has lost, and zdt.yaml has', async () => {
    await edit(fleet.files.keepalived, (text) => text.replace('10.77.0.100/16', '10.77.0.101/16'))
    const refused = await apply('keepalived', '--accept-drift')
    expect(refused).toMatchObject({ code: 3, stdout: '' })
    expect(said(refused.stderr)).toMatch(/lb1 holds the VIP public .* what its Keepalived is to read has it no more/)
  })

  test('servers that somebody has taken out of the file', async () => {
    const path = '/etc/haproxy/haproxy.cfg'
    await fleet.root('lb2', `cp -p ${path} ${path}.was; sed -i '/backend shop$/,/^$/{/app[123]/d}' ${path}`)
    const refused = [
      await fleet.zdt('reload', 'haproxy', '--host', 'lb2', '--yes'),
      await fleet.zdt('upgrade-haproxy', '--host', 'lb2', '--binary', await lab.binary('haproxy-2.6.12'), '--yes'),
    ]
    const meant = await fleet.zdt('reload', 'haproxy', '--host', 'lb2', '--dry-run', '--allow-empty')
    await fleet.root('lb2', `mv ${path}.was ${path}`)
    expect(meant.stdout).toContain('shop/app2 goes: not in the configuration: gone after the reload')
    for (const one of refused) {
      expect(one).toMatchObject({ code: 3, stdout: '' })
      expect(said(one.stderr)).toContain('a reload without app1, app2, app3 would leave shop without a server')
    }
  })

  test('nginx is out of its pools meanwhile, and its reload stays; one that they cannot do without is not, where that is said', async () => {
    const reload = (...more: readonly string[]) => fleet.zdt('reload', 'nginx', '--host', 'web1', '--yes', ...more)
    const out = await underLoad(() => reload('--events'))
    expect(out).toMatchObject({ code: 0, stdout: expect.stringContaining('haproxy.await-drained') as string })
    const again = await reload('--json')
    const back = await underLoad(() => fleet.zdt('rollback', runOf(again), '--yes'))
    expect(back).toMatchObject({ code: 0, stdout: expect.stringContaining('but for what was') as string })
    expect(await Promise.all(balancers.map((lb) => lb.status('web/web1')))).toEqual(['UP', 'UP'])
    await Promise.all(balancers.map((lb) => lb.order('set server web/web2 state drain')))
    const refused = await reload()
    const inPlace = await reload('--in-place', '--events')
    await Promise.all(balancers.map((lb) => lb.order('set server web/web2 state ready')))
    expect(said(refused.stderr)).toMatch(/draining web1 for the reload would leave web without .*same with --in-place/)
    expect(inPlace).toMatchObject({ code: 0, stdout: expect.not.stringContaining('haproxy.await-drained') as string })
  })
})
