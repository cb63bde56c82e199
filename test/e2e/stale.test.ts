import { expect } from 'vitest'
import { shellOn } from './support/balancer.ts'
import { describeOnLab, useLab } from './support/lab.ts'
import { deep } from './support/wide.ts'

describeOnLab('zdt stale', () => {
  const lab = useLab()

  deep(
    'a library that an update replaced: both daemons that run it; after its reload HAProxy runs the new one',
    async () => {
      expect(await lab.zdt(['stale', 'lb2'])).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('haproxy and keepalived: runs what lies on disk'),
      })
      // As dpkg does: another file takes its place.
      await shellOn(lab, 'lb2', 'cd /usr/lib/*-linux-gnu && sudo cp -p libssl.so.3 .new && sudo mv .new libssl.so.3')
      const stale = await lab.zdt(['stale', 'lb2'])
      expect(stale.code).toBe(8)
      expect(stale.stdout).toMatch(/haproxy: 2 of 2 processes [^]*libssl\.so\.3[^]*keepalived: 2 of 2 processes/)
      expect(await lab.zdt(['reload', 'haproxy', '--host', 'lb2', '--yes'])).toMatchObject({ code: 0 })
      const after = await lab.zdt(['stale', 'lb2', '--json'])
      expect(after.code).toBe(8)
      const { hosts } = JSON.parse(after.stdout) as { hosts: { daemons: { daemon: string; leaving: boolean }[] }[] }
      expect(hosts[0]?.daemons).toMatchObject([
        { daemon: 'haproxy', leaving: expect.any(Boolean) },
        { daemon: 'keepalived', stale: 2, leaving: false },
      ])
      expect(await lab.zdt(['stale', 'web1', 'web2'])).toMatchObject({ code: 0 })
    },
  )
})
