import { expect, test } from 'vitest'
import type { AppPicture } from '../../../src/daemons/app/process.ts'
import { parseUnit } from '../../../src/daemons/systemd/unit.ts'
import type { HostName } from '../../../src/lib/types.ts'
import { exchangeApp, withPid } from '../../../src/steps/app/upgrade/exchange.ts'
import { refuseUnfitApp } from '../../../src/steps/app/upgrade/fit.ts'

const host = 'app1' as HostName
const binary = '/opt/shop/bin/shop'
const unit = parseUnit('Id=shop.service\nLoadState=loaded\nActiveState=active\nMainPID=812\n')
const main = { pid: 812, startTicks: 900, exeInode: '8:1', exe: binary }
const runs: AppPicture = { unit, main, others: [], inode: '8:1' }

const input = {
  unit: 'shop',
  target: binary,
  backup: `${binary}.zdt-7K2Q9X`,
  comes: { staged: `${binary}.zdt-new-7K2Q9X`, sha256: 'ab' },
  upgrade: ['kill', '-USR2', '{pid}', 'it’s; rm -rf /'],
  run: '7K2Q9X',
  watched: 90_000,
  timeout: 60_000,
}

test('the main process becomes a word of the command, and nothing else does', () => {
  expect(withPid(['notify', '--pid={pid}', '$(reboot)'], 812)).toEqual(['notify', '--pid=812', '$(reboot)'])
})

test('by hand: what a shell would read as more than a word is quoted', () => {
  const { commands } = exchangeApp.describe(input, host)
  expect(commands).toEqual([
    `ln ${binary} ${binary}.zdt-7K2Q9X`,
    `mv -fT ${binary}.zdt-new-7K2Q9X ${binary}`,
    "kill -USR2 $(systemctl show -p MainPID --value shop) 'it’s; rm -rf /'",
  ])
  expect(exchangeApp.describeUndo(input, { sha256: 'cd', was: runs }, host)[0]).toBe(
    'sudo systemctl stop zdt-watchdog-7K2Q9X.service || true',
  )
})

test('it is done where the main process executes the very file that lies there, and that is the new one', () => {
  expect(exchangeApp.isDone(input, { sha256: 'ab', was: runs })).toBe(true)
  expect(exchangeApp.isDone(input, { sha256: 'cd', was: runs })).toBe(false)
  expect(exchangeApp.isDone(input, { sha256: 'ab', was: { ...runs, inode: '8:2' } })).toBe(false)
  expect(exchangeApp.isDone({ ...input, comes: { lies: true } }, { sha256: 'cd', was: runs })).toBe(true)
})

test.each<[string, AppPicture, RegExp]>([
  ['a unit that nobody knows', { ...runs, unit: { ...unit, loaded: false } }, /no unit shop\.service/],
  ['one that does not run', { ...runs, unit: { ...unit, activeState: 'failed' }, main: null }, /is failed/],
  ['no such file', { ...runs, inode: '' }, /there is no \/opt/],
  [
    'an interpreter',
    { ...runs, main: { ...main, exe: '/usr/bin/node', exeInode: '8:9' } },
    /runs \/usr\/bin\/node, not/,
  ],
])('refused: %s', (_what, picture, message) => {
  expect(() => refuseUnfitApp(host, picture, { binary })).toThrow(message)
})

test('where what lies there is meant to be other code than what runs, that is no reason', () => {
  expect(() => refuseUnfitApp(host, { ...runs, inode: '8:2' }, { binary, lies: true })).not.toThrow()
})
