import { describe, expect, test } from 'vitest'
import { parseLoad } from '../../../src/lab/demo/load.ts'
import { demoScenes, newestNginx } from '../../../src/lab/demo/scenes.ts'

describe('what wrk says', () => {
  const counted = '{"requests":812,"p99":3.1,"lost":{"connect":0,"read":1,"write":0,"timeout":0,"status":2}}'

  test('is the last line that load.lua wrote', () => {
    const stdout = `Running 10m test @ http://10.77.0.100/\n  812 requests in 3.00s\n\n${counted}\n`
    expect(parseLoad(stdout, '')).toEqual({
      requests: 812,
      p99: 3.1,
      lost: { connect: 0, read: 1, write: 0, timeout: 0, status: 2 },
    })
  })

  test('is an error in its own words where it could not begin', () => {
    expect(() => parseLoad('', 'unable to connect to 10.77.0.100:http Connection refused')).toThrow(
      expect.objectContaining({ said: 'unable to connect to 10.77.0.100:http Connection refused' }),
    )
  })
})

test('the upgrade goes to the newest nginx there is, by number and not by letter', () => {
  expect(newestNginx(['haproxy-3.0.11', 'nginx-1.9.1', 'nginx-1.26.3', 'nginx-1.22.1'])).toBe('nginx-1.26.3')
})

test('the demo drains, restarts, readies and upgrades, in this order', () => {
  const commands = demoScenes('nginx-1.26.3').map(({ argv }) => argv.slice(0, 3).join(' '))
  expect(commands).toEqual([
    'zdt status',
    'zdt drain app2',
    'ssh app2 sudo',
    'zdt ready app2',
    'zdt upgrade-nginx --host',
    'zdt status web1',
  ])
})
