import { describe, expect, test } from 'vitest'
import {
  editServersFile,
  keepRunTime,
  parseServersFile,
} from '../../../../../src/daemons/nginx/upstream/servers-file.ts'

const text = `# ours
server 10.0.0.21:8080 weight=100 max_fails=2;
  server   10.0.0.22:8080   weight=50 down ;  # of 100
server [2001:DB8::23]:8080 backup; # spare
server app4.internal;
server unix:/run/app.sock weight=3;
#server 10.0.0.29:8080;
least_conn;
`

const first = { address: '10.0.0.21', port: 8080 }
const second = { address: '10.0.0.22', port: 8080 }

const lines = (changed: string) => changed.split('\n').filter((line, index) => line !== text.split('\n')[index])

describe('a file of servers', () => {
  test('is read line by line; what is no server with an address is passed over', () => {
    expect(parseServersFile(text)).toEqual([
      { ...first, down: false, backup: false, weight: 100, full: 100 },
      { ...second, down: true, backup: false, weight: 50, full: 100 },
      { address: '2001:DB8::23', port: 8080, down: false, backup: true, weight: 1, full: 1 },
      { address: 'app4.internal', port: 80, down: false, backup: false, weight: 1, full: 1 },
    ])
  })

  test('a drain adds one word to one line, and ready takes it away again', () => {
    const down = editServersFile(text, [{ ...first, down: true }])
    expect(lines(down)).toEqual(['server 10.0.0.21:8080 weight=100 max_fails=2 down;'])
    expect(editServersFile(down, [{ ...first, down: false }])).toBe(text)
  })

  test('a shifted weight says what it was, until it is full again', () => {
    const shifted = editServersFile(text, [{ ...first, weight: 5 }])
    expect(lines(shifted)).toEqual(['server 10.0.0.21:8080 weight=5 max_fails=2; # of 100'])
    expect(parseServersFile(shifted)[0]).toMatchObject({ weight: 5, full: 100 })
    expect(editServersFile(shifted, [{ ...first, weight: 100 }])).toBe(text)
    expect(lines(editServersFile(text, [{ ...second, weight: 100, down: false }]))).toEqual([
      '  server   10.0.0.22:8080   weight=100 ;',
    ])
  })

  test('an address is the same however it is written', () => {
    const edited = editServersFile(text, [{ address: '2001:db8:0::23', port: 8080, down: true }])
    expect(lines(edited)).toEqual(['server [2001:DB8::23]:8080 backup down; # spare'])
  })

  test('what is so already is not rewritten', () => {
    expect(editServersFile(text, [{ ...second, down: true, weight: 50 }])).toBe(text)
    expect(editServersFile(text, [])).toBe(text)
  })

  test.each([
    ['server 10.0.0.21:8080 backup; # spare', 'server 10.0.0.21:8080 weight=5 backup down; # of 1 unwritten # spare'],
    [
      'server  10.0.0.21:8080  max_fails=2 weight=100;  # theirs',
      'server  10.0.0.21:8080  max_fails=2 weight=5 down;  # of 100 # theirs',
    ],
    ['server 10.0.0.21:8080;', 'server 10.0.0.21:8080 weight=5 down; # of 1 unwritten'],
  ])('%s, shifted and back, is every byte as it was', (line, shifted) => {
    expect(editServersFile(line, [{ ...first, weight: 5, down: true }])).toBe(shifted)
    const [server] = parseServersFile(shifted)
    expect(editServersFile(shifted, [{ ...first, weight: server?.full ?? 0, down: false }])).toBe(line)
  })
})

describe('a file made anew', () => {
  const fresh = 'server 10.0.0.21:8080 weight=10;\nserver 10.0.0.22:8080 weight=10;\nserver 10.0.0.24:8080 weight=10;\n'

  test('keeps who is drained and whose weight is shifted, and has the new server as it comes', () => {
    expect(keepRunTime(fresh, text)).toBe(
      'server 10.0.0.21:8080 weight=10;\nserver 10.0.0.22:8080 weight=5 down; # of 10\nserver 10.0.0.24:8080 weight=10;\n',
    )
  })

  test('a share is never rounded to none', () => {
    expect(keepRunTime('server 10.0.0.22:8080 weight=1;', 'server 10.0.0.22:8080 weight=1; # of 100')).toBe(
      'server 10.0.0.22:8080 weight=1;',
    )
  })
})
