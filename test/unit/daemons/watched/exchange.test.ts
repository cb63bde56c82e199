import { spawnSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { exchangeBinary } from '../../../../src/daemons/watched/exchange.ts'

test('systemd, which replaces $words, is told each $ twice', () => {
  const place = { unit: 'haproxy', target: '/opt/$ha/haproxy', backup: '/opt/$ha/haproxy.zdt-7K2Q9X' }
  const master = { pid: 60, startTicks: 812 }
  const what = { staged: '/opt/$ha/haproxy.zdt-new-7K2Q9X', run: '7K2Q9X', master, restarts: 1, watched: 90_500 }
  const [, , , , target, , , watchdog, script = '', ...words] = exchangeBinary(place, what)
  expect([target, watchdog]).toEqual(['/opt/$ha/haproxy', 'zdt-watchdog-7K2Q9X.service'])
  expect(script.replaceAll('$$', '')).not.toContain('$')
  expect(words).toEqual([
    'zdt-watchdog',
    '/opt/$$ha/haproxy',
    '/opt/$$ha/haproxy.zdt-7K2Q9X',
    'haproxy',
    '60',
    '812',
    '1',
    '91',
  ])
})

test('run again, as whoever retries does, it leaves the new one in place and the old one kept; with neither it fails', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'zdt-exchange-'))
  const bin = join(dir, 'bin')
  await mkdir(bin)
  for (const name of ['systemctl', 'systemd-run']) {
    await writeFile(join(bin, name), '#!/bin/sh\nexit 0\n')
    await chmod(join(bin, name), 0o755)
  }
  const place = { unit: 'haproxy', target: join(dir, 'haproxy'), backup: join(dir, 'haproxy.old') }
  const staged = join(dir, 'haproxy.new')
  await writeFile(place.target, 'old')
  const exchange = () => {
    const what = { staged, run: '7K2Q9X', master: { pid: 1, startTicks: 1 }, restarts: 0, watched: 1000 }
    const [file = '', ...args] = exchangeBinary(place, what)
    return spawnSync(file, args, { env: { ...process.env, PATH: `${bin}:${process.env['PATH']}` } }).status
  }
  expect(exchange()).not.toBe(0)
  expect(await readFile(place.target, 'utf8')).toBe('old')
  await writeFile(staged, 'new')
  for (let turn = 0; turn < 3; turn++) {
    expect(exchange()).toBe(0)
    expect([await readFile(place.target, 'utf8'), await readFile(place.backup, 'utf8')]).toEqual(['new', 'old'])
  }
  await rm(dir, { recursive: true })
})
