import { expect, test } from 'vitest'
import { versionsFrom } from '../../../src/cli/versions-from.ts'

test('versions by daemon', () => {
  expect(versionsFrom(['haproxy=3.0.11', 'nginx=1.26.3'])).toEqual({ haproxy: '3.0.11', nginx: '1.26.3' })
})

test.each([
  [['haproxy'], 'haproxy is no version of a daemon'],
  [['apache=2.4'], 'apache=2.4 is no version of a daemon'],
  [['nginx=new'], 'nginx=new is no version of a daemon'],
  [['nginx=1.26', 'nginx=1.27'], 'the version of nginx is given twice'],
])('%s', (given, mistake) => {
  expect(() => versionsFrom(given)).toThrow(mistake)
})
