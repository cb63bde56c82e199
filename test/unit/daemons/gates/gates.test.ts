import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { askCommand } from '../../../../src/daemons/gates/command.ts'
import { askUrl } from '../../../../src/daemons/gates/http.ts'
import { askPrometheus, judgeValues, parseAnswer } from '../../../../src/daemons/gates/promql.ts'

const never = new AbortController().signal
const vector = (...values: readonly string[]) => ({
  status: 'success',
  data: {
    resultType: 'vector',
    result: values.map((value, index) => ({ metric: { server: `app${index + 1}` }, value: [1, value] })),
  },
})

let server: Server
let at = ''
const asked: string[] = []
beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(decodeURIComponent((request.url ?? '').replaceAll('+', ' ')))
    const path = (request.url ?? '').split('?')[0]
    if (path === '/silent') return
    if (path === '/moved') response.writeHead(302, { location: '/well' })
    if (path === '/odd/api/v1/query') response.writeHead(503)
    response.end(path === '/api/v1/query' ? JSON.stringify(vector('0.25')) : 'all is well')
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

describe('a URL', () => {
  const ask = (path: string, more: { status?: number; body?: string; timeout?: number } = {}) =>
    askUrl({ url: `${at}${path}`, status: 200, timeout: 20_000, ...more }, never)

  test('passes by its status and its text', async () => {
    expect(await ask('/well', { body: 'is well' })).toEqual({ says: 'pass', text: `${at}/well says 200` })
    expect(await ask('/moved', { status: 302 })).toMatchObject({ says: 'pass' })
  })

  test('fails by another status or text, without an answer, and where nobody listens', async () => {
    expect(await ask('/moved')).toEqual({ says: 'fail', text: `${at}/moved says 302, not 200` })
    expect(await ask('/well', { body: 'sick' })).toEqual({ says: 'fail', text: `${at}/well does not say "sick"` })
    expect(await ask('/silent', { timeout: 300 })).toEqual({ says: 'fail', text: `${at}/silent: no answer in 0.3 s` })
    // 25 is one of those that fetch itself would refuse.
    const closed = { url: 'http://127.0.0.1:26/', status: 200, timeout: 20_000 }
    expect(await askUrl(closed, never)).toMatchObject({
      says: 'fail',
      text: expect.stringContaining('ECONNREFUSED') as string,
    })
  })

  test('that is no longer asked for is no verdict', async () => {
    await expect(askUrl({ url: `${at}/silent`, status: 200, timeout: 20_000 }, AbortSignal.abort())).rejects.toThrow()
  })
})

describe('a command', () => {
  const ask = (...command: string[]) => askCommand({ command, timeout: 20_000 }, '/usr', never)

  test('passes with 0, in the directory that it is given, its words as they are', async () => {
    expect(await ask('sh', '-c', 'echo "$PWD $1"', 'x', 'a b; c')).toEqual({
      says: 'pass',
      text: 'sh exited with 0: /usr a b; c',
    })
  })

  test('fails with anything else, what it said last in its words; where there is none, that says nothing', async () => {
    expect(await ask('sh', '-c', 'echo one; echo two >&2; exit 3')).toEqual({
      says: 'fail',
      text: 'sh exited with 3: two',
    })
    expect(await ask('no-such-program')).toMatchObject({
      says: 'nothing',
      text: expect.stringContaining('127') as string,
    })
    const elsewhere = await askCommand({ command: ['true'], timeout: 20_000 }, '/no/such/directory', never)
    expect(elsewhere).toMatchObject({ says: 'nothing', text: expect.stringContaining('/no/such/directory') as string })
  })
})

describe('a Prometheus', () => {
  test('is asked with the query, and its value judged', async () => {
    const verdict = await askPrometheus({ promql: 'sum(rate(e[1m]))', at, max: 0.5, timeout: 20_000 }, never)
    expect(verdict).toEqual({ says: 'pass', text: '0.25 (server=app1), wanted at most 0.5' })
    expect(asked.at(-1)).toBe('/api/v1/query?query=sum(rate(e[1m]))')
  })

  test('that does not answer says nothing, which is no pass', async () => {
    const odd = { promql: 'up', at: `${at}/odd`, max: 1, timeout: 20_000 }
    expect(await askPrometheus(odd, never)).toMatchObject({ says: 'nothing' })
    expect(await askPrometheus({ ...odd, at: 'http://127.0.0.1:1' }, never)).toMatchObject({ says: 'nothing' })
  })

  test.each([
    [vector('0.5'), { max: 0.5 }, 'pass'],
    [vector('0.6'), { max: 0.5 }, 'fail'],
    [vector('0.1', '0.6'), { max: 0.5 }, 'fail'],
    [vector('1'), { min: 2 }, 'fail'],
    [vector('2'), { min: 2, max: 2 }, 'pass'],
    [vector(), { max: 1 }, 'nothing'],
    [vector('NaN'), { max: 1 }, 'nothing'],
    [vector('0', 'NaN'), { max: 1 }, 'nothing'],
    [vector('+Inf'), { max: 1 }, 'nothing'],
    [{ status: 'success', data: { resultType: 'scalar', result: [1, '3'] } }, { max: 4 }, 'pass'],
  ])('%j within %j: %s', (answer, limits, says) => {
    const values = parseAnswer(answer)
    if ('said' in values) throw new Error(values.said)
    expect(judgeValues(values, limits).says).toBe(says)
  })

  test('its own word for a wrong query, and an answer of another shape', () => {
    expect(parseAnswer({ status: 'error', error: 'parse error' })).toEqual({ said: 'parse error' })
    expect(parseAnswer({ status: 'success', data: { resultType: 'matrix', result: [] } })).toMatchObject({
      said: expect.stringContaining('vector') as string,
    })
  })
})
