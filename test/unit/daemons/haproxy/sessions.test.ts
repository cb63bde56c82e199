import { describe, expect, test } from 'vitest'
import { ageSeconds, parseSessions, sessionKind, sessionsOn } from '../../../../src/daemons/haproxy/sessions.ts'
import { answer, versions } from './fixture.ts'

describe.each(versions)('HAProxy %s', (version) => {
  const dir = `haproxy-${version}`
  const sessions = parseSessions(answer(`${dir}/sess.txt`))

  test('every session, the question’s own too', () => expect(sessions).toHaveLength(5))
  test('those on a server, which HAProxy itself does not filter', () => {
    const on = sessionsOn(sessions, { backend: 'shop', server: 'app2' })
    expect(on).toHaveLength(3)
    expect(on.every(({ frontend, source }) => frontend === 'fe' && /^127\.0\.0\.1:\d+$/.test(source))).toBe(true)
  })
  test('in TCP mode too', () => expect(sessionsOn(sessions, { backend: 'tcpbe', server: 'app1' })).toHaveLength(1))
  test('those of an old worker, by way of the master', () => {
    const old = parseSessions(answer(`${dir}/sess-old-worker.txt`))
    const [first] = sessionsOn(old, { backend: 'shop', server: 'app2' })
    expect(first?.ageSeconds).toBeGreaterThan(590)
  })
  test.each([
    ['websocket', 'websocket'],
    ['get', 'GET, answer 200 under way'],
    ['post', 'POST, answer 200 under way'],
    ['tcp', 'TCP'],
  ])('a %s is a %s', (file, kind) => expect(sessionKind(answer(`${dir}/sess-${file}.txt`))).toBe(kind))
})

const detail = (txn: string) => `0x1: [20/Nov] id=1\n  txn=0x2 flags=0x60 ${txn} req.f=0x4c rsp.f=0x0e`

test.each([
  [detail('meth=1 status=-1 req.st=MSG_DONE rsp.st=MSG_RPBEFORE'), 'GET, no answer yet'],
  [detail('meth=7 status=200 req.st=MSG_TUNNEL rsp.st=MSG_TUNNEL'), 'CONNECT tunnel'],
  [detail('meth=8 status=0 req.st=MSG_DATA rsp.st=MSG_RPBEFORE'), 'request, no answer yet'],
  ['Session not found.', undefined],
])('%j is %s', (said, kind) => expect(sessionKind(said)).toBe(kind))

test.each([
  ['0s', 0],
  ['3m59s', 239],
  ['1h12m', 4320],
  ['2d3h', 183_600],
])('%s is %i s', (text, seconds) => expect(ageSeconds(text)).toBe(seconds))
