import { expect, test } from 'vitest'
import type { Result } from '../../../src/engine/result.ts'
import { makePaint } from '../../../src/views/paint.ts'
import { plainPage } from '../../../src/views/page.ts'
import { resultText } from '../../../src/views/result-text.ts'

const done: Result = {
  run: '7K2Q9X',
  title: 'drain app2',
  ended: 'done',
  exit: 0,
  summary: 'app2 is drained: no connection on lb1, lb2 for 3 s',
  left: [],
  putBackWith: 'zdt ready app2',
}
const probe = '  probe  3,118 sent · 0 lost\n'

test('done: what is true, what was lost, how to take it back', () => {
  expect(resultText(done, plainPage(80), probe)).toMatchInlineSnapshot(`
    "✔ app2 is drained: no connection on lb1, lb2 for 3 s
      probe  3,118 sent · 0 lost
      undo with   zdt ready app2                                          run 7K2Q9X
    "
  `)
  expect(resultText(done, plainPage(40), probe)).toMatchInlineSnapshot(`
    "✔ app2 is drained: no connection on lb1,
      lb2 for 3 s
      probe  3,118 sent · 0 lost
      undo with   zdt ready app2  run 7K2Q9X
    "
  `)
})

test('nothing had to be done: one line', () => {
  const result: Result = { ...done, ended: 'already', summary: 'app2 is drained already' }
  expect(resultText(result, plainPage())).toMatchInlineSnapshot(`
    "✔ app2 is drained already
    "
  `)
})

test('failed and put back: the daemon says why, and the exit code is there', () => {
  const error = {
    message: 'web1: the new master 4411 lived 0.4 s',
    code: 'not-verified',
    host: 'web1',
    said: 'nginx: [emerg] bind() to 0.0.0.0:8443 failed (98: Address already in use)\nnginx: [emerg] still could not bind()',
  }
  const result: Result = {
    ...done,
    ended: 'put-back',
    exit: 4,
    error,
    summary: 'failed and put back: everything is as it was',
  }
  expect(resultText(result, plainPage(80), probe)).toMatchInlineSnapshot(`
    "✖ failed and put back: everything is as it was                            exit 4
      web1: the new master 4411 lived 0.4 s
      said: nginx: [emerg] bind() to 0.0.0.0:8443 failed (98: Address already in
              use)
            nginx: [emerg] still could not bind()
      probe  3,118 sent · 0 lost
      log    zdt runs show 7K2Q9X
    "
  `)
  expect(resultText(result, plainPage(40), probe)).toMatchInlineSnapshot(`
    "✖ failed and put back: everything is as
      it was                          exit 4
      web1: the new master 4411 lived 0.4 s
      said: nginx: [emerg] bind() to
              0.0.0.0:8443 failed (98:
              Address already in use)
            nginx: [emerg] still could not
              bind()
      probe  3,118 sent · 0 lost
      log    zdt runs show 7K2Q9X
    "
  `)
})

test('left: what is left to do is a list in the order in which it is to be done', () => {
  const error = { message: 'web1: the disk is full', code: 'x', suggestions: ['zdt runs show 7K2Q9X'] }
  const result: Result = {
    ...done,
    ended: 'left',
    exit: 5,
    error,
    summary: 'upgrade-nginx web1 ended with something left undone',
    putBackWith: undefined,
    left: ['web1: mv nginx.zdt-7K2Q9X nginx', 'lb1: set server web/web1 state ready'],
  }
  expect(resultText(result, { width: 80, paint: makePaint(true) })).toMatchInlineSnapshot(`
    "[31m✖ upgrade-nginx web1 ended with something left undone                     exit 5[39m
      web1: the disk is full
    [1m  to put back what is left, by hand and in this order:[22m
      1. web1: mv nginx.zdt-7K2Q9X nginx
      2. lb1: set server web/web1 state ready
      [2mNext:[22m zdt runs show 7K2Q9X
      [2mlog[22m    zdt runs show 7K2Q9X
    "
  `)
})

test('who is still awaited: a line each, none broken in the middle', () => {
  const message =
    'still awaited: lb1  10.77.0.1:53044  websocket  since 26 m  old worker 8841\nlb2  10.77.0.1:53050  GET, no answer yet  since 3 s'
  const result: Result = {
    ...done,
    ended: 'left',
    exit: 5,
    error: { message, code: 'timed-out' },
    summary: 'drain app2 ended with something left undone',
  }
  expect(resultText(result, plainPage())).toMatchInlineSnapshot(`
    "✖ drain app2 ended with something left undone                             exit 5
      still awaited: lb1  10.77.0.1:53044  websocket  since 26 m  old worker 8841
                     lb2  10.77.0.1:53050  GET, no answer yet  since 3 s
      log    zdt runs show 7K2Q9X
    "
  `)
})

test('done, but the probe lost too much: the exit code says so and the log is named', () => {
  expect(resultText({ ...done, exit: 7 }, plainPage(), '  probe  3,118 sent · 9 lost\n')).toMatchInlineSnapshot(`
    "⚠ app2 is drained: no connection on lb1, lb2 for 3 s                      exit 7
      probe  3,118 sent · 9 lost
      log    zdt runs show 7K2Q9X
    "
  `)
})

test('paused', () => {
  const result: Result = { ...done, ended: 'paused', exit: 5, summary: 'drain app2 is paused' }
  expect(resultText(result, plainPage())).toMatchInlineSnapshot(`
    "⚠ drain app2 is paused                                                    exit 5
      log    zdt runs show 7K2Q9X
    "
  `)
})

test('left half-way: the command that goes on comes first, then the one that takes it back', () => {
  const result: Result = {
    ...done,
    ended: 'interrupted',
    exit: 130,
    summary: 'drain app2 was interrupted and is paused',
    left: ['lb1: set server shop/app2 state ready'],
    goOnWith: 'zdt drain app2',
  }
  expect(resultText(result, plainPage(80))).toMatchInlineSnapshot(`
    "⚠ drain app2 was interrupted and is paused                              exit 130
      go on with   zdt drain app2
      undo with    zdt ready app2
      or put back by hand, in this order:
      1. lb1: set server shop/app2 state ready
      log    zdt runs show 7K2Q9X
    "
  `)
})
