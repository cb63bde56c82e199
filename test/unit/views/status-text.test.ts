import { expect, test } from 'vitest'
import type { HostName } from '../../../src/lib/types.ts'
import type { CellStatus, StatusReport } from '../../../src/operations/status-report.ts'
import { makePaint } from '../../../src/views/paint.ts'
import { plainPage } from '../../../src/views/page.ts'
import { statusText } from '../../../src/views/status-text.ts'

const [lb1, lb2, web1, web2] = ['lb1', 'lb2', 'web1', 'web2'].map((name) => name as HostName) as [
  HostName,
  HostName,
  HostName,
  HostName,
]
const haproxy = { name: 'haproxy', version: '3.0.11', pid: 812, upSeconds: 12 * 86_400 } as const
const keepalived = { name: 'keepalived', version: '2.3.3', pid: 601 } as const
const nginx = { name: 'nginx', pid: 733 } as const
const up = { state: 'up', weight: 100, sessions: 0, queued: 0, check: '200 in 2 ms', differs: false }

const calm: StatusReport = {
  fleet: 'prod',
  runs: [],
  vips: [{ name: 'public', address: '10.0.0.100', holders: [lb1], hosts: [lb1, lb2] }],
  hosts: [
    {
      host: lb1,
      daemons: [
        { ...haproxy, notes: ['1 old worker (3 sessions, 26 m)'] },
        { ...keepalived, notes: ['master'] },
      ],
    },
    {
      host: lb2,
      daemons: [
        { ...haproxy, notes: [] },
        { ...keepalived, notes: ['backup'] },
      ],
    },
    { host: web1, daemons: [{ ...nginx, version: '1.26.3', upSeconds: 180, notes: ['4 workers'] }] },
    {
      host: web2,
      daemons: [{ ...nginx, version: '1.22.1', notes: ['runs a deleted libssl.so.3 (zdt refresh web2)'] }],
    },
  ],
  pools: [
    {
      pool: 'shop',
      servers: ['app1', 'app2', 'app3'],
      rows: [
        {
          host: lb1,
          cells: [
            { ...up, server: 'app1', sessions: 14, queued: 3 },
            { ...up, server: 'app2', state: 'drain', differs: true },
            { ...up, server: 'app3', state: 'down', check: 'connection refused' },
          ],
        },
        {
          host: lb2,
          cells: [
            { ...up, server: 'app1' },
            { ...up, server: 'app2', differs: true },
            { ...up, server: 'app3' },
          ],
        },
      ],
    },
  ],
}

test('the whole fleet on one screen', () => {
  expect(statusText(calm, plainPage(80))).toMatchInlineSnapshot(`
    "VIP    public   10.0.0.100 on lb1 · not on lb2
    lb1    haproxy 3.0.11 up 12 d (pid 812) · 1 old worker (3 sessions, 26 m)
           keepalived 2.3.3 (pid 601) · master
    lb2    haproxy 3.0.11 up 12 d (pid 812) · keepalived 2.3.3 (pid 601) · backup
    web1   nginx 1.26.3 up 3 m (pid 733) · 4 workers
    web2   nginx 1.22.1 (pid 733) · runs a deleted libssl.so.3 (zdt refresh web2)

    shop   app1           app2      app3
    lb1    up 100 · 14+3  ⚠ drain   down
    lb2    up 100         ⚠ up 100  up 100
           app2 differs between lb1 and lb2
           app3 on lb1: connection refused

    a cell: state and weight · sessions, + requests in the queue
    "
  `)
})

test('at 40 columns servers come in groups and daemons on further lines', () => {
  expect(statusText(calm, plainPage(40))).toMatchInlineSnapshot(`
    "VIP    public   10.0.0.100 on lb1
           not on lb2
    lb1    haproxy 3.0.11 up 12 d (pid 812)
           1 old worker (3 sessions, 26 m)
           keepalived 2.3.3 (pid 601)
           master
    lb2    haproxy 3.0.11 up 12 d (pid 812)
           keepalived 2.3.3 (pid 601)
           backup
    web1   nginx 1.26.3 up 3 m (pid 733)
           4 workers
    web2   nginx 1.22.1 (pid 733)
           runs a deleted libssl.so.3 (zdt
           refresh web2)

    shop   app1           app2      app3
    lb1    up 100 · 14+3  ⚠ drain   down
    lb2    up 100         ⚠ up 100  up 100
           app2 differs between lb1 and lb2
           app3 on lb1: connection refused

    a cell: state and weight · sessions, +
    requests in the queue
    "
  `)
})

test('colour finds what is wrong', () => {
  expect(statusText({ ...calm, vips: [], hosts: [] }, { width: 80, paint: makePaint(true) })).toMatchInlineSnapshot(`
    "[1mshop   app1           app2      app3  [22m
    lb1    [32mup 100 · 14+3[39m  [33m⚠ drain [39m  [31mdown  [39m
    lb2    [32mup 100       [39m  [33m⚠ up 100[39m  [32mup 100[39m
    [33m       app2 differs between lb1 and lb2[39m
    [31m       app3 on lb1: connection refused[39m

    [2ma cell: state and weight · sessions, + requests in the queue[22m
    "
  `)
})

test('a host that cannot be reached, a split brain and a lost VIP are said loudly', () => {
  const error = { message: 'lb2 cannot be reached', code: 'host-unreachable', said: 'connect ETIMEDOUT 10.0.0.12:22' }
  const report: StatusReport = {
    fleet: 'prod',
    runs: [],
    vips: [
      { name: 'public', address: '10.0.0.100', holders: [lb1], hosts: [lb1, lb2] },
      { name: 'inner', address: '10.0.0.101', holders: [], hosts: [lb1, lb2] },
      { name: 'split', address: '10.0.0.102', holders: [lb1, web1], hosts: [lb1, web1] },
    ],
    hosts: [
      { host: lb1, daemons: [] },
      { host: lb2, error, daemons: [] },
    ],
    pools: [
      {
        pool: 'shop',
        servers: ['app1'],
        rows: [
          { host: lb1, cells: [{ ...up, server: 'app1' }] },
          { host: lb2, error, cells: [] },
        ],
      },
    ],
  }
  expect(statusText(report, plainPage(80))).toMatchInlineSnapshot(`
    "VIP    public   10.0.0.100 on lb1 · lb2 not seen
    VIP    inner    10.0.0.101 ✖ on no host · not on lb1 · lb2 not seen
    VIP    split    10.0.0.102 ✖ on lb1 and web1: split brain
    lb1    no haproxy, nginx or keepalived in zdt.yaml
    lb2    ✖ lb2 cannot be reached
           said: connect ETIMEDOUT 10.0.0.12:22

    shop   app1
    lb1    up 100
    lb2    ✖ lb2 cannot be reached
    "
  `)
})

test('forty servers wrap by groups and no line is wider than the page', () => {
  const servers = Array.from({ length: 40 }, (_, index) => `app${index + 1}`)
  const text = statusText(
    {
      fleet: 'big',
      runs: [],
      vips: [],
      hosts: [],
      pools: [{ pool: 'shop', servers, rows: [{ host: lb1, cells: servers.map((server) => ({ ...up, server })) }] }],
    },
    plainPage(80),
  )
  expect(text.split('\n').every((line) => line.length <= 80)).toBe(true)
  expect(servers.every((server) => text.includes(`${server} `) || text.includes(`${server}\n`))).toBe(true)
})

test('whoever took a server out is named, on whichever load balancers, and a run that is half done with what to type', () => {
  const outBy = 'since 14:02, by run 5F1A, oncall@ops2'
  const out = { ...up, server: 'app2', state: 'drain' }
  const row = (host: HostName, cell: CellStatus) => ({ host, cells: [cell] })
  const report = {
    ...calm,
    vips: [],
    hosts: [],
    pools: [
      { pool: 'shop', servers: ['app2'], rows: [row(lb1, { ...out, outBy }), row(lb2, { ...out, outBy })] },
      { pool: 'api', servers: ['app2'], rows: [row(lb1, { ...out, outBy }), row(lb2, out)] },
    ],
    runs: [
      {
        run: '7K2Q9X',
        title: 'upgrade-nginx web1',
        isRunning: false,
        next: 'zdt resume 7K2Q9X, or zdt rollback 7K2Q9X',
      },
      { run: 'K7M2PQ', title: 'drain app3', isRunning: true, next: '' },
    ],
  }
  expect(statusText(report, plainPage(80))).toMatchInlineSnapshot(`
    "shop   app2
    lb1    drain
    lb2    drain
           app2 in drain since 14:02, by run 5F1A, oncall@ops2

    api    app2
    lb1    drain
    lb2    drain
           app2 in drain since 14:02, by run 5F1A, oncall@ops2 (on lb1)

    ⚠ run 7K2Q9X (upgrade-nginx web1) is half done: zdt resume 7K2Q9X, or zdt
      rollback 7K2Q9X
    run K7M2PQ (drain app3) is at work here
    "
  `)
})
