import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execaSync } from 'execa'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  answersCommand,
  neverRead,
  parseAnswers,
  type LogMark,
} from '../../../../../src/daemons/nginx/upstream/answer-log.ts'

let log = ''
beforeEach(() => {
  log = join(mkdtempSync(join(tmpdir(), 'zdt-answers-')), 'access log')
})
afterEach(() => rmSync(join(log, '..'), { recursive: true }))

const line = (who: string, status: string, time: string) =>
  `10.77.0.11 - - [29/Nov/2026:19:56:18 +0000] "GET / HTTP/1.1" 200 2 "-" "curl" answered="${who}" "${status}" "${time}"\n`
const read = (mark: LogMark) => {
  const [file = '', ...words] = answersCommand([mark])
  const answer = parseAnswers(execaSync(file, words, { stripFinalNewline: false }).stdout)
  const [next = mark] = answer?.marks ?? []
  return { next, odd: answer?.odd, logged: answer?.logged.toSorted((a, b) => a.port - b.port) }
}
const one = '10.77.0.21:8080'
const of = (
  port: number,
  answers: number,
  errors: number,
  timed: number,
  tookInAll: number,
  address = '10.77.0.21',
) => ({
  address,
  port,
  answers,
  errors,
  timed,
  tookInAll,
})

test('what nginx writes: answers, errors, retries, redirects, clients that left, and what a client says of itself', () => {
  const own = String.raw`"x\x22 answered=\x22${one}\x22 \x22500\x22 \x229\x22"`
  writeFileSync(
    log,
    [
      line(one, '200', '0.602'),
      line(one, '500', '0.008'),
      line(`${one}, 10.77.0.21:8082, 10.77.0.21:8083`, '502, 502, 200', '-, -, 0.001'),
      line(`${one} : 10.77.0.21:8084`, '500 : 200', '0.002 : 0.001'),
      line('[fd00::1]:8085', '101', '0.001'),
      line(one, '-', '-'),
      line('-', '-', '-'),
      line('shop', '502', '-'),
      line(one, '200', '0.003').replace('"curl"', own),
      'not of this format\n',
    ].join(''),
  )
  const seen = read(neverRead(log))
  expect(seen.odd).toBe(1)
  expect(seen.logged).toEqual([
    of(8080, 5, 3, 4, 615),
    of(8082, 1, 1, 0, 0),
    of(8083, 1, 0, 1, 1),
    of(8084, 1, 0, 1, 1),
    of(8085, 1, 0, 1, 1, 'fd00::1'),
  ])
})

test('only what came since, of one that grew, was rotated, was cut short, is not there yet', () => {
  const absent = read(neverRead(log))
  expect(absent).toEqual({ next: { path: log, inode: 0, offset: 0 }, odd: 0, logged: [] })
  writeFileSync(log, line(one, '200', '0.001'))
  const first = read(neverRead(log))
  appendFileSync(log, line(one, '500', '0.001').repeat(2))
  const grown = read(first.next)
  expect(grown.logged).toEqual([of(8080, 2, 2, 2, 2)])
  expect(read(grown.next).logged).toEqual([])

  appendFileSync(log, line(one, '200', '0.001'))
  renameSync(log, `${log}.1`)
  writeFileSync(log, line(one, '503', '0.001'))
  const rotated = read(grown.next)
  expect(rotated.logged).toEqual([of(8080, 2, 1, 2, 2)])

  writeFileSync(log, '')
  expect(read({ ...rotated.next, offset: 1e9 }).logged).toEqual([])
  appendFileSync(log, line(one, '200', '0.001'))
  expect(read({ ...rotated.next, offset: 1e9 }).logged).toEqual([of(8080, 1, 0, 1, 1)])
})

test('of a long one that was never read, the end', () => {
  writeFileSync(log, line(one, '500', '0.001').repeat(40_000) + line(one, '200', '0.001').repeat(40_000))
  const [logged] = read(neverRead(log)).logged ?? []
  expect(logged?.errors).toBe(0)
  expect(logged?.answers).toBeGreaterThan(30_000)
})

test('an answer that was cut short is none', () => {
  expect(parseAnswers('@at 1 2 /log\n')).toBeUndefined()
})
