import { expect, test } from 'vitest'
import { runningServices } from '../../../../src/daemons/systemd/at-boot.ts'

const block = (id: string, file: string, active = 'active', sub = 'running') =>
  `Id=${id}\nActiveState=${active}\nSubState=${sub}\nUnitFileState=${file}\n`

test('services with a process, and whether a boot starts them', () => {
  const answer = [
    block('haproxy.service', 'enabled'),
    block('old.service', 'generated'),
    block('user@1000.service', 'static'),
    block('shop.service', 'disabled'),
    block('networking.service', 'enabled', 'active', 'exited'),
    block('nginx.service', 'enabled', 'failed', 'failed'),
  ].join('\n')
  expect(runningServices(answer)).toEqual([
    { id: 'haproxy.service', atBoot: true },
    { id: 'old.service', atBoot: true },
    { id: 'user@1000.service', atBoot: false },
    { id: 'shop.service', atBoot: false },
  ])
})
