import { expect, test } from 'vitest'
import { parseForeseen } from '../../../../src/daemons/packages/apt-foresee.ts'

/** As apt 3.0 and dpkg 1.22 of Debian 13 say it, in the script's frames. */
const upgrade = `@zdt packages 1
@owner nginx
@audit
@heard 1795891337.5844
@installed 1.22.1-9
@simulated 0
 Reading package lists...
 Building dependency tree...
 Reading state information...
 The following additional packages will be installed:
   libssl3t64 nginx-common
 Inst libssl3t64 [3.5.1-1] (3.5.4-1 Debian:13.2/stable, Debian-Security:13/stable-security [amd64])
 Inst nginx [1.22.1-9] (1:1.26.3-3+deb13u10 localhost [amd64]) []
 Inst nginx-common [1.22.1-9] (1:1.26.3-3+deb13u10 localhost [all])
 Inst libnew1 (2.0-1 Debian:13.2/stable [amd64])
 Conf nginx (1.26.3-3+deb13u10 localhost [amd64])
@end
`
const said = (answer: string) => parseForeseen(answer, '/usr/sbin/nginx')

test('all that changes, from what to what; and when the host last heard of packages', () => {
  expect(said(`Welcome to web1\n${upgrade}`)).toEqual({
    owner: 'nginx',
    installed: '1.22.1-9',
    heard: 1795891337584,
    changes: [
      { name: 'libssl3t64', from: '3.5.1-1', to: '3.5.4-1', architecture: 'amd64' },
      { name: 'nginx', from: '1.22.1-9', to: '1:1.26.3-3+deb13u10', architecture: 'amd64' },
      { name: 'nginx-common', from: '1.22.1-9', to: '1:1.26.3-3+deb13u10', architecture: 'all' },
      { name: 'libnew1', from: null, to: '2.0-1', architecture: 'amd64' },
    ],
  })
})

test('the newest is installed: nothing changes', () => {
  const none = upgrade.replaceAll(/^ (Inst|Conf) .*\n/gm, '').replace(/@heard .*/, '@heard ')
  expect(said(none)).toMatchObject({ changes: [], heard: null })
})

test.each([
  ['no end', upgrade.replace('@end', ''), undefined],
  ['no apt', '@zdt packages 1\n@no \n@end\n', 'it has no apt: zdt installs packages by apt alone as yet'],
  ['dnf', '@zdt packages 1\n@no dnf\n@end\n', 'it has dnf: zdt installs packages by apt alone as yet'],
  ['a file of nobody', upgrade.replace('@owner nginx', '@owner '), '/usr/sbin/nginx is of no package'],
  [
    'half installed',
    upgrade.replace('@audit\n', '@audit\n The following packages have been unpacked but not yet configured.\n'),
    'packages there are not whole',
  ],
  [
    'a removal',
    upgrade.replace(' Conf nginx', ' Remv nginx-full [1.22.1-9]\n Conf nginx'),
    'apt would remove nginx-full',
  ],
])('%s', (_what, answer, why) => {
  expect(said(answer)).toEqual(why === undefined ? undefined : expect.objectContaining({ why }))
})

test("apt's own words, where it says no", () => {
  const unknown = upgrade.replace('@simulated 0', "@simulated 100\n E: Version '9.9' for 'nginx' was not found")
  expect(said(unknown)).toMatchObject({
    why: 'apt would not install it',
    said: expect.stringMatching(/^E: Version '9\.9' for 'nginx' was not found\n/) as string,
  })
})
